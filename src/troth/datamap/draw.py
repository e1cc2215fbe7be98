"""Draws a data map as SVG: a box a dataset, those in which people are found on the left, an arrow a reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from troth.base.text import said
from troth.datamap.graph import reachable
from troth.datamap.model import Dataset, StoreMap

_WIDTH, _LINE, _PAD = 220, 18, 12
_ACROSS, _DOWN = 120, 36  # between boxes
_LETTERS = 28  # that fit into a box

_FILLS = {"delete": "#fde8e8", "null": "#fef3d6", "redact": "#fef3d6", "keep": "#e6efe6"}
_WORDS = {
    "title": {"zh": "数据地图：{}", "en": "Data map of {}"},
    "found by": {"zh": "凭{}查找", "en": "found by {}"},
    "delete": {"zh": "整行删除", "en": "rows deleted"},
    "null": {"zh": "置空", "en": "emptied"},
    "redact": {"zh": "遮盖", "en": "redacted"},
    "keep": {"zh": "依据保留", "en": "kept for a ground"},
    "nobody": {"zh": "不指向任何人", "en": "leads to nobody"},
    "more": {"zh": "…… 另有 {} 项", "en": "… {} more"},
}
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" lang="{2}"'
    ' font-family="sans-serif" font-size="12">'
)
_DEFINED = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
    ' orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>'
)
_FIELDS = 8  # shown in a box


@dataclass(frozen=True)
class _Box:
    dataset: Dataset
    lines: tuple[str, ...]
    x: int
    y: int

    @property
    def height(self) -> int:
        return 2 * _PAD + _LINE * len(self.lines)


def draw(found: StoreMap, language: str) -> str:
    """The map as one SVG document, with a title and a description for those who do not see it."""
    boxes = _boxes(found, language)
    width = max((box.x for box in boxes.values()), default=0) + _WIDTH + _PAD
    height = max((box.y + box.height for box in boxes.values()), default=0) + _PAD
    title = _WORDS["title"][language].format(said(found.label, language))
    return "\n".join(
        [
            _HEAD.format(width, height, language),
            f"<title>{escape(title)}</title>",
            f"<desc>{escape('; '.join(_told(found)))}</desc>",
            _DEFINED,
            *_arrows(found, boxes),
            *(line for box in boxes.values() for line in _drawn(box)),
            "</svg>\n",
        ]
    )


def _told(found: StoreMap) -> Iterator[str]:
    """The references in words."""
    for dataset in found.datasets.values():
        for name, reference in dataset.references.items():
            yield f"{dataset.name}.{name} → {reference.dataset}"


def _columns(found: StoreMap) -> dict[str, int]:
    """How far from a person each dataset lies; those that lead to nobody lie furthest."""
    far: dict[str, int] = {}
    for group in reachable(found):
        above = [
            far[reference.dataset]
            for name in group.members
            for reference in found.datasets[name].owner_references()
            if reference.dataset in far
        ]
        is_found = any(found.datasets[name].identifies for name in group.members)
        far.update(dict.fromkeys(group.members, 0 if is_found or not above else 1 + max(above)))
    last = max(far.values(), default=-1) + 1
    return {name: far.get(name, last) for name in found.datasets}


def _boxes(found: StoreMap, language: str) -> dict[str, _Box]:
    columns, below, boxes = _columns(found), dict[int, int](), dict[str, _Box]()
    reached = {name for group in reachable(found) for name in group.members}
    for name, dataset in found.datasets.items():
        column = columns[name]
        box = _Box(
            dataset,
            _lines(dataset, language, is_reached=name in reached),
            _PAD + column * (_WIDTH + _ACROSS),
            below.get(column, _PAD),
        )
        below[column] = box.y + box.height + _DOWN
        boxes[name] = box
    return boxes


def _lines(dataset: Dataset, language: str, *, is_reached: bool) -> tuple[str, ...]:
    items = [column for column, rule in dataset.fields.items() if rule.item is not None]
    more = [_WORDS["more"][language].format(len(items) - _FIELDS)] if len(items) > _FIELDS else []
    found_by = [_WORDS["found by"][language].format(kind) for kind in dataset.identifies]
    fate = _WORDS[dataset.erase.method if is_reached else "nobody"][language]
    return (said(dataset.label, language), f"{dataset.table} · {fate}", *found_by, *items[:_FIELDS], *more)


def _drawn(box: _Box) -> Iterator[str]:
    fill = _FILLS[box.dataset.erase.method]
    yield f'<rect x="{box.x}" y="{box.y}" width="{_WIDTH}" height="{box.height}" rx="6" fill="{fill}" stroke="#444"/>'
    for number, line in enumerate(box.lines):
        weight = ' font-weight="bold"' if number == 0 else ""
        text = line if len(line) <= _LETTERS else line[: _LETTERS - 1] + "…"
        y = box.y + _PAD + _LINE * number + 12
        yield f'<text x="{box.x + _PAD}" y="{y}"{weight}>{escape(_visible(text))}</text>'


def _visible(text: str) -> str:
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _arrows(found: StoreMap, boxes: dict[str, _Box]) -> Iterator[str]:
    for dataset in found.datasets.values():
        for name, reference in dataset.references.items():
            dashes = "" if name in dataset.owners else ' stroke-dasharray="4 3"'
            path = _path(boxes[dataset.name], boxes[reference.dataset])
            label = quoteattr(_visible(f"{dataset.name}.{name}"))
            yield (f'<path d="{path}" fill="none" stroke="#444"{dashes} marker-end="url(#to)" aria-label={label}/>')


def _path(start: _Box, end: _Box) -> str:
    """From the left of a box to the right of the one it refers to; around the right side where that lies not left."""
    y, to = start.y + start.height // 2, end.y + end.height // 2
    if end.x < start.x:
        middle = (start.x + end.x + _WIDTH) // 2
        return f"M{start.x} {y} C{middle} {y} {middle} {to} {end.x + _WIDTH} {to}"
    out = max(start.x, end.x) + _WIDTH + _ACROSS // 2
    return f"M{start.x + _WIDTH} {y - 8} C{out} {y - 8} {out} {to + 8} {end.x + _WIDTH} {to + 8}"
