"""The last look at a document: links lead to what is there, and what one language alone says is marked in its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from troth.notice.model import Block, Bullets, Cell, Fact, Facts, Line, Paragraph, Row, Section, Span, Table


@dataclass(frozen=True)
class Finish:
    """`anchor` finds where a clause stands; `marks` are the words to add, by the anchor of what they are added to."""

    anchor: Callable[[str], str | None]
    marks: Mapping[str, Line]

    def section(self, section: Section) -> Section:
        """The section with its marks, and those of all that stands in it."""
        blocks = tuple(self._block(one) for one in section.blocks)
        inner = tuple(self.section(one) for one in section.sections)
        return replace(section, blocks=(*self._marks(section.anchor), *blocks), sections=inner)

    def _block(self, block: Block) -> Block:
        match block:
            case Paragraph():
                return self._paragraph(block)
            case Bullets():
                return replace(block, items=self._cell(block.items))
            case Facts():
                return Facts(tuple(self._fact(one) for one in block.entries))
            case Table():
                return replace(block, rows=tuple(self._row(one) for one in block.rows))
            case _:
                assert_never(block)

    def _fact(self, fact: Fact) -> Fact:
        return replace(fact, term=self._line(fact.term), told=(*self._cell(fact.told), *self._marks(fact.anchor)))

    def _row(self, row: Row) -> Row:
        first, *others = (self._cell(cell) for cell in row.cells)
        return replace(row, cells=((*first, *self._marks(row.anchor)), *others))

    def _cell(self, cell: Cell) -> Cell:
        return tuple(self._paragraph(one) for one in cell)

    def _paragraph(self, paragraph: Paragraph) -> Paragraph:
        mark = self.marks.get(paragraph.anchor or "", ())
        return replace(paragraph, line=(*self._line(paragraph.line), *((Span(" "), *mark) if mark else ())))

    def _marks(self, anchor: str | None) -> Cell:
        mark = self.marks.get(anchor or "")
        return (Paragraph(mark),) if mark else ()

    def _line(self, line: Line) -> Line:
        return tuple(self._span(span) for span in line)

    def _span(self, span: Span) -> Span:
        if span.href is None or not span.href.startswith("#"):
            return span
        there = self.anchor(span.href[1:])
        return replace(span, href=f"#{there}" if there else None)
