"""What a package shows: rows of stores put into tables with words from the data map and the policy. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from troth.base.text import said
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.read import from_value
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy
from troth.stores.model import Plain, Row
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
    """Everything of the person in one dataset; `rows` are theirs and never shown by accident.

    `store` is None for what Troth itself holds.
    """

    store: str | None
    place: str
    dataset: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Plain], ...] = field(repr=False)


def tables(version: Version, found: Mapping[str, Iterable[Row]], language: str) -> tuple[Table, ...]:
    """One table for every dataset of the stores that were asked, also for those that hold nothing."""
    columns = _Columns(version.policy, flows(version.policy), language)
    made: list[Table] = []
    for name in sorted(found):
        rows, store = tuple(found[name]), from_value(version.maps[name])
        made += [_table(store, dataset, rows, columns) for dataset in store.datasets.values()]
    return tuple(made)


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


def _table(store: StoreMap, dataset: Dataset, rows: tuple[Row, ...], columns: _Columns) -> Table:
    return Table(
        store=store.name,
        place=said(store.label, columns.language),
        dataset=dataset.name,
        label=said(dataset.label, columns.language),
        columns=tuple(columns.of(name, rule.item) for name, rule in dataset.fields.items() if rule.disclose),
        rows=tuple(row.values for row in rows if row.dataset == dataset.name),
    )
