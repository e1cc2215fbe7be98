"""The document as Markdown, for archives, diffs and repositories. What the policy says is never read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import assert_never

from troth.notice.model import Block, Bullets, Cell, Facts, Line, Paragraph, Section, Span, Table
from troth.notice.outline import outline
from troth.policy.model import Policy

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")
_BEGINNING = re.compile(r"^(\s*)([#+=-]|[0-9]+(?=[.)]))")
_SPACE = re.compile(r"\s+")


def markdown(policy: Policy, language: str, *, version: str, published: date | None = None) -> str:
    """The document in CommonMark with tables; anchors are `<a id>` elements, as no other way is common.

    Raises InputError `notice.no-language`.
    """
    document = outline(policy, language, version=version, published=published)
    parts = [_heading(1, "title", document.title), *_block(Facts(document.about))]
    for block in document.lead:
        parts.extend(_block(block))
    for section in document.sections:
        parts.extend(_section(section, 2))
    return "\n\n".join(parts) + "\n"


def _section(section: Section, level: int) -> Iterator[str]:
    heading = f"{section.number} {section.heading}" if section.number else section.heading
    yield _heading(level, section.anchor, heading)
    for block in section.blocks:
        yield from _block(block)
    for one in section.sections:
        yield from _section(one, level + 1)


def _heading(level: int, anchor: str, text: str) -> str:
    return f"{'#' * level} {_anchor(anchor)}{_escape(text)}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _paragraph(block)
        case Bullets():
            first = _anchor(block.anchor)
            yield "\n".join(f"- {'' if n else first}{_paragraph(one)}" for n, one in enumerate(block.items))
        case Facts():
            entries = (f"- {_paragraph(Paragraph(one.term, one.anchor))}: {_cell(one.told)}" for one in block.entries)
            yield "\n".join(entries)
        case Table():
            yield f"**{_escape(block.caption)}**"
            yield "\n".join(_table(block))
        case _:
            assert_never(block)


def _table(table: Table) -> Iterator[str]:
    yield _row(_escape(column) for column in table.columns)
    yield _row("---" for _ in table.columns)
    for row in table.rows:
        first, *others = (_cell(cell) for cell in row.cells)
        yield _row((_anchor(row.anchor) + first, *others))


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return "<br>".join(_paragraph(one) for one in cell)


def _paragraph(paragraph: Paragraph) -> str:
    """A line that no block markup begins: `1.` and `-` at its head would make a list of it."""
    line = _line(paragraph.line)
    return f"{_anchor(paragraph.anchor)}{_BEGINNING.sub(_escaped_head, line)}"


def _escaped_head(found: re.Match[str]) -> str:
    head = found[2]
    return f"{found[1]}{head}\\" if head.isdigit() else f"{found[1]}\\{head}"


def _anchor(anchor: str | None) -> str:
    """Anchors are ids of the language: letters, digits, `.`, `-` and `_`."""
    return f'<a id="{anchor}"></a>' if anchor else ""


def _line(line: Line) -> str:
    """Emphasis is written once for all spans of a run: two that touch would read as asterisks."""
    runs = groupby(line, key=lambda span: span.strong)
    return "".join(_emphasised(run) if strong else "".join(map(_span, run)) for strong, run in runs)


def _emphasised(run: Iterator[Span]) -> str:
    """Space at its ends stays outside, where it does not keep the asterisks from being emphasis."""
    text = "".join(map(_span, run))
    inner = text.strip()
    return text.replace(inner, f"**{inner}**", 1) if inner else text


def _span(span: Span) -> str:
    text = _escape(span.text)
    return f"[{text}](<{_address(span.href)}>)" if span.href else text


def _escape(text: str) -> str:
    """No character of the policy's begins or ends markup within a line; a line break is a space."""
    return _MARKUP.sub(r"\\\1", _SPACE.sub(" ", text))


def _address(href: str) -> str:
    return href.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
