"""Every text of a document by the place where it stands, so that two documents can be laid side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from troth.notice.model import (
    TITLE,
    Block,
    Bullets,
    Cell,
    Fact,
    Facts,
    Line,
    Outline,
    Paragraph,
    Row,
    Section,
    Table,
    plain,
)

_COLON: Mapping[str, str] = {"en": ": ", "zh": "："}
_DATED = ("updated", "effective")


@dataclass(frozen=True)
class Place:
    """What stands at one place of a document; `level` is that of a heading, 0 for other text.

    `key` is the anchor of the clause, or the anchor before it with a number where a text has none of its own.
    """

    key: str
    text: str
    anchor: str | None
    level: int = 0


@dataclass(frozen=True)
class Particular:
    """What identifies a version rather than says something: a date, a number, a hash. `of` is the rule set it is of."""

    key: str
    term: str
    told: str
    of: str | None = None


def particulars(document: Outline) -> tuple[Particular, ...]:
    """Dates, version and hash of the document, then the dates of each rule set."""
    own = [_particular(fact, None) for fact in document.about]
    return (*own, *(_particular(fact, section.heading) for section in document.sections for fact in _dated(section)))


def _particular(fact: Fact, of: str | None) -> Particular:
    term = plain(fact.term)
    return Particular(fact.anchor or f"{TITLE} {term}", term, "\n".join(plain(one.line) for one in fact.told), of)


def _dated(section: Section) -> Iterator[Fact]:
    for block in section.blocks:
        if isinstance(block, Facts):
            yield from (fact for fact in block.entries if fact.anchor in {f"{section.anchor}.{day}" for day in _DATED})


def places(document: Outline) -> Iterator[Place]:
    """Every text of the document in order, its particulars apart."""
    found = _Keys(_COLON[document.language], frozenset(one.key for one in particulars(document)))
    yield from found.at(TITLE, document.title, 1)
    for block in document.lead:
        yield from found.block(block)
    for section in document.sections:
        yield from found.section(section, 2)


class _Keys:
    """Gives each text a key: its own anchor, else the last anchor with a running number."""

    def __init__(self, colon: str, apart: frozenset[str]) -> None:
        self._colon = colon
        self._apart = apart
        self._last = TITLE
        self._since = 0

    def at(self, anchor: str | None, text: str, level: int = 0) -> Iterator[Place]:
        if not text:
            return
        if anchor is None:
            self._since += 1
            yield Place(f"{self._last} {self._since}", text, None, level)
        else:
            self._last, self._since = anchor, 0
            yield Place(anchor, text, anchor, level)

    def section(self, section: Section, level: int) -> Iterator[Place]:
        yield from self.at(section.anchor, section.heading, level)
        for block in section.blocks:
            yield from self.block(block)
        for one in section.sections:
            yield from self.section(one, level + 1)

    def block(self, block: Block) -> Iterator[Place]:
        match block:
            case Paragraph():
                yield from self.at(block.anchor, plain(block.line))
            case Bullets():
                for n, one in enumerate(block.items):
                    yield from self.at(one.anchor or (block.anchor if n == 0 else None), plain(one.line))
            case Facts():
                for entry in block.entries:
                    if entry.anchor not in self._apart:
                        yield from self._fact(entry)
            case Table():
                for row in block.rows:
                    yield from self._row(block.columns, row)

    def _fact(self, fact: Fact) -> Iterator[Place]:
        """The term with what is told of it; what is a clause of its own stands apart."""
        own = [one.line for one in fact.told if one.anchor is None]
        yield from self.at(fact.anchor, self._under(plain(fact.term), own) or plain(fact.term))
        for one in fact.told:
            if one.anchor is not None:
                yield from self.at(one.anchor, plain(one.line))

    def _row(self, columns: Sequence[str], row: Row) -> Iterator[Place]:
        head, *others = row.cells
        yield from self._cell(row.anchor, "", head)
        for column, cell in zip(columns[1:], others, strict=True):
            yield from self._cell(None, column, cell)

    def _cell(self, anchor: str | None, column: str, cell: Cell) -> Iterator[Place]:
        """The lines of a cell together; one that is a clause of its own stands apart."""
        yield from self.at(anchor, self._under(column, [one.line for one in cell if one.anchor is None]))
        for one in cell:
            if one.anchor is not None:
                yield from self.at(one.anchor, self._under(column, [one.line]))

    def _under(self, head: str, lines: list[Line]) -> str:
        """Lines with the head of their column or their term, if there are any."""
        text = "\n".join(map(plain, lines))
        return f"{head}{self._colon}{text}" if head and text else text
