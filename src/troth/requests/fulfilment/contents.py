"""What a package shows: rows of stores put into tables with words from the data map and the policy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from troth.base.text import said
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.read import from_value
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy
from troth.stores.model import Plain
from troth.versions.service import Version


@dataclass(frozen=True)
class Column:
    """A column in words: what it holds, what that is used for, and who else gets it. `item` None: a technical one."""

    name: str
    item: str | None
    label: str
    purposes: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """What is the person's in one dataset: the first `rows`, which are theirs and never shown by accident, of `total`.

    `store` is None for what Troth itself holds.
    """

    store: str | None
    place: str
    dataset: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Plain], ...] = field(repr=False, default=())
    total: int = 0


def tables(version: Version, name: str, language: str) -> tuple[Table, ...]:
    """An empty table for every dataset of a store, but for those of which nothing is handed out."""
    columns, store = _Columns(version.policy, flows(version.policy), language), from_value(version.maps[name])
    given = (one for one in store.datasets.values() if any(rule.disclose for rule in one.fields.values()))
    return tuple(_table(store, dataset, columns) for dataset in given)


@dataclass(frozen=True)
class _Columns:
    """Puts columns into a policy's words."""

    policy: Policy
    every: tuple[Flow, ...]
    language: str

    def of(self, name: str, item: str | None) -> Column:
        if item is None or item not in self.policy.items:
            return Column(name, item, name, (), ())
        mine = [flow for flow in self.every if flow.item == item]
        purposes = dict.fromkeys(flow.purpose for flow in mine if flow.purpose in self.policy.purposes)
        recipients = dict.fromkeys(flow.recipient for flow in mine if flow.recipient is not None)
        return Column(
            name,
            item,
            said(self.policy.items[item].label, self.language),
            tuple(said(self.policy.purposes[one].label, self.language) for one in purposes),
            tuple(said(self.policy.recipients[one].name, self.language) for one in recipients),
        )


def _table(store: StoreMap, dataset: Dataset, columns: _Columns) -> Table:
    return Table(
        store=store.name,
        place=said(store.label, columns.language),
        dataset=dataset.name,
        label=said(dataset.label, columns.language),
        columns=tuple(columns.of(name, rule.item) for name, rule in dataset.fields.items() if rule.disclose),
    )
