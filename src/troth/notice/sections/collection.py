"""What is collected and used: purposes, functions with what they need, and where no consent is asked."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Bullets, Fact, Facts, Line, Paragraph, Row, Section, Span, Table, strong, told
from troth.notice.sections.lines import GATHERING, closed, consent_free, flow_lines
from troth.notice.sections.lists import gathered_items
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import Basis, Function

_LAST: tuple[Basis, ...] = ("consent", "unstated")


def collection(writer: Writer) -> Section:
    """Why and what."""
    policy, speech = writer.policy, writer.speech
    lines = (one for _, one in by_id(policy.flows) if one.action in GATHERING)
    cases = (one for _, one in by_id(policy.consent_free) if GATHERING.intersection(one.actions))
    parts = (
        Section("definitions", speech.plain("definitions.heading"), tuple(_definitions(writer))),
        Section("purposes", speech.plain("purposes.heading"), tuple(_purposes(writer))),
        Section("functions", speech.plain("functions.heading"), (*_functions(writer), *closed(writer, "items"))),
        flow_lines(writer, "collection.lines", "collection.lines", lines),
        consent_free(writer, "collection.consent-free", "collection.consent-free", cases),
    )
    return Section("collection", speech.plain("collection.heading"), (), parts)


def _definitions(writer: Writer) -> Iterator[Block]:
    if writer.policy.definitions:
        yield Bullets(writer.each("definitions", writer.policy.definitions))
    gathered = gathered_items(writer.policy)
    idle = tuple(
        Paragraph(writer.item(one), f"items.{one}") for one in sorted(writer.policy.items) if one not in gathered
    )
    if idle:
        yield Paragraph(writer.speech.say("definitions.idle"))
        yield Bullets(idle)


def _purposes(writer: Writer) -> Iterator[Block]:
    policy, speech = writer.policy, writer.speech
    if policy.purposes:
        yield Bullets(tuple(_purpose(writer, name) for name, _ in by_id(policy.purposes)))
    if policy.only_purposes:
        yield Paragraph(speech.say("purposes.only", purposes=writer.purposes(policy.only_purposes)), "only_purposes")


def _purpose(writer: Writer, name: str) -> Paragraph:
    line = writer.purposes([name])
    whole = writer.policy.purposes[name].part_of
    if whole:
        line = writer.speech.say("purposes.part", purpose=line, whole=writer.purposes([whole]))
    return Paragraph(line, f"purposes.{name}")


def _functions(writer: Writer) -> Iterator[Block]:
    """One table of all functions, then what is special about some of them."""
    speech = writer.speech
    functions = sorted(writer.policy.functions.values(), key=lambda one: (_place(one.basis), one.id))
    if not functions:
        return
    yield Paragraph(speech.say("functions.explained"))
    columns = tuple(speech.plain(key) for key in ("functions.name", "functions.needs", "functions.optional", "basis"))
    yield Table(speech.plain("functions.caption"), columns, tuple(_row(writer, one) for one in functions))
    facts = tuple(Fact(speech.text(one.label), tuple(_particulars(writer, one))) for one in functions)
    if particular := tuple(fact for fact in facts if fact.told):
        yield Paragraph(speech.say("functions.particulars"))
        yield Facts(particular)


def _place(basis: Basis) -> int:
    """What a person cannot avoid comes first, what they may choose after it."""
    return _LAST.index(basis) + 1 if basis in _LAST else 0


def _row(writer: Writer, function: Function) -> Row:
    speech = writer.speech
    nothing: Line = (Span(speech.plain("nothing")),)
    needs = [writer.items(function.needs) if function.needs else nothing]
    if function.open_list:
        needs.append(speech.say("functions.open-list"))
    at, name = f"functions.{function.id}", speech.text(function.label)
    why = speech.say("functions.purpose", purpose=writer.purposes([function.purpose]))
    optional = writer.items(function.optional) if function.optional else nothing
    basis = writer.basis(function.basis, function.grade)
    cells = (
        told(name, Paragraph(why, f"{at}.for")),
        told(Paragraph(needs[0], f"{at}.needs"), *needs[1:]),
        told(Paragraph(optional, f"{at}.optional")),
        told(Paragraph(basis, f"{at}.basis")),
    )
    return Row(cells, at)


def _particulars(writer: Writer, function: Function) -> Iterator[Paragraph]:
    """What is special about a function, each at its own clause."""
    at, speech = f"functions.{function.id}", writer.speech
    if function.after:
        yield Paragraph(speech.say("functions.after", facts=writer.facts_of(function.after)), f"{at}.after")
    if function.shares:
        yield Paragraph(speech.say("functions.shares", recipients=writer.recipients(function.shares)), f"{at}.shares")
    for line in some(function.refused, speech):
        yield Paragraph(speech.say("functions.refused", effect=line), f"{at}.refused")
    if function.withdrawn:
        said = speech.say(f"withdrawn.{function.withdrawn}")
        yield Paragraph(speech.say("functions.withdrawn", effect=said), f"{at}.withdrawn")
    if function.expires:
        said = speech.say("functions.expires", period=speech.period(function.expires))
        yield Paragraph(said, f"{at}.expires")
    if function.automated:
        yield Paragraph(strong(speech.say("functions.automated")), f"{at}.automated")
    yield from writer.each(f"{at}.limits", function.limits)
