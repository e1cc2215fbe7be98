"""What several sections tell of: flow lines, cases that need no consent, what binds a recipient, closed lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from troth.notice.model import Block, Bullets, Fact, Facts, Line, Paragraph, Section, Span, told
from troth.notice.writer import Writer
from troth.policy.model import ACTIONS, Action, ClosedList, ConsentFree, FlowLine, Recipient

GATHERING: frozenset[Action] = frozenset({"collect", "use"})
"""What the first section tells of; every other action gives data to somebody else."""


def flow_lines(writer: Writer, anchor: str, heading: str, lines: Iterable[FlowLine]) -> Section:
    """What some flow lines allow beyond what the functions say."""
    facts = tuple(Fact(writer.speech.text(one.label), told(*_told(writer, one)), f"flows.{one.id}") for one in lines)
    return Section(anchor, writer.speech.plain(heading), (Facts(facts),) if facts else ())


def _told(writer: Writer, line: FlowLine) -> Iterator[Line | Paragraph]:
    speech = writer.speech
    if line.items:
        yield speech.say("line.items", items=writer.items(line.items))
    if line.sources:
        yield speech.say("line.sources", sources=speech.words("source", line.sources))
    if line.purposes:
        yield speech.say("line.purposes", purposes=writer.purposes(line.purposes))
    if line.to:
        yield speech.say("line.to", recipients=writer.recipients(line.to))
    yield speech.say("line.basis", basis=writer.basis(line.basis, line.grade))
    if line.after:
        yield speech.say("line.after", facts=writer.facts_of(line.after))
    if line.only:
        yield Paragraph(speech.say("line.only", action=speech.word("action", line.action)), f"flows.{line.id}.only")
    yield from writer.each(f"flows.{line.id}.limits", line.limits)


def consent_free(writer: Writer, anchor: str, heading: str, cases: Iterable[ConsentFree]) -> Section:
    """Some of the cases in which no consent is asked."""
    speech, stated = writer.speech, tuple(cases)
    blocks: list[Block] = []
    for actions in sorted({one.actions for one in stated}, key=len):
        named = speech.alternatives("action", sorted(actions, key=ACTIONS.index))
        blocks.append(Paragraph(speech.say("consent_free.intro", actions=named)))
        alike = (one for one in stated if one.actions == actions)
        blocks.append(Bullets(tuple(_case(writer, one) for one in alike)))
    return Section(anchor, speech.plain(heading), tuple(blocks))


def _case(writer: Writer, case: ConsentFree) -> Paragraph:
    line = writer.speech.text(case.label)
    for limit in writer.each("limits", case.limits):
        line = writer.speech.say("consent_free.limit", case=line, limit=limit.line)
    return Paragraph(line, f"consent_free.{case.id}")


def closed(writer: Writer, name: ClosedList) -> Iterator[Paragraph]:
    """That a list is complete, where the policy calls it so."""
    names = writer.policy.closed
    if name in names:
        yield Paragraph(writer.speech.say(f"closed.{name}"), "closed" if name == names[0] else None)


def permitted(writer: Writer, one: Recipient) -> Iterator[Line]:
    """What a recipient asks of the phone."""
    speech = writer.speech
    if one.permissions:
        asked = speech.listed(speech.text(writer.policy.permissions[name].label) for name in one.permissions)
        yield speech.say("recipients.permissions", permissions=asked)


def bound(writer: Writer, one: Recipient) -> Iterator[Line | Paragraph]:
    """What binds a recipient, and where to read more about it."""
    speech, at = writer.speech, f"recipients.{one.id}"
    if one.basis:
        yield speech.say("line.basis", basis=writer.basis(one.basis, one.grade))
    if one.members:
        members = speech.listed(each.line for each in writer.each(at, one.members))
        yield Paragraph(speech.say("recipients.members", members=members), f"{at}.members")
    yield from writer.each(f"{at}.terms", one.terms)
    if one.self_start:
        stated = speech.sentences(speech.say(f"self-start.{when}") for when in sorted(one.self_start, reverse=True))
        yield Paragraph(stated, f"{at}.self_start")
    if one.country:
        yield speech.say("recipients.country", country=speech.country(one.country))
    if one.contact:
        email = (Span(one.contact, href=f"mailto:{one.contact}"),)
        yield Paragraph(speech.say("recipients.contact", email=email), f"{at}.contact")
    if one.link:
        link = (Span(one.link, href=one.link),)
        yield Paragraph(speech.say("recipients.policy", link=link), f"{at}.policy")
