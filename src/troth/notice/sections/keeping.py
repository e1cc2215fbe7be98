"""Children, storage and retention."""

from __future__ import annotations

from collections.abc import Iterator

from troth.notice.model import Block, Bullets, Line, Paragraph, Row, Section, Span, Table, strong, told
from troth.notice.writer import Writer, by_id, ordered_ends, some
from troth.policy.model import Band, Retention, Storage


def minors(writer: Writer) -> Section:
    """Who is too young, and what holds for the young."""
    return Section("minors", writer.speech.plain("minors.heading"), tuple(_minors(writer)))


def _minors(writer: Writer) -> Iterator[Block]:
    minors, speech = writer.policy.minors, writer.speech
    if minors is None:
        return
    yield Paragraph(strong(speech.say(f"minors.{minors.rule}", age=str(minors.below))), "minors.rule")
    if minors.bands:
        yield Bullets(tuple(_band(writer, one) for _, one in by_id(minors.bands)))
    if minors.limits:
        yield writer.texts("minors.limits", minors.limits)


def _band(writer: Writer, band: Band) -> Paragraph:
    reach = "up-to" if band.inclusive else "below"
    age = writer.speech.say(f"age.{reach}", age=str(band.below))
    if band.at_least is not None:
        age = writer.speech.say("age.from", least=str(band.at_least), age=age)
    return Paragraph(writer.speech.say(f"band.{band.rule}", age=age), f"minors.bands.{band.id}")


def storage(writer: Writer) -> Section:
    """Where data lies, and for how long."""
    speech, told = writer.speech, writer.policy.storage
    parts = (
        Section("storage.in", speech.plain("storage.where"), tuple(_place(writer, told)) if told else ()),
        Section("retention", speech.plain("retention.heading"), tuple(_retention(writer))),
    )
    return Section("storage", speech.plain("storage.heading"), (), parts)


def _place(writer: Writer, storage: Storage) -> Iterator[Block]:
    speech = writer.speech
    inside = speech.listed((Span(speech.country(code), strong=True),) for code in storage.inside)
    yield Paragraph(speech.say("storage.in", countries=inside))
    abroad = storage.abroad
    if abroad is None:
        return
    yield Paragraph(strong(speech.say(f"abroad.{abroad.rule}")), "storage.abroad")
    needs = [Paragraph(speech.text(text), f"storage.abroad.needs.{name}") for name, text in by_id(abroad.needs)]
    if abroad.grade != "none":
        consent = speech.say("abroad.consent", consent=speech.word("consent", abroad.grade))
        needs.insert(0, Paragraph(consent, "storage.abroad.grade"))
    if needs:
        yield Paragraph(speech.say("abroad.needs"))
        yield Bullets(tuple(needs))


def _retention(writer: Writer) -> Iterator[Block]:
    speech, kept = writer.speech, by_id(writer.policy.retention)
    if kept:
        columns = tuple(speech.plain(key) for key in ("retention.items", "retention.for", "retention.then"))
        yield Table(speech.plain("retention.caption"), columns, tuple(_kept(writer, one) for _, one in kept))


def _kept(writer: Writer, one: Retention) -> Row:
    speech = writer.speech
    then = [speech.alternatives("then", ordered_ends(one.then))] if one.then else []
    at = f"retention.{one.id}"
    except_for = (
        Paragraph(speech.say("retention.except", case=each.line), each.anchor)
        for each in writer.each(f"{at}.exceptions", one.exceptions)
    )
    return Row((told(writer.items(one.items)), told(*_how_long(writer, one)), told(*then, *except_for)), at)


def _how_long(writer: Writer, one: Retention) -> Iterator[Line]:
    speech = writer.speech
    if one.period == "unstated":
        yield speech.say("retention.unstated")
    elif one.period:
        yield speech.period(one.period)
    yield from some(one.until, speech)
