"""Cookies and their like, SDKs, and what the app asks of the phone."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Fact, Facts, Line, Paragraph, Row, Section, Span, Table, plain, told
from troth.notice.sections.lines import bound, closed, permitted
from troth.notice.sections.matrices import signals
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import Permission, Recipient, Technology


def technology(writer: Writer) -> Section:
    """What runs on the person's device."""
    speech = writer.speech
    parts = (
        *(_technology(writer, one) for _, one in by_id(writer.policy.technologies)),
        signals(writer),
        Section("sdks", speech.plain("sdks.heading"), tuple(_sdks(writer))),
        Section("permissions", speech.plain("permissions.heading"), tuple(_permissions(writer))),
    )
    return Section("technologies", speech.plain("technologies.heading"), (), parts)


def _technology(writer: Writer, one: Technology) -> Section:
    facts = tuple(_of_technology(writer, one))
    return Section(f"technologies.{one.id}", plain(writer.speech.text(one.label)), (Facts(facts),))


def _of_technology(writer: Writer, one: Technology) -> Iterator[Fact]:
    at, speech = f"technologies.{one.id}", writer.speech
    yield from writer.fact("technologies.kind", [speech.words("technology", [one.kind])])
    yield from writer.fact("purpose", [writer.purposes(one.purposes)] if one.purposes else (), f"{at}.for")
    yield from writer.fact("technologies.names", [(Span(name),) for name in one.names], f"{at}.names")
    yield from writer.fact("technologies.holds", writer.each(f"{at}.holds", one.holds), f"{at}.holds")
    yield from writer.fact("basis", [writer.basis(one.basis, one.grade)])
    yield from writer.fact("technologies.lasts", [speech.period(one.lasts)] if one.lasts else (), f"{at}.lasts")
    yield from writer.fact("technologies.refuse-by", writer.each(f"{at}.refuse_by", one.refuse_by), f"{at}.refuse_by")
    yield from writer.fact("technologies.refused", some(one.refused, speech), f"{at}.refused")
    yield from writer.fact("more", [(Span(one.link, href=one.link),)] if one.link else (), f"{at}.link")


def _sdks(writer: Writer) -> Iterator[Block]:
    speech = writer.speech
    sdks = [one for _, one in by_id(writer.policy.recipients) if one.kind == "sdk"]
    if sdks:
        yield Paragraph(speech.say("sdks.explained"))
        keys = ("sdks.name", "sdks.receives", "sdks.aim", "sdks.more")
        columns = tuple(speech.plain(key) for key in keys)
        yield Table(speech.plain("sdks.caption"), columns, tuple(_sdk(writer, one) for one in sdks))
    yield from closed(writer, "recipients")


def _sdk(writer: Writer, sdk: Recipient) -> Row:
    speech = writer.speech
    name = told(speech.text(sdk.name), *some(sdk.function, speech))
    items = writer.items(sdk.receives) if sdk.receives else speech.say("unlisted")
    gets = told(Paragraph(items, f"recipients.{sdk.id}.receives"), *permitted(writer, sdk))
    return Row(
        (name, gets, told(*dict.fromkeys(_wanted(writer, sdk))), told(*bound(writer, sdk))), f"recipients.{sdk.id}"
    )


def _wanted(writer: Writer, sdk: Recipient) -> Iterator[Line]:
    speech = writer.speech
    if sdk.purposes:
        yield writer.purposes(sdk.purposes)
    yield from some(sdk.aim, speech)
    if sdk.scope:
        yield speech.say("sdks.scope", scope=speech.text(sdk.scope))


def _permissions(writer: Writer) -> Iterator[Block]:
    speech = writer.speech
    permissions = by_id(writer.policy.permissions)
    if permissions:
        why = any(one.functions for _, one in permissions)
        keys = ("permissions.name", *(["permissions.for"] if why else []), "permissions.ask")
        columns = tuple(speech.plain(key) for key in keys)
        rows = tuple(_permission(writer, one, why=why) for _, one in permissions)
        yield Table(speech.plain("permissions.caption"), columns, rows)


def _permission(writer: Writer, one: Permission, *, why: bool) -> Row:
    speech = writer.speech
    names = [(Span(name),) for name in one.names]
    wanted = writer.functions(one.functions) if one.functions else speech.say("permissions.unsaid")
    asked = [speech.say(f"ask.{one.ask}")] if one.ask else []
    risk: Line = (Span(speech.word("risk", one.risk), strong=one.risk == "high"),)
    reads = [speech.say("permissions.reads", items=writer.items(one.reads))] if one.reads else []
    if one.required:
        asked.append(speech.say("permissions.required"))
    name, when = told(speech.text(one.label), *names, *reads), told(*asked, risk)
    return Row((name, told(wanted), when) if why else (name, when), f"permissions.{one.id}")
