"""A data map: which column of a store holds which item of whom, and how its rows hang together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from troth.base.sensitive import Sensitive
from troth.base.text import Text
from troth.datamap.inside import Inside

Method = Literal["delete", "null", "redact", "generalise", "pseudonymise", "keep"]
"""How erasure treats a row or a field: the row goes, the field becomes NULL, a constant, less exact or a pseudonym, or
it stays for a ground.
"""

Change = Literal["delete", "mask", "detach", "keep"]
"""What erasure does to rows: deletes, empties or overwrites fields, cuts a reference, or leaves them for a ground."""

StoreKind = Literal["sql", "files", "http", "mailbox"]
"""What a store is: a SQL database, a folder or bucket of files, a service behind one URL, somebody with a mailbox."""

Spelling = Literal["exact", "any-case", "national", "e164"]
"""How a column spells an identifier: as Troth does, in any case, or a number without or with its country code."""

SHARED = "shared"
"""The ground on which a row stays that also belongs to somebody else."""


@dataclass(frozen=True)
class Person:
    """Somebody to be found in stores: Troth's subject id, and what the stores may know them by."""

    subject: str
    identifiers: tuple[tuple[str, Sensitive[str]], ...]
    """Pairs of a kind (`phone`, `email`, `account` …) and a normalised value."""


@dataclass(frozen=True)
class Erasure:
    """A method; for `keep`, the clause of the policy that is its ground; for `generalise`, what it is generalised `to`:
    `month` or `year` of a day, the step of a number, the characters that stay of a text.
    """

    method: Method = "delete"
    ground: str | None = None
    to: str | None = None


@dataclass(frozen=True)
class Field:
    """A column: the item of the policy that it holds (None: a technical column) and its own rules, if any.

    `erase` is None where the dataset's rule holds. What is not disclosed is never in the answer to an access request.
    """

    item: str | None
    erase: Erasure | None = None
    disclose: bool = True


@dataclass(frozen=True)
class Identifier:
    """A column by which a person is found, and how it spells them."""

    column: str
    spelling: Spelling = "exact"
    seeds: bool | None = None
    """Whether what stands here finds the person in other stores as well. None: yes in rows that an identifier finds, no
    in rows that an owner leads to, for an order may name whom a present goes to.
    """


Only = Mapping[str, str | None]
"""Values that columns must have, as a map writes them; None stands for NULL."""


@dataclass(frozen=True)
class Reference:
    """Columns that point at rows of another dataset. `detach`: they become NULL when that row is erased."""

    columns: tuple[str, ...]
    dataset: str
    at: tuple[str, ...]
    detach: bool = False
    many: bool = False
    """Whether it may lead to several rows: back along a reference, or through a table of links."""
    only: Only = field(default_factory=dict)
    """What stands in the row where the reference holds: the type column of a reference to one of several tables."""
    inside: tuple[Inside | None, ...] = ()
    """For each column, where in it the value stands; None for the column itself. Empty: all are columns."""

    @property
    def places(self) -> tuple[tuple[str, Inside | None], ...]:
        """The columns, and where in them the values stand."""
        return tuple(zip(self.columns, self.inside or (None,) * len(self.columns), strict=True))

    @property
    def is_many(self) -> bool:
        """Whether one row may lead to several."""
        return self.many or any(one is not None and one.each for one in self.inside)


@dataclass(frozen=True)
class Dataset:
    """A table. A row belongs to the people of the rows that its `owners` lead to; one that they lead nowhere belongs to
    whom it names by an identifier.
    """

    name: str
    table: str
    label: Text
    key: tuple[str, ...]
    """The columns that tell its rows apart; empty for a log without any."""
    fields: Mapping[str, Field]
    identifies: Mapping[str, Identifier] = field(default_factory=dict)
    references: Mapping[str, Reference] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    """Names of references that lead towards the person."""
    erase: Erasure = Erasure()
    only: Only = field(default_factory=dict)
    """What stands in the rows that the dataset speaks of (a tenant, a mark); the table's other rows are no part."""
    chunks: int | None = None
    """So many rows at most are deleted in one transaction, before those of the other datasets; None: all in one."""

    def owner_references(self) -> tuple[Reference, ...]:
        """The references that lead towards the person."""
        return tuple(self.references[name] for name in self.owners)

    def erasure_of(self, column: str) -> Erasure:
        """How this column is erased where the row stays: its own rule or the dataset's; a technical column is kept."""
        rule = self.fields[column]
        if rule.erase is not None:
            return rule.erase
        return self.erase if rule.item is not None else Erasure("keep")


@dataclass(frozen=True)
class StoreMap:
    """The map of one store. `url` is a reference such as `env:NAME` or `file:PATH`; a secret never stands in a map."""

    name: str
    label: Text
    kind: StoreKind
    url: str
    datasets: Mapping[str, Dataset]
    ignore: tuple[str, ...] = ()
    """Tables of the database that hold nothing about people."""
    pseudonyms: str | None = None
    """The reference to the secret from which the key of pseudonyms is made, if it makes any."""
    key: Sensitive[bytes] | None = field(default=None, compare=False)
    """That key, in an opened store; it is never written anywhere."""

    @property
    def value(self) -> dict[str, Any]:
        """The map as plain JSON, in the shape in which it is written; `datamap.read.from_value` reads it back.

        `order` keeps what canonical JSON forgets: in which order datasets and fields are shown.
        """
        return {
            "store": self.name,
            "label": dict(self.label),
            "kind": self.kind,
            "url": self.url,
            "ignore": list(self.ignore),
            **({} if self.pseudonyms is None else {"pseudonyms": self.pseudonyms}),
            "order": list(self.datasets),
            "datasets": {name: _dataset(dataset) for name, dataset in self.datasets.items()},
        }


def _dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "table": dataset.table,
        "label": dict(dataset.label),
        "key": list(dataset.key) or "none",
        "order": list(dataset.fields),
        "fields": {name: _field(rule) for name, rule in dataset.fields.items()},
        "identifies": {kind: _identifier(found) for kind, found in dataset.identifies.items()},
        "refers": {name: _reference(reference) for name, reference in dataset.references.items()},
        "owner": list(dataset.owners),
        "erase": _erasure(dataset.erase),
        "only": dict(dataset.only),
        **({} if dataset.chunks is None else {"chunks": dataset.chunks}),
    }


def _identifier(found: Identifier) -> dict[str, Any]:
    seeds = {} if found.seeds is None else {"seeds": found.seeds}
    return {"column": found.column, "spelling": found.spelling, **seeds}


def _field(rule: Field) -> dict[str, Any]:
    value: dict[str, Any] = {"item": rule.item or "none"}
    if rule.erase is not None:
        value["erase"] = _erasure(rule.erase)
    if not rule.disclose:
        value["disclose"] = "never"
    return value


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "columns": [
            column if place is None else {"json": column, "path": place.path} for column, place in reference.places
        ],
        "to": reference.dataset,
        "at": list(reference.at),
        "detach": reference.detach,
        "many": reference.many,
        "only": dict(reference.only),
    }


def _erasure(erasure: Erasure) -> str | dict[str, str]:
    if erasure.to is not None:
        return {"generalise": erasure.to}
    return {"keep": erasure.ground} if erasure.ground is not None else erasure.method
