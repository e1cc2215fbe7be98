"""Bars as SVG, drawn here: a handful of rectangles and words. Colours come from the style sheet, never from here.

Every chart stands above the table of its figures, and its title and description say what it shows: who does not see
it misses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import east_asian_width

WIDTH: Final = 320
_LETTER: Final = 7.5  # width of a narrow one
_VALUE: Final = 64
_BAR: Final = 16
_GAP: Final = 6
_BETWEEN: Final = 14
_TOP: Final = 8
_ABOVE: Final = 20
_SHORT: Final = 14  # letters that fit beside the bars; wide ones count twice


@dataclass(frozen=True)
class Row:
    """One thing that is measured: its values, in the order of the chart's series, each with how it is said.

    `limit` is where a mark is drawn, such as the end of the time allowed.
    """

    label: str
    values: Sequence[float]
    said: Sequence[str]
    limit: float | None = None


@dataclass(frozen=True)
class Bar:
    """One bar with its words, in units of the picture."""

    series: int
    y: float
    width: float
    said: str
    said_at: float


@dataclass(frozen=True)
class Group:
    """The bars of one row, its label, and where its mark stands, if it has one."""

    label: str
    label_y: float
    bars: Sequence[Bar]
    mark: tuple[float, float, float] | None


@dataclass(frozen=True)
class Chart:
    """What the template draws."""

    height: float
    left: float
    groups: Sequence[Group]
    bar: float = _BAR
    width: float = WIDTH

    @property
    def above(self) -> bool:
        """Whether labels stand above their bars, because there is no room beside them."""
        return self.left == 0


def chart(rows: Sequence[Row]) -> Chart:
    """Lay the rows out below each other; the longest bar, or the farthest mark, fills the room there is."""
    longest = max((value for row in rows for value in (*row.values, row.limit or 0)), default=0) or 1
    letters = max((_letters(row.label) for row in rows), default=0)
    left = round(letters * _LETTER) + _BETWEEN if letters <= _SHORT else 0
    scale, y = (WIDTH - left - _VALUE) / longest, float(_TOP)
    groups = []
    for row in rows:
        y += 0 if left else _ABOVE
        groups.append(_group(row, left, y, scale))
        y += _high(row) + _BETWEEN
    return Chart(y, left, groups)


def _letters(label: str) -> int:
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in label)


def _group(row: Row, left: float, y: float, scale: float) -> Group:
    bars = [
        Bar(
            series=place,
            y=y + place * (_BAR + _GAP),
            width=round(value * scale, 1),
            said=said,
            said_at=round(left + value * scale + 5, 1),
        )
        for place, (value, said) in enumerate(zip(row.values, row.said, strict=True))
    ]
    high = _high(row)
    mark = None if row.limit is None else (round(left + row.limit * scale, 1), y - 3, y + high + 3)
    return Group(row.label, y + high / 2 if left else y - _ABOVE / 2, bars, mark)


def _high(row: Row) -> float:
    return len(row.values) * (_BAR + _GAP) - _GAP
