"""A label stands in the middle of one sentence and at the beginning of another: there it takes a capital."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from troth.notice.model import Block, Bullets, Cell, Fact, Facts, Line, Paragraph, Row, Section, Table


def begun(section: Section) -> Section:
    """The section with a capital at the beginning of its heading, its lines and its cells."""
    return replace(
        section,
        heading=_capital(section.heading),
        blocks=tuple(block_begun(one) for one in section.blocks),
        sections=tuple(begun(one) for one in section.sections),
    )


def block_begun(block: Block) -> Block:
    """The block with a capital at the beginning of each of its lines."""
    match block:
        case Paragraph():
            return _paragraph(block)
        case Bullets():
            return replace(block, items=_cell(block.items))
        case Facts():
            return Facts(tuple(_fact(one) for one in block.entries))
        case Table():
            return replace(block, rows=tuple(_row(one) for one in block.rows))
        case _:
            assert_never(block)


def _fact(fact: Fact) -> Fact:
    return replace(fact, term=_line(fact.term), told=_cell(fact.told))


def _row(row: Row) -> Row:
    return replace(row, cells=tuple(_cell(one) for one in row.cells))


def _cell(cell: Cell) -> Cell:
    return tuple(_paragraph(one) for one in cell)


def _paragraph(paragraph: Paragraph) -> Paragraph:
    return replace(paragraph, line=_line(paragraph.line))


def _line(line: Line) -> Line:
    """Addresses are left as they are: a link of another scheme than our own anchors is one."""
    if not line or (line[0].href and not line[0].href.startswith("#")):
        return line
    return (replace(line[0], text=_capital(line[0].text)), *line[1:])


def _capital(text: str) -> str:
    """`iPhone` keeps its form, and so does `sha256:…` or `kaiconn:1`: a word is letters in lower case only."""
    word = text.split(" ", 1)[0].rstrip(",.;:!?").replace("-", "")
    return text[0].upper() + text[1:] if word.isascii() and word.isalpha() and word.islower() else text
