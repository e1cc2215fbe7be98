"""How a column names people: which values of a person it may hold, and how a row is matched with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.selectable import FromClause

from troth.datamap.keys import same
from troth.datamap.live import Kind, LiveSchema
from troth.datamap.model import Dataset, Identifier, Person, Spelling, StoreMap
from troth.datamap.sql import PEOPLE, Condition

_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Slot:
    """One identifying column; its number tells in the people's table which values are meant for it."""

    number: int
    dataset: str
    kind: str
    identifier: Identifier
    holds: Kind
    collation: str | None = None


def slots_of(found: StoreMap, live: LiveSchema) -> tuple[Slot, ...]:
    """All identifying columns of a map, numbered. The columns exist."""
    named = [
        (dataset, kind, identifier)
        for dataset in found.datasets.values()
        for kind, identifier in dataset.identifies.items()
    ]
    return tuple(
        _slot(number, dataset, kind, identifier, live) for number, (dataset, kind, identifier) in enumerate(named)
    )


def _slot(number: int, dataset: Dataset, kind: str, identifier: Identifier, live: LiveSchema) -> Slot:
    column = live[dataset.table].columns[identifier.column]
    return Slot(number, dataset.name, kind, identifier, column.kind, column.collation)


def matches(slot: Slot, row: FromClause) -> Condition:
    """The row's column holds the value of a line of the people's table."""
    column = row.c[slot.identifier.column]
    if slot.holds == "integer":
        return same(column, PEOPLE.c.number)
    words: sa.ColumnElement[Any] = column if slot.holds == "text" else sa.cast(column, sa.Text)
    if slot.identifier.spelling == "any-case":
        words = sa.func.lower(words)
    if slot.collation is None:
        return same(words, PEOPLE.c.words)
    return _letter_by_letter(words, slot.collation)


def _letter_by_letter(words: sa.ColumnElement[Any], collation: str) -> Condition:
    """Equal by the column's own rules, for which it may have an index, and then really: `ann` is not `Ánn `."""
    charset = collation.partition("_")[0]
    alike = words == sa.collate(sa.cast(PEOPLE.c.words, mysql.CHAR(charset=charset)), collation)
    return sa.and_(alike, exactly(words) == exactly(PEOPLE.c.words))


def exactly(words: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A text of MariaDB as its letters, by which alone it is compared then."""
    return sa.collate(sa.cast(words, mysql.CHAR(charset="utf8mb4")), "utf8mb4_nopad_bin")


def is_identified(dataset: Dataset, row: FromClause) -> Condition:
    """The row names anybody at all: a row whose names were erased is nobody's."""
    return sa.or_(*(row.c[identifier.column].is_not(None) for identifier in dataset.identifies.values()))


Line = tuple[int, int, str | None, int | None]
"""A line of the people's table, in the order of its columns."""


def lines(people: Sequence[Person], slots: Sequence[Slot]) -> list[Line]:
    """The lines of the people's table."""
    return [line for number, person in enumerate(people) for line in _lines(number, person, slots)]


def _lines(number: int, person: Person, slots: Sequence[Slot]) -> Iterator[Line]:
    for slot in slots:
        for kind, value in person.identifiers:
            if kind != slot.kind:
                continue
            word = spelt(value.reveal(), slot.identifier.spelling)
            if slot.holds != "integer":
                yield number, slot.number, word, None
            elif (whole := whole_number(word)) is not None:
                yield number, slot.number, None, whole


def spelt(value: str, spelling: Spelling) -> str:
    """The normalised value as a column spells it."""
    if spelling == "any-case":
        return value.lower()
    if spelling == "national":
        try:
            return phonenumbers.national_significant_number(phonenumbers.parse(value, None))
        except phonenumbers.NumberParseException:
            return value
    return value


def whole_number(word: str) -> int | None:
    """What a column of numbers holds for it; None if none can."""
    digits = word.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or int(digits) > _LARGEST:
        return None
    return int(digits)
