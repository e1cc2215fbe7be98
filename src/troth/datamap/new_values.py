"""The values that a person says are right, and how each field that holds the item is to spell them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

from troth.base.errors import Problem
from troth.base.sensitive import Sensitive
from troth.datamap.identify import spelt, whole_number
from troth.datamap.live import Kind, LiveColumn, LiveSchema
from troth.datamap.model import Dataset, Person, Spelling, StoreMap

Value = str | int | float | bool | date


@dataclass(frozen=True)
class NewValue:
    """What an item should be. `kind` is set where the item is what people are found by: phone, email, account …"""

    item: str
    value: Sensitive[str]
    kind: str | None = None


@dataclass(frozen=True)
class Correction:
    """One person, and what is to stand where these items are held about them."""

    person: Person
    values: tuple[NewValue, ...]


@dataclass(frozen=True)
class Corrected:
    """What happened to one field of a dataset that holds a corrected item: of `matched` rows `changed` got the new
    value, `kept` stay as they are for a `ground`, and the others had it already.

    The ground is a clause of the policy, `shared`, or `pseudonym`.
    """

    dataset: str
    column: str
    item: str
    matched: int
    changed: int
    kept: int
    ground: str | None = None


@dataclass(frozen=True)
class Place:
    """One field that holds such an item. `identifies`: people are found by it."""

    number: int
    dataset: Dataset
    column: str
    item: str
    live: LiveColumn
    spelling: Spelling
    identifies: bool


def places(found: StoreMap, live: LiveSchema, values: Iterable[NewValue]) -> tuple[Place, ...]:
    """The fields of a map that hold these items. Its tables and columns exist.

    A column by which people are found holds the item of its kind also where the map calls it technical: else a person
    who gave a new number would be lost there.
    """
    kinds = {one.item: one.kind for one in values}
    made = [
        (dataset, column, item)
        for dataset in found.datasets.values()
        for column in dataset.fields
        for item in kinds
        if _holds(dataset, column, item, kinds[item])
    ]
    return tuple(
        Place(
            number,
            dataset,
            column,
            item,
            live[dataset.table].columns[column],
            _spelling(found, dataset, column, kinds[item]),
            column in _named_by(dataset, kinds[item]),
        )
        for number, (dataset, column, item) in enumerate(made)
    )


def _holds(dataset: Dataset, column: str, item: str, kind: str | None) -> bool:
    own = dataset.fields[column].item
    return own == item or (own is None and column in _named_by(dataset, kind))


def _named_by(dataset: Dataset, kind: str | None) -> frozenset[str]:
    return frozenset(one.column for name, one in dataset.identifies.items() if name == kind)


def _spelling(found: StoreMap, dataset: Dataset, column: str, kind: str | None) -> Spelling:
    """The column's own; of a column by which nobody is found, that of the store's first by which somebody is."""
    if kind is None:
        return "exact"
    own = (one.spelling for one in (dataset.identifies.get(kind),) if one is not None and one.column == column)
    every = (one.identifies[kind].spelling for one in found.datasets.values() if kind in one.identifies)
    return next(own, next(every, "exact"))


def fitting(value: Sensitive[str], place: Place) -> Value | None:
    """The value as the column takes it; None if it does not."""
    word = spelt(value.reveal(), place.spelling) if place.identifies or place.spelling != "exact" else value.reveal()
    read = _READ.get(place.live.kind)
    if read is None or (place.live.length is not None and len(word) > place.live.length):
        return None
    return read(word)


def unfit(corrections: Iterable[Correction], known: Iterable[Place]) -> Iterator[Problem]:
    """The fields that cannot take the new values, each once; a value itself is never told."""
    said = set[int]()
    every = tuple(known)
    for correction in corrections:
        for value in correction.values:
            for place in every:
                if place.item == value.item and place.number not in said and fitting(value.value, place) is None:
                    said.add(place.number)
                    yield _unfit(place)


def _unfit(place: Place) -> Problem:
    takes = _TAKES.get(place.live.kind)
    longest = f", at most {place.live.length} characters" if place.live.length else ""
    where = f"`{place.column}` of `{place.dataset.name}`"
    if takes is None:
        return Problem("stores.unfit-value", f"{where} is of a type that is corrected by hand", "see its database")
    return Problem("stores.unfit-value", f"the new value of `{place.item}` does not fit {where}", f"{takes}{longest}")


def _number(word: str) -> float | None:
    try:
        read = float(word)
    except ValueError:
        return None
    return read if isfinite(read) and word.isascii() else None


def _whole(word: str) -> int | None:
    negative = word.startswith("-")
    read = whole_number(word[1:] if negative else word)
    return -read if negative and read is not None else read


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


_YES, _NO = frozenset({"true", "yes", "1", "是"}), frozenset({"false", "no", "0", "否"})


def _flag(word: str) -> bool | None:
    return True if word.lower() in _YES else False if word.lower() in _NO else None


def _text(word: str) -> str | None:
    return word if "\0" not in word else None


_READ: Mapping[Kind, Callable[[str], Value | None]] = {
    "text": _text,
    "integer": _whole,
    "number": _number,
    "boolean": _flag,
    "date": _day,
}
_TAKES: Mapping[Kind, str] = {
    "text": "it takes a text",
    "integer": "it takes a whole number",
    "number": "it takes a number",
    "boolean": "it takes `yes` or `no`",
    "date": "it takes a day such as `2001-12-31`",
}
