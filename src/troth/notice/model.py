"""A document as a tree, before anybody decides whether it becomes HTML or Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A run of text; `strong` for sensitive information and clauses of importance, `href` for a link."""

    text: str
    strong: bool = False
    href: str | None = None


TITLE = "title"
"""The anchor of the title, which is a clause like any other."""

Line = tuple[Span, ...]
"""One line of running text."""


@dataclass(frozen=True)
class Paragraph:
    """A line with the clause that it says, if it is one."""

    line: Line
    anchor: str | None = None


Cell = tuple[Paragraph, ...]
"""What stands in one cell of a table."""


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    items: tuple[Paragraph, ...]
    anchor: str | None = None


@dataclass(frozen=True)
class Fact:
    """A term and what is told of it."""

    term: Line
    told: tuple[Paragraph, ...]
    anchor: str | None = None


@dataclass(frozen=True)
class Facts:
    """A list of terms."""

    entries: tuple[Fact, ...]


@dataclass(frozen=True)
class Row:
    """One row; the first cell heads it. A cell holds paragraphs."""

    cells: tuple[Cell, ...]
    anchor: str | None = None


@dataclass(frozen=True)
class Table:
    """A table with its caption and the heads of its columns."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


Block = Paragraph | Bullets | Facts | Table


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it; `anchor` is the path of the clause that it says."""

    anchor: str
    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    number: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing stands under the heading."""
        return not self.blocks and all(one.empty for one in self.sections)


@dataclass(frozen=True)
class Outline:
    """The whole document: what is told before the contents, the sections that the contents list, and annexes."""

    title: str
    language: str
    about: tuple[Fact, ...]
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]

    def anchors(self) -> tuple[str, ...]:
        """Every anchor, in the order of the document."""
        stated = (anchor for block in (Facts(self.about), *self.lead) for anchor in _of_block(block) if anchor)
        return (TITLE, *stated, *_of_sections(self.sections))


def _of_sections(sections: tuple[Section, ...]) -> Iterator[str]:
    for section in sections:
        yield section.anchor
        yield from (anchor for block in section.blocks for anchor in _of_block(block) if anchor)
        yield from _of_sections(section.sections)


def _of_block(block: Block) -> Iterator[str | None]:
    match block:
        case Paragraph():
            yield block.anchor
        case Bullets():
            yield block.anchor
            yield from (one.anchor for one in block.items)
        case Facts():
            for entry in block.entries:
                yield entry.anchor
                yield from (one.anchor for one in entry.told)
        case Table():
            for row in block.rows:
                yield row.anchor
                yield from (one.anchor for cell in row.cells for one in cell)


def plain(line: Line) -> str:
    """The text of a line, without marks."""
    return "".join(span.text for span in line)


def strong(line: Line) -> Line:
    """The line with all of it emphasised."""
    return tuple(Span(span.text, strong=True, href=span.href) for span in line)


def told(*lines: Line | Paragraph) -> tuple[Paragraph, ...]:
    """Lines as paragraphs; those that are at a clause of their own already are paragraphs."""
    return tuple(one if isinstance(one, Paragraph) else Paragraph(one) for one in lines)
