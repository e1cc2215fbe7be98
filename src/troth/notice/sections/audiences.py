"""What a rule set says for its audience, as an annex of the whole document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from troth.notice.clauses import name_of
from troth.notice.model import Block, Bullets, Cell, Fact, Facts, Line, Paragraph, Section, Span, Table, plain
from troth.notice.writer import Writer, by_id, some
from troth.policy.model import RuleSet
from troth.policy.rule_sets import own_part

Sections = Callable[[Writer], Iterable[Section]]


def audiences(writer: Writer, of: Sections) -> Iterator[Section]:
    """One annex a rule set: what it is for, then the sections `of` what it says itself."""
    for name, one in by_id(writer.policy.rule_sets):
        part = Writer(own_part(writer.policy, name), writer.speech)
        inner = tuple(_moved(section, f"rule_sets.{name}.") for section in of(part))
        contact = f"rule_sets.{name}.controller"
        kept = tuple(each for each in inner if each.anchor != contact or contact in writer.policy.addresses)
        heading = plain(writer.speech.text(one.label))
        yield Section(f"rule_sets.{name}", heading, tuple(_about(writer, one)), kept)


def _about(writer: Writer, one: RuleSet) -> Iterator[Block]:
    speech, at = writer.speech, f"rule_sets.{one.id}"
    for line in some(one.audience, speech):
        yield Paragraph(line, f"{at}.audience")
    if one.region:
        where = (Span(speech.country(one.region)),)
        yield Paragraph(speech.say("rule_sets.region", region=where), f"{at}.region")
    yield Paragraph(
        speech.say("rule_sets.alone" if one.alone else "rule_sets.added"), f"{at}.alone" if one.alone else None
    )
    if one.without:
        paths = speech.listed(name_of(writer, path) for path in one.without)
        yield Paragraph(speech.say("rule_sets.without", clauses=paths), f"{at}.without")
    if one.translated:
        named = speech.listed((Span(speech.tongue(code)),) for code in one.translated)
        yield Paragraph(speech.say("languages.translated", languages=named), f"{at}.translated")
    if facts := tuple(_days(writer, one)):
        yield Facts(facts)
    if one.acceptance:
        yield Paragraph(speech.say(f"acceptance.{one.acceptance}"), f"{at}.acceptance")
    for n, way in enumerate(one.deemed):
        yield Paragraph(speech.say(f"deemed.{way}"), None if n else f"{at}.deemed")
    for line in some(one.product, speech):
        yield Paragraph(line, f"{at}.product")


def _days(writer: Writer, one: RuleSet) -> Iterator[Fact]:
    speech, at = writer.speech, f"rule_sets.{one.id}"
    if one.title:
        yield from writer.fact("rule_sets.title", [speech.text(one.title)], f"{at}.title")
    if one.updated:
        yield from writer.fact("about.updated", [(Span(speech.date(one.updated)),)], f"{at}.updated")
    if one.effective:
        yield from writer.fact("about.effective", [(Span(speech.date(one.effective)),)], f"{at}.effective")


def _moved(section: Section, prefix: str) -> Section:
    """The section with every anchor, and every link to one, below `prefix`."""
    return replace(
        section,
        anchor=prefix + section.anchor,
        blocks=tuple(_block(one, prefix) for one in section.blocks),
        sections=tuple(_moved(one, prefix) for one in section.sections),
    )


def _block(block: Block, prefix: str) -> Block:
    match block:
        case Paragraph():
            return _paragraph(block, prefix)
        case Bullets():
            return Bullets(_cell(block.items, prefix), _anchor(block.anchor, prefix))
        case Facts():
            return Facts(tuple(_fact(one, prefix) for one in block.entries))
        case Table():
            rows = (
                replace(row, anchor=_anchor(row.anchor, prefix), cells=_cells(row.cells, prefix)) for row in block.rows
            )
            return replace(block, rows=tuple(rows))


def _fact(fact: Fact, prefix: str) -> Fact:
    return Fact(_line(fact.term, prefix), _cell(fact.told, prefix), _anchor(fact.anchor, prefix))


def _cells(cells: tuple[Cell, ...], prefix: str) -> tuple[Cell, ...]:
    return tuple(_cell(cell, prefix) for cell in cells)


def _cell(cell: Cell, prefix: str) -> Cell:
    return tuple(_paragraph(one, prefix) for one in cell)


def _paragraph(paragraph: Paragraph, prefix: str) -> Paragraph:
    return Paragraph(_line(paragraph.line, prefix), _anchor(paragraph.anchor, prefix))


def _line(line: Line, prefix: str) -> Line:
    return tuple(
        replace(span, href=f"#{prefix}{span.href[1:]}") if span.href and span.href.startswith("#") else span
        for span in line
    )


def _anchor(anchor: str | None, prefix: str) -> str | None:
    return None if anchor is None else prefix + anchor
