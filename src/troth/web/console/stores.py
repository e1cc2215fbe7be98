"""How far an erasure has come, dataset by dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from troth.base.text import said
from troth.requests.desk.counting import Counted
from troth.requests.fulfilment.progress import Progress
from troth.requests.model import Certificate


@dataclass(frozen=True)
class StoreLine:
    """One dataset of a store in an erasure: rows found, erased, kept for a ground, and left."""

    store: str
    dataset: str
    found: int
    erased: int | None
    kept: int | None
    grounds: tuple[str, ...]
    left: int | None


_Line = TypeVar("_Line", StoreLine, Counted)


def in_words(lines: Iterable[_Line], maps: Mapping[str, Any], language: str) -> list[_Line]:
    """The lines with what people call each store and dataset; `maps` are those of the version, as plain JSON."""
    return [_named(line, maps.get(line.store), language) for line in lines]


def _named(line: _Line, found: Mapping[str, Any] | None, language: str) -> _Line:
    if found is None:
        return line
    dataset = found["datasets"].get(line.dataset, {"label": {language: line.dataset}})
    return replace(line, store=said(found["label"], language), dataset=said(dataset["label"], language))


def store_lines(stores: Mapping[str, Progress]) -> tuple[StoreLine, ...]:
    """How far an erasure has come, one line a dataset; what is not known yet is None."""
    return tuple(
        _underway(stores[name], dataset)
        for name in sorted(stores)
        for dataset in sorted({*stores[name].expected, *(one.dataset for one in stores[name].erased or ())})
    )


def certified_lines(evidence: Certificate) -> tuple[StoreLine, ...]:
    """The same from the certificate, once there is one: it also knows what a run that was killed had erased."""
    return tuple(
        StoreLine(
            store["store"],
            line["dataset"],
            found=line["found"],
            erased=line["changed"],
            kept=line["kept"],
            grounds=tuple(one["ground"] for one in line["grounds"] if one["ground"]),
            left=line["left"],
        )
        for store in evidence.body["stores"]
        for line in store["datasets"]
    )


def _underway(one: Progress, dataset: str) -> StoreLine:
    expected = one.expected.get(dataset)
    told = [line for line in one.erased or () if line.dataset == dataset]
    return StoreLine(
        one.store,
        dataset,
        found=expected.held if expected else 0,
        erased=sum(line.changed for line in told) if one.erased is not None else None,
        kept=sum(line.kept for line in told) if one.erased is not None else None,
        grounds=tuple(line.ground for line in told if line.kept and line.ground),
        left=one.remaining.get(dataset, 0) if one.remaining is not None else None,
    )
