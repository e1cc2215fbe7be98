"""Which tables of a live database a person is found in, and which lead to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from troth.datamap.inside import Inside
from troth.datamap.scan.documents import places
from troth.datamap.scan.guess import Catalogue, Guess
from troth.datamap.scan.keys import key_of
from troth.datamap.scan.links import Link, Links
from troth.datamap.scan.recognise import are_national, recognised

_KINDS = {"email": "email", "phone": "phone", "user_name": "account"}

Guesses = Mapping[str, Mapping[str, Guess]]
"""By table and column."""


def identifiers(table: str, catalogue: Catalogue, guesses: Guesses) -> dict[str, tuple[str, str]]:
    """By kind of identifier, a column that names people and how it spells them."""
    found = dict[str, tuple[str, str]]()
    columns = sorted(guesses[table].items(), key=lambda one: -one[1].sure)
    for column, one in columns:
        values = catalogue.seen[table, column].values
        kind = _KINDS.get(one.notion or "") if one.item is not None and not places(values) else None
        if kind is not None and kind not in found:
            found[kind] = (column, _spelling(kind, values))
    return found


def _spelling(kind: str, values: Sequence[str]) -> str:
    return "national" if kind == "phone" and are_national(values) else "exact"


def people_tables(catalogue: Catalogue, guesses: Guesses) -> tuple[str, ...]:
    """The tables in which a person is found: where a name is unique; or, in no such case, where any stands."""
    naming = {name: identifiers(name, catalogue, guesses) for name in catalogue.live}
    unique = tuple(
        name
        for name, found in naming.items()
        if any(catalogue.live[name].is_unique((column,)) for column, _ in found.values())
    )
    return unique or tuple(name for name, found in naming.items() if found)


def distances(links: Links, people: tuple[str, ...]) -> dict[str, int]:
    """How many references lie between the rows of a table and a person; tables that lead to nobody are not in it."""
    found = dict.fromkeys(people, 0)
    while True:
        near = {
            name: 1 + min(steps)
            for name, own in links.items()
            if name not in found and (steps := [found[link.table] for link in own if link.table in found])
        }
        if not near:
            return found
        found |= near


def with_names(links: Links, catalogue: Catalogue, guesses: Guesses) -> Links:
    """The links, and where nothing but a type column leads to a person, columns and places that name one."""
    people = people_tables(catalogue, guesses)
    far = distances({name: tuple(one for one in own if not one.only) for name, own in links.items()}, people)
    return {
        name: own if name in far else (*own, *_naming(name, people, catalogue, guesses)) for name, own in links.items()
    }


def _naming(table: str, people: tuple[str, ...], catalogue: Catalogue, guesses: Guesses) -> Iterator[Link]:
    for kind, column, place, spelling in _names(table, catalogue, guesses):
        for target in people:
            at, spelt = identifiers(target, catalogue, guesses).get(kind, ("", ""))
            if spelt == spelling and catalogue.live[target].is_unique((at,)) and key_of(catalogue.live[target]):
                reason = f"names a person as `{target}` does" + (f", at `{place.path}`" if place else "")
                name = "_".join([column, *place.keys, *place.then]) if place else column
                yield Link(name, (column,), target, (at,), 0.6, reason, {}, (place,) if place else (), names=not place)


def _names(table: str, catalogue: Catalogue, guesses: Guesses) -> Iterator[tuple[str, str, Inside | None, str]]:
    """By what a row names somebody: the kind, the column, where in it, and the spelling."""
    for kind, (column, spelling) in identifiers(table, catalogue, guesses).items():
        yield kind, column, None, spelling
    for column in catalogue.live[table].columns:
        for place, values in places(catalogue.seen[table, column].values).items():
            kind = _KINDS.get((recognised(values) or ("", 0))[0], "")
            if kind:
                yield kind, column, place, _spelling(kind, values)
