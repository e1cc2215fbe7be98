"""How the tables of a live database hang together: keys, references, and which table leads to the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troth.datamap.live import LiveSchema, LiveTable
from troth.datamap.scan.guess import Catalogue, Guess
from troth.datamap.scan.recognise import are_national
from troth.datamap.scan.words import parts

_NAMES_PEOPLE = ("email", "phone", "user_name")
_KINDS = {"email": "email", "phone": "phone", "user_name": "account"}


@dataclass(frozen=True)
class Link:
    """A reference from the columns of one table to a row of another."""

    name: str
    columns: tuple[str, ...]
    table: str
    at: tuple[str, ...]
    sure: float
    reason: str


Guesses = Mapping[str, Mapping[str, Guess]]
"""By table and column."""


def key_of(table: LiveTable) -> tuple[str, ...]:
    """The narrowest set of columns that tells rows apart and is never NULL, in the order of the columns."""
    able = [one for one in table.unique if one and not any(table.columns[column].nullable for column in one)]
    found = min(able, key=lambda one: (len(one), sorted(one)), default=frozenset[str]())
    return tuple(column for column in table.columns if column in found)


def links(table: str, live: LiveSchema) -> tuple[Link, ...]:
    """The foreign keys of a table, and columns that are named after a table that they could refer to."""
    found = [
        Link(_name(key.columns), key.columns, key.table, key.at, 1.0, "foreign key")
        for key in live[table].foreign_keys
        if key.table in live
    ]
    taken = {column for link in found for column in link.columns}
    named = [link for column in live[table].columns if column not in taken for link in _named(table, column, live)]
    return tuple({link.name: link for link in (*named, *found)}.values())


def _name(columns: tuple[str, ...]) -> str:
    return columns[0] if len(columns) == 1 else "_and_".join(columns)


def _named(table: str, column: str, live: LiveSchema) -> list[Link]:
    words = parts(column)
    if len(words) < 2 or words[-1] not in ("id", "no", "uid"):  # noqa: PLR2004 - a name and what says that it refers
        return []
    for target, other in live.items():
        key = key_of(other)
        same = len(key) == 1 and other.columns[key[0]].kind == live[table].columns[column].kind
        if same and target != table and _singular(parts(target)) == _singular(words[:-1]):
            return [Link(column, (column,), target, key, 0.6, f"named after `{target}`")]
    return []


def _singular(words: tuple[str, ...]) -> tuple[str, ...]:
    *first, last = words or ("",)
    return (*first, last.removesuffix("ies") + "y" if last.endswith("ies") else last.removesuffix("s"))


def identifiers(table: str, catalogue: Catalogue, guesses: Guesses) -> dict[str, tuple[str, str]]:
    """By kind of identifier, a column that names people and how it spells them."""
    found = dict[str, tuple[str, str]]()
    columns = sorted(guesses[table].items(), key=lambda one: -one[1].sure)
    for column, one in columns:
        kind = _KINDS.get(one.notion or "") if one.item is not None else None
        if kind is not None and kind not in found:
            values = catalogue.seen[table, column].values
            found[kind] = (column, "national" if kind == "phone" and are_national(values) else "exact")
    return found


def people_tables(catalogue: Catalogue, guesses: Guesses) -> tuple[str, ...]:
    """The tables in which a person is found: where a name is unique; or, in no such case, where any stands."""
    naming = {name: identifiers(name, catalogue, guesses) for name in catalogue.live}
    unique = tuple(
        name
        for name, found in naming.items()
        if any(catalogue.live[name].is_unique((column,)) for column, _ in found.values())
    )
    return unique or tuple(name for name, found in naming.items() if found)


def distances(catalogue: Catalogue, people: tuple[str, ...]) -> dict[str, int]:
    """How many references lie between the rows of a table and a person; tables that lead to nobody are not in it."""
    found = dict.fromkeys(people, 0)
    while True:
        near = {
            name: 1 + min(steps)
            for name in catalogue.live
            if name not in found
            and (steps := [found[link.table] for link in links(name, catalogue.live) if link.table in found])
        }
        if not near:
            return found
        found |= near
