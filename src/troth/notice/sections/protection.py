"""How data is protected, and what is told when it was not."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Bullets, Fact, Facts, Line, Paragraph, Section, Span, plain, strong
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import Incident, Measure, Report


def protection(writer: Writer) -> Section:
    """Measures, reports, what cannot be promised, what the person must do, and incidents."""
    speech, security = writer.speech, writer.policy.security
    liability = (Paragraph(strong(line), "security.liability") for line in some(security.liability, speech))
    parts = (
        Section("security.measures", speech.plain("security.measures"), tuple(_measures(writer))),
        Section("security.reports", speech.plain("security.reports"), tuple(_reports(writer))),
        writer.family("security.warnings", "security.warnings", security.warnings, emphasised=True),
        writer.family("security.duties", "security.duties", security.duties),
        Section("security.answer", speech.plain("security.liability"), tuple(liability)),
        Section("incident", speech.plain("incident.heading"), tuple(_incident(writer))),
    )
    return Section("security", speech.plain("security.heading"), (), parts)


def _measures(writer: Writer) -> Iterator[Block]:
    measures = sorted(writer.policy.security.measures.values(), key=lambda one: (one.kind, one.id))
    if measures:
        yield Bullets(tuple(_bullet(writer, one, "measures") for one in measures))


def _reports(writer: Writer) -> Iterator[Block]:
    reports = by_id(writer.policy.security.reports)
    if reports:
        yield Bullets(tuple(_bullet(writer, one, "reports") for _, one in reports))


def _bullet(writer: Writer, one: Measure | Report, family: str) -> Paragraph:
    line = writer.speech.text(one.label)
    unsaid = [name for name in one.names if name not in plain(line)] if isinstance(one, Measure) else []
    if unsaid:
        named = writer.speech.listed((Span(name),) for name in unsaid)
        line = writer.speech.say("security.named", measure=line, names=named)
    if isinstance(one, Measure) and one.protects:
        key = "security.transit" if one.protects == "transit" else "security.storage"
        line = writer.speech.say(key, measure=line)
    for often in _often(writer, one):
        line = writer.speech.say("security.often", measure=line, often=often)
    return Paragraph(line, f"security.{family}.{one.id}")


def _often(writer: Writer, one: Measure | Report) -> Iterator[Line]:
    if one.every:
        yield writer.speech.say("security.every", period=writer.speech.period(one.every))
    yield from some(one.vaguely, writer.speech)


def _incident(writer: Writer) -> Iterator[Block]:
    if writer.policy.incident:
        yield Facts(tuple(_telling(writer, writer.policy.incident)))


def _telling(writer: Writer, incident: Incident) -> Iterator[Fact]:
    speech = writer.speech
    when = writer.deadline(incident.within, incident.counts_from, incident.vaguely, of="incident")
    by = [speech.words("channel", incident.by)] if incident.by else []
    yield from writer.fact("incident.acts", writer.each("incident.acts", incident.acts), "incident.acts")
    yield from writer.fact("incident.say", writer.each("incident.say", incident.say), "incident.say")
    yield from writer.fact("told", by, "incident.by")
    yield from writer.fact("when", when, "incident.within")
    yield from writer.fact("incident.otherwise", some(incident.otherwise, speech), "incident.else")
    yield from writer.fact("incident.report", some(incident.report, speech), "incident.report")
