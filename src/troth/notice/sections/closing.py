"""How the policy changes, what else it says, and how to reach whoever promises."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.clauses import name_of
from troth.notice.model import Block, Bullets, Fact, Facts, Paragraph, Section, Span, strong, told
from troth.notice.writer import Writer, by_id, some


def changes(writer: Writer) -> Section:
    """Which changes are material, and how they are told."""
    return Section("changes", writer.speech.plain("changes.heading"), tuple(_changes(writer)))


def _changes(writer: Writer) -> Iterator[Block]:
    if facts := tuple(_of_changes(writer)):
        yield Facts(facts)


def _of_changes(writer: Writer) -> Iterator[Fact]:
    changes, speech = writer.policy.changes, writer.speech
    by = [speech.words("channel", changes.tell)] if changes.tell else []
    advance = [speech.period(changes.notice)] if changes.notice else []
    refused = (strong(line) for line in some(changes.refuse_means, speech))
    yield from writer.fact("changes.material", writer.each("changes.material", changes.material), "changes.material")
    yield from writer.fact("told", by, "changes.tell")
    yield from writer.fact("when", some(changes.when, speech), "changes.when")
    yield from writer.fact("changes.notice", advance, "changes.notice")
    yield from writer.fact("changes.refused", refused, "changes.refuse_means")
    if changes.new_purpose != "none":
        said = speech.say("changes.asked", consent=speech.word("consent", changes.new_purpose))
        yield from writer.fact("changes.new-purpose", [said], "changes.new_purpose")
    if changes.keeps_versions:
        yield from writer.fact("changes.versions", [speech.say("changes.kept")], "changes.keeps_versions")


def others(writer: Writer) -> Section:
    """What fits nowhere else, and what holds between the languages."""
    return Section("statements", writer.speech.plain("statements.heading"), tuple(_others(writer)))


def _others(writer: Writer) -> Iterator[Block]:
    policy, speech = writer.policy, writer.speech
    if policy.statements:
        yield Bullets(writer.each("statements", policy.statements))
    if policy.translated:
        named = speech.listed((Span(speech.tongue(code)),) for code in policy.translated)
        yield Paragraph(speech.say("languages.translated", languages=named), "translated")
    if policy.prevails:
        yield Paragraph(speech.say("languages.prevails", language=speech.tongue(policy.prevails)), "prevails")
    if policy.open:
        lists = speech.listed(name_of(writer, path) for path in policy.open)
        yield Paragraph(speech.say("lists.open", clauses=lists), "open")
    if policy.only_in:
        yield Paragraph(speech.say("languages.only"), "only_in")
        yield Bullets(tuple(_only(writer, code, paths) for code, paths in by_id(policy.only_in)))
    if policy.differs:
        yield Paragraph(speech.say("languages.differs"), "differs")
        yield Facts(tuple(Fact(name_of(writer, one), told(speech.text(text))) for one, text in by_id(policy.differs)))


def _only(writer: Writer, code: str, paths: tuple[str, ...]) -> Paragraph:
    clauses = writer.speech.listed(name_of(writer, path) for path in paths)
    line = writer.speech.say("languages.clauses", language=writer.speech.tongue(code), clauses=clauses)
    return Paragraph(line, f"only_in.{code}")


def disputes(writer: Writer) -> Section:
    """Which law governs, and who decides."""
    return Section("disputes", writer.speech.plain("disputes.heading"), tuple(_disputes(writer)))


def _disputes(writer: Writer) -> Iterator[Block]:
    told_of = writer.policy.disputes
    if told_of is None:
        return
    for name, text in (("first", told_of.first), ("law", told_of.law), ("court", told_of.court)):
        for line in some(text, writer.speech):
            yield Paragraph(line, f"disputes.{name}")


def contact(writer: Writer) -> Section:
    """Who promises, and how to reach them."""
    return Section("controller", writer.speech.plain("contact.heading"), (Facts(tuple(_contact(writer))),))


def _contact(writer: Writer) -> Iterator[Fact]:
    controller, speech = writer.policy.controller, writer.speech
    contacts, at = controller.contacts, "controller.contacts"
    country = (Span(speech.country(controller.country)),) if controller.country else None
    email = (Span(contacts.email, href=f"mailto:{contacts.email}"),) if contacts.email else None
    phone = (Span(contacts.phone, href=_telephone(contacts.phone)),) if contacts.phone else None
    website = (Span(contacts.website, href=contacts.website),) if contacts.website else None
    role = [speech.say("contact.processor")] if controller.role == "processor" else []
    yield from writer.fact("contact.name", [speech.text(controller.name)], "controller.name")
    yield from writer.fact("contact.role", role, "controller.role")
    called = [(Span(", ".join(writer.policy.also_called)),)] if writer.policy.also_called else []
    yield from writer.fact("contact.called", called, "also_called")
    yield from writer.fact("contact.country", [country] if country else (), "controller.country")
    yield from writer.fact("contact.officer", some(controller.officer, speech), "controller.officer")
    yield from writer.fact("contact.email", [email] if email else (), f"{at}.email")
    yield from writer.fact("contact.phone", [phone] if phone else (), f"{at}.phone")
    yield from writer.fact("contact.website", [website] if website else (), f"{at}.website")
    yield from writer.fact("contact.post", some(contacts.post, speech), f"{at}.post")
    yield from writer.fact("contact.through", some(contacts.through, speech), f"{at}.through")
    answered = writer.deadline(contacts.within, contacts.counts_from, None)
    yield from writer.fact("contact.within", answered, f"{at}.within")


def _telephone(number: str) -> str:
    return "tel:" + "".join(sign for sign in number if sign.isdigit() or sign == "+")
