"""Who else gets personal data, and when."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Fact, Facts, Line, Paragraph, Section, plain, told
from troth.notice.sections.lines import GATHERING, bound, closed, consent_free, flow_lines, permitted
from troth.notice.sections.matrices import matrices
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import ACTIONS, Action, Recipient


def sharing(writer: Writer) -> Section:
    """Recipients of every kind but SDKs, the lines of each way of giving, and where no consent is asked."""
    policy, speech = writer.policy, writer.speech
    cases = (one for _, one in by_id(policy.consent_free) if not GATHERING.intersection(one.actions))
    parts = (
        Section("recipients", speech.plain("recipients.heading"), tuple(_recipients(writer))),
        *(_lines(writer, action) for action in ACTIONS if action not in GATHERING),
        consent_free(writer, "sharing.consent-free", "sharing.consent-free", cases),
        matrices(writer),
    )
    return Section("sharing", speech.plain("sharing.heading"), (), parts)


def _lines(writer: Writer, action: Action) -> Section:
    lines = (one for _, one in by_id(writer.policy.flows) if one.action == action)
    section = flow_lines(writer, f"sharing.{action}", f"sharing.{action}", lines)
    least = tuple(_least(writer)) if action == "share" else ()
    complete = closed(writer, action) if action in {"share", "transfer", "disclose"} else ()
    return Section(section.anchor, section.heading, (*least, *section.blocks, *complete))


def _least(writer: Writer) -> Iterator[Paragraph]:
    needed = writer.policy.share_needs
    if needed != "none":
        said = writer.speech.say("sharing.needs", consent=writer.speech.word("consent", needed))
        yield Paragraph(said, "share_needs")


def _recipients(writer: Writer) -> Iterator[Block]:
    facts = tuple(_recipient(writer, one) for _, one in by_id(writer.policy.recipients) if one.kind != "sdk")
    if facts:
        yield Facts(facts)


def _recipient(writer: Writer, one: Recipient) -> Fact:
    speech = writer.speech
    name, kind = speech.text(one.name), speech.word("recipient", one.kind)
    term = name if plain(name).casefold() == kind.casefold() else speech.say("recipients.name", name=name, kind=kind)
    lines = tuple(_told(writer, one)) or (writer.speech.say("recipients.below"),)
    return Fact(term, told(*lines), f"recipients.{one.id}")


def _told(writer: Writer, one: Recipient) -> Iterator[Line | Paragraph]:
    if one.receives:
        items = writer.speech.say("recipients.items", items=writer.items(one.receives))
        yield Paragraph(items, f"recipients.{one.id}.receives")
    yield from permitted(writer, one)
    if one.purposes:
        yield writer.speech.say("line.purposes", purposes=writer.purposes(one.purposes))
    for text in (one.function, one.scope, one.aim):
        yield from some(text, writer.speech)
    yield from bound(writer, one)
