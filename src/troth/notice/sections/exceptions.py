"""How surely somebody is identified, who may ask for somebody else, to whom rights do not go, what they never cost."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Bullets, Fact, Facts, Line, Paragraph, Section, told
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import Exemption, Tier


def verification(writer: Writer) -> Iterator[Block]:
    """The tiers of verification and the agents."""
    requests, speech = writer.policy.requests, writer.speech
    if requests.tiers:
        yield Paragraph(speech.say("requests.tiers"))
        tiers = (Paragraph(_tier(writer, one), f"requests.tiers.{name}") for name, one in by_id(requests.tiers))
        yield Bullets(tuple(tiers), "requests.tiers")
    for line in some(requests.use_of_proof, speech):
        yield Paragraph(line, "requests.use_of_proof")
    if requests.agents:
        agents, at = requests.agents, "requests.agents"
        yield from writer.introduced("agents.appointed", f"{at}.appointed", agents.appointed)
        yield from writer.introduced("agents.proof", f"{at}.proof", agents.proof)
        for line in some(agents.refused, speech):
            yield Paragraph(line, f"{at}.refused")


def _tier(writer: Writer, tier: Tier) -> Line:
    speech = writer.speech
    lines = [speech.text(tier.label)]
    if tier.points:
        lines.append(speech.say("tiers.points", points=str(tier.points)))
    if tier.declaration:
        lines.append(speech.say("tiers.declaration"))
    return speech.listed(lines)


def exemptions(writer: Writer) -> Section:
    """For whom or for what rights do not hold."""
    entries = tuple(_exemption(writer, one) for _, one in by_id(writer.policy.exemptions))
    heading = writer.speech.plain("exemptions.heading")
    return Section("exemptions", heading, (Facts(entries),) if entries else ())


def _exemption(writer: Writer, one: Exemption) -> Fact:
    speech, at = writer.speech, f"exemptions.{one.id}"
    named = [name for name in one.rights if name in writer.policy.rights]
    lines: list[Line | Paragraph] = []
    if named:
        rights = speech.listed(speech.text(writer.policy.rights[name].label) for name in named)
        lines.append(Paragraph(speech.say("exemptions.rights", rights=rights), f"{at}.rights"))
    if one.until:
        lines.append(Paragraph(speech.say("exemptions.until", day=speech.date(one.until)), f"{at}.until"))
    lines += [Paragraph(line, f"{at}.instead") for line in some(one.instead, speech)]
    return Fact(speech.text(one.label), told(*lines) or told(speech.say("exemptions.all")), at)


def fairness(writer: Writer) -> Section:
    """What using a right never costs, and what may be offered."""
    fair, speech = writer.policy.fairness, writer.speech
    blocks: list[Block] = [*writer.introduced("fairness.never", "fairness.never", fair.never)]
    blocks += writer.introduced("fairness.incentives", "fairness.incentives", fair.incentives)
    if fair.grade != "none":
        consent = speech.say("fairness.consent", consent=speech.word("consent", fair.grade))
        blocks.append(Paragraph(consent, "fairness.grade"))
    return Section("fairness", speech.plain("fairness.heading"), tuple(blocks))
