"""What is held about a person, arranged for reading: a table a dataset, the policy's words for columns and purposes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from troth.base.text import said
from troth.datamap.model import Dataset, StoreMap
from troth.policy.flows import flows
from troth.policy.model import Policy
from troth.stores.model import Plain, Row
from troth.web.i18n import Words

SHOWN: Final = 20
"""Rows of a dataset that the page shows; a copy has them all."""

_MADE_AT: Final = ("created_at", "created", "registered_at", "inserted_at", "ordered_at", "opened_at", "made_at")

MOST: Final = 10_000
"""Rows of a store that the page reads; beyond it the numbers are said to be at least so many."""


@dataclass(frozen=True)
class Column:
    """One column: the policy's word for the item in it; where it holds none, what it does there, or its own name."""

    name: str
    label: str
    sensitive: bool


@dataclass(frozen=True)
class Table:
    """One dataset of the person. Cells are their data and never shown by accident in a log."""

    anchor: str
    label: str
    place: str
    total: int
    columns: tuple[Column, ...]
    purposes: tuple[str, ...]
    rows: tuple[tuple[Plain, ...], ...] = field(repr=False)
    items: tuple[str, ...] = ()
    """What of the policy's items stands in the columns that are shown."""
    since: date | None = None
    """The oldest day that a row says it was made on, of the rows that were read."""


@dataclass(frozen=True)
class Held:
    """Everything that one store holds about the person; `whole` is false where reading stopped at the limit."""

    tables: tuple[Table, ...]
    whole: bool


@dataclass
class _Gathered:
    total: int = 0
    since: date | None = None
    first: list[Mapping[str, Plain]] = field(default_factory=list)


def arrange(found: StoreMap, policy: Policy, words: Words, rows: Iterable[Row]) -> Held:
    """Count all rows by dataset and keep the first of each, in the order of the data map."""
    gathered: dict[str, _Gathered] = {}
    whole = True
    for number, row in enumerate(rows, start=1):
        if number > MOST:
            whole = False
            break
        of = gathered.setdefault(row.dataset, _Gathered())
        of.total += 1
        of.since = min(filter(None, (of.since, _made(row.values))), default=None)
        if of.total <= SHOWN:
            of.first.append(row.values)
    held = [name for name in found.datasets if name in gathered]
    return Held(tuple(_table(found, name, policy, words, gathered[name]) for name in held), whole)


def purposes(policy: Policy, items: frozenset[str], language: str) -> tuple[str, ...]:
    """What the policy collects and uses these items for, in its own words and order."""
    used = {flow.purpose for flow in flows(policy) if flow.item in items and flow.action in {"collect", "use"}}
    return tuple(said(policy.purposes[name].label, language) for name in policy.purposes if name in used)


def _table(found: StoreMap, name: str, policy: Policy, words: Words, gathered: _Gathered) -> Table:
    dataset, language = found.datasets[name], words.language
    columns = _columns(found, dataset, policy, words, gathered.first)
    items = frozenset(rule.item for rule in dataset.fields.values() if rule.item is not None)
    return Table(
        anchor=f"{found.name}-{name}",
        label=said(dataset.label, language),
        place=said(found.label, language),
        total=gathered.total,
        columns=columns,
        purposes=purposes(policy, items, language),
        rows=tuple(tuple(values.get(column.name) for column in columns) for values in gathered.first),
        items=tuple(dict.fromkeys(one for c in columns if (one := dataset.fields[c.name].item) is not None)),
        since=gathered.since,
    )


def _made(values: Mapping[str, Plain]) -> date | None:
    """The day on which a row says that it was made, where it says so in one of the usual ways."""
    for name in _MADE_AT:
        value = values.get(name)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                continue
    return None


def _columns(
    found: StoreMap, dataset: Dataset, policy: Policy, words: Words, rows: list[Mapping[str, Plain]]
) -> tuple[Column, ...]:
    present = [name for name in dataset.fields if any(name in values for values in rows)]
    columns = [_column(found, dataset, name, policy, words) for name in present]
    labels = Counter(column.label for column in columns)
    # Two columns may hold the same item; their own names then tell them apart.
    return tuple(replace(one, label=f"{one.label} ({one.name})") if labels[one.label] > 1 else one for one in columns)


def _column(found: StoreMap, dataset: Dataset, name: str, policy: Policy, words: Words) -> Column:
    known = policy.items.get(dataset.fields[name].item or "")
    if known is None:
        return Column(name, _technical(found, dataset, name, words), sensitive=False)
    return Column(name, said(known.label, words.language), known.sensitive)


def _technical(found: StoreMap, dataset: Dataset, name: str, words: Words) -> str:
    """What a column without an item does, as far as the map tells; people know no names of columns."""
    for reference in dataset.references.values():
        if name in reference.columns:
            return words("data.number-in", what=said(found.datasets[reference.dataset].label, words.language))
    if name in dataset.key:
        return words("data.number")
    return words("data.when") if name.endswith("_at") else name
