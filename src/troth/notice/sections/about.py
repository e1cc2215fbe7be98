"""What stands before the sections: dates, versions, what accepting means, what the policy covers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from troth.notice.model import Block, Fact, Paragraph, Section, Span, strong
from troth.notice.writer import Writer, some


def dates(writer: Writer, version: str, published: date | None) -> Iterator[Fact]:
    """When the text was updated, when it took effect, and which version of it this is."""
    policy, speech = writer.policy, writer.speech
    updated = speech.plain("about.not-stated") if "updated" in policy.unstated else speech.date(policy.updated)
    yield from writer.fact("about.updated", [(Span(updated),)], "updated")
    if policy.effective:
        yield from writer.fact("about.effective", [(Span(speech.date(policy.effective)),)], "effective")
    if published:
        yield from writer.fact("about.published", [(Span(speech.date(published)),)])
    yield from writer.fact("about.version", [(Span(version),)])
    yield from writer.fact("about.hash", [(Span(policy.hash),)])


def lead(writer: Writer) -> tuple[Block, ...]:
    """What the document is, and what accepting it means."""
    policy, speech = writer.policy, writer.speech
    name = speech.text(policy.controller.name)
    product = speech.text(policy.product) if policy.product else speech.say("about.service")
    anchor = "product" if policy.product else None
    return (
        Paragraph(speech.say("about.lead", controller=name, product=product), anchor),
        Paragraph(speech.say("about.bold", bold=strong(speech.say("about.bold-word")))),
        Paragraph(speech.say(f"acceptance.{policy.acceptance}"), "acceptance"),
        *(
            Paragraph(strong(speech.say(f"deemed.{way}")), None if n else "deemed")
            for n, way in enumerate(policy.deemed)
        ),
    )


def preamble(writer: Writer) -> Section:
    """What the policy covers and what guides it."""
    policy, speech = writer.policy, writer.speech
    blocks: list[Block] = []
    if policy.runs_on:
        blocks.append(Paragraph(speech.say("about.runs-on", kinds=speech.words("runs-on", policy.runs_on)), "runs_on"))
    if policy.unstated:
        lacking = speech.words("unstated", policy.unstated)
        blocks.append(Paragraph(strong(speech.say("about.unstated", lacking=lacking)), "unstated"))
    if policy.regimes:
        named = speech.listed((Span(speech.regime(one)),) for one in policy.regimes)
        blocks.append(Paragraph(speech.say("about.regimes", regimes=named), "regimes"))
    parts = (
        Section("scope", speech.plain("scope.heading"), tuple(_scope(writer))),
        writer.family("related", "related.heading", policy.related),
        writer.family("principles", "principles.heading", policy.principles),
    )
    return Section("preamble", speech.plain("preamble.heading"), tuple(blocks), parts)


def _scope(writer: Writer) -> Iterator[Block]:
    scope, speech = writer.policy.scope, writer.speech
    yield from writer.introduced("scope.covers", "scope.covers", scope.covers)
    yield from writer.introduced("scope.excludes", "scope.excludes", scope.excludes)
    for line in some(scope.precedence, speech):
        yield Paragraph(line, "scope.precedence")
