"""Whose is a row, and what is left after erasing: row by row, slowly, by following every reference until nothing new
turns up. It shares no code with the compiler but the model."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.datamap.pointing import fits, held, points
from troth.datamap.model import Dataset, Person, Reference, StoreMap

Rows = Mapping[str, list[dict[str, Any]]]
Place = tuple[str, int]
"""A row: its dataset and its number in the list."""


@dataclass
class Naive:
    """The world as lists of rows."""

    found: StoreMap
    rows: Rows
    people: Sequence[Person]
    whose: dict[Place, set[int]] = field(default_factory=dict)
    strange: set[Place] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._find_people()
        self._find_strangers()

    def places(self) -> Iterator[Place]:
        for name, rows in self.rows.items():
            for number in range(len(rows)):
                yield name, number

    def row(self, place: Place) -> dict[str, Any]:
        return self.rows[place[0]][place[1]]

    def reaches_people(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Somebody can be found by this dataset at all, or by one above it."""
        dataset = self.found.datasets[name]
        owners = {reference.dataset for reference in dataset.owner_references()} - seen - {name}
        return bool(dataset.identifies) or any(self.reaches_people(one, seen | {name}) for one in owners)

    def above(self, place: Place) -> list[Place]:
        """The rows to which the row's owner references lead."""
        dataset = self.found.datasets[place[0]]
        return [
            (reference.dataset, number)
            for reference in dataset.owner_references()
            if self.reaches_people(reference.dataset) and self.is_part(place)
            for number, target in enumerate(self.rows[reference.dataset])
            if points(self.row(place), reference, target) and self.is_part((reference.dataset, number))
        ]

    def is_part(self, place: Place) -> bool:
        """The dataset speaks of the row."""
        return fits(self.row(place), self.found.datasets[place[0]].only)

    def _find_people(self) -> None:
        for place in self.places():
            self.whose[place] = {n for n, person in enumerate(self.people) if self._names(place, person)}
        changed = True
        while changed:
            changed = False
            for place in self.places():
                for owner in self.above(place):
                    if not self.whose[owner] <= self.whose[place]:
                        self.whose[place] |= self.whose[owner]
                        changed = True

    def _names(self, place: Place, person: Person) -> bool:
        if self.above(place) or not self.is_part(place):
            return False
        for kind, identifier in self.found.datasets[place[0]].identifies.items():
            value = self.row(place)[identifier.column]
            if value is not None and (kind, value) in {(one, word.reveal()) for one, word in person.identifiers}:
                return True
        return False

    def _find_strangers(self) -> None:
        for place in self.places():
            columns = [one.column for one in self.found.datasets[place[0]].identifies.values()]
            is_named = any(self.row(place)[column] is not None for column in columns)
            if is_named and self.is_part(place) and not self.above(place) and not self.whose[place]:
                self.strange.add(place)
        changed = True
        while changed:
            changed = False
            for place in self.places():
                if place not in self.strange and any(owner in self.strange for owner in self.above(place)):
                    self.strange.add(place)
                    changed = True

    def access(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(subject, dataset, row) of the rows that belong to one person and to nobody else."""
        return [
            (self.people[next(iter(self.whose[place]))].subject, place[0], self.row(place))
            for place in self.places()
            if len(self.whose[place]) == 1 and place not in self.strange
        ]

    def only_theirs(self, name: str) -> list[Place]:
        """The rows of a dataset that belong to people of the run and to nobody else."""
        return [p for p in self.places() if p[0] == name and self.whose[p] and p not in self.strange]

    def deleted(self) -> set[Place]:
        return {
            place
            for name, dataset in self.found.datasets.items()
            if dataset.erase.method == "delete"
            for place in self.only_theirs(name)
        }

    def after(self) -> dict[str, list[dict[str, Any]]]:
        """What erasure leaves."""
        gone, left = self.deleted(), dict[str, list[dict[str, Any]]]()
        for name, dataset in self.found.datasets.items():
            theirs = set(self.only_theirs(name))
            left[name] = [
                self._left(dataset, place, gone, is_theirs=place in theirs)
                for place in self.places()
                if place[0] == name and place not in gone
            ]
        return left

    def _left(self, dataset: Dataset, place: Place, gone: set[Place], *, is_theirs: bool) -> dict[str, Any]:
        row = dict(self.row(place))
        for name, reference in dataset.references.items():
            if reference.detach and any(
                points(self.row(place), reference, self.row(target))
                for target in gone
                if target[0] == reference.dataset
            ):
                if reference.inside:
                    self._let_go(row, reference, gone)
                else:
                    row.update(dict.fromkeys(own_columns(dataset, name)))
        if is_theirs and dataset.erase.method in ("null", "redact"):
            for column in dataset.fields:
                method = dataset.erasure_of(column).method
                if method == "null":
                    row[column] = None
                elif row[column] is not None:
                    row[column] = self._masked(dataset, column, row[column])
        return row

    def _let_go(self, row: dict[str, Any], reference: Reference, gone: set[Place]) -> None:
        """The document without what leads to a row that goes."""
        gone_rows = [self.row(target) for target in gone if target[0] == reference.dataset]
        document = json.loads(row["doc"])
        if reference.is_many:
            document["list"] = [
                one for one in document["list"] if not any(held(one, reference, target) for target in gone_rows)
            ]
        else:
            document["one"] |= dict.fromkeys(reference.at)
        row["doc"] = json.dumps(document)

    def _masked(self, dataset: Dataset, column: str, value: Any) -> Any:
        rule = dataset.erasure_of(column)
        if rule.method == "redact":
            return "erased"
        if rule.method == "generalise":
            return value[: int(rule.to or 0)]
        return self._pseudonym(value) if rule.method == "pseudonymise" else value

    def _pseudonym(self, value: str) -> str:
        assert self.found.key is not None
        key = self.found.key.reveal()
        name = hmac.new(key, b"value:" + value.encode(), "sha256").hexdigest()[:24]
        return f"p-{name}{hmac.new(key, b'name:' + name.encode(), 'sha256').hexdigest()[:8]}"


def own_columns(dataset: Dataset, name: str) -> list[str]:
    """The columns of a reference that no key and no other reference uses."""
    taken = {
        column
        for other, one in dataset.references.items()
        if other != name and not one.inside
        for column in one.columns
    }
    return [column for column in dataset.references[name].columns if column not in taken | set(dataset.key)]


def dangling(found: StoreMap, rows: Rows) -> bool:
    """Some reference leads to a row that is not there."""
    return any(
        None not in [row[column] for column in reference.columns]
        and not any(points(row, replace(reference, only={}), target) for target in rows[reference.dataset])
        for name, dataset in found.datasets.items()
        for reference in dataset.references.values()
        if not reference.many and not reference.inside
        for row in rows[name]
    )
