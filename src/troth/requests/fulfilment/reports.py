"""A report to a person: sections with a table each, in their language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = str | tuple[str, ...] | None
"""What stands in a cell: words, several of them, or nothing."""


@dataclass(frozen=True)
class Section:
    """One table of a report; `columns` are pairs of a name and what people read, `otherwise` is said of an empty one.

    The rows are about the person and never shown by accident.
    """

    name: str
    title: str
    text: str
    columns: tuple[tuple[str, str], ...]
    otherwise: str
    rows: tuple[Mapping[str, Cell], ...] = field(repr=False)


@dataclass(frozen=True)
class Report:
    """Everything that a person is told in answer to one request."""

    title: str
    intro: str
    sections: tuple[Section, ...]
