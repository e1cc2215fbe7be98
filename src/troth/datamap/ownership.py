"""Whose is a row? Compiles ownership to temporary tables of keys, one statement each, and to conditions on rows.

For every dataset that others depend on, `mark` holds (person, key) of the rows that lead to people of this run.
`shared` holds the keys of those that also lead to somebody else. A log at the end of a chain has neither: its rows
are found through the mark of the dataset it refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.datamap.graph import Chain, Group, chains, may_be_shared, reachable
from troth.datamap.identify import Slot, is_identified, matches, slots_of
from troth.datamap.keys import Keys
from troth.datamap.live import LiveSchema
from troth.datamap.model import Dataset, Only, Reference, StoreMap
from troth.datamap.pointing import Pointer, pointer
from troth.datamap.sql import (
    PEOPLE,
    Columns,
    Condition,
    DropTemporary,
    KeepKeys,
    KeepPeople,
    columns_of,
    count,
    equal,
    held,
    holds,
    table_of,
    union,
)

Entries = Callable[[str], list[sa.Select[Any]]]
"""Gives, for a dataset, the selects of (person, columns) that enter it from outside its group."""


@dataclass
class Ownership:
    """The tables and statements of one plan. `prepare` makes them in order, `clear` drops them."""

    found: StoreMap
    live: LiveSchema
    inline: frozenset[str]
    """Datasets that need no table of their own."""
    aim: Literal["access", "erasure"]
    """For access, two people of one run are strangers to each other; for erasure, marked rows are locked."""
    slots: tuple[Slot, ...] = ()
    groups: tuple[Group, ...] = ()
    prepare: list[sa.Executable] = field(default_factory=list)
    clear: list[DropTemporary] = field(default_factory=list)
    _marks: dict[str, Keys] = field(default_factory=dict)
    _shared: dict[str, Keys] = field(default_factory=dict)
    _reach: dict[str, Keys] = field(default_factory=dict)
    _sharing: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.slots = slots_of(self.found, self.live)
        self.groups = reachable(self.found)
        self._sharing = may_be_shared(self.found, self.groups)
        self.prepare.append(KeepPeople())
        self.clear.append(DropTemporary(PEOPLE.name))

    def compile(self) -> None:
        """Write the statements, owners first."""
        for group in self.groups:
            self._mark(group)
            if group.is_circular:
                self._fill("reach", self._reach, group, self._strange_entries)
            for name in group.members:
                self._share(name)

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """The datasets whose rows can belong to somebody, owners first."""
        return tuple(self.found.datasets[name] for group in self.groups for name in group.members)

    # Conditions on rows

    def mine(self, name: str, row: FromClause) -> Condition:
        """The row leads to somebody of this run."""
        dataset = self.found.datasets[name]
        if name in self._marks:
            return self._held(columns_of(row, dataset.key), self._marks[name], name, dataset.key)
        (reference,) = self._upwards(dataset)
        above = self._marks[reference.dataset]
        return self._held(columns_of(row, reference.columns), above, reference.dataset, reference.at)

    def shared(self, name: str, row: FromClause) -> Condition | None:
        """The row also leads to somebody else; None if no row of the dataset can. Holds only for rows that are mine."""
        dataset = self.found.datasets[name]
        if name in self._shared:
            return self._held(columns_of(row, dataset.key), self._shared[name], name, dataset.key)
        if name in self._marks:
            return None
        (reference,) = self._upwards(dataset)
        if reference.dataset not in self._shared:
            return None
        above = self._shared[reference.dataset]
        return self._held(columns_of(row, reference.columns), above, reference.dataset, reference.at)

    def alone(self, name: str, row: FromClause) -> Condition | None:
        """The row leads to nobody else as well; None if no row of the dataset can. Quick where no row at all does."""
        shared = self.shared(name, row)
        if shared is None:
            return None
        table = self._shared.get(name)
        if table is None:
            (reference,) = self._upwards(self.found.datasets[name])
            table = self._shared[reference.dataset]
        some = sa.exists(sa.select(sa.literal(1)).select_from(table))
        return sa.or_(sa.not_(some), sa.not_(shared))

    def only_mine(self, name: str, row: FromClause) -> Condition:
        """The row leads to people of this run and to nobody else."""
        shared = self.shared(name, row)
        return self.mine(name, row) if shared is None else sa.and_(self.mine(name, row), sa.not_(shared))

    def with_person(self, name: str, row: FromClause) -> tuple[sa.ColumnElement[int], FromClause, Condition]:
        """The person of each row that is mine, where it comes from, and how it is joined."""
        dataset = self.found.datasets[name]
        if name in self._marks:
            mark = self._marks[name].alias("whose")
            return mark.c.person, mark, equal(columns_of(row, dataset.key), self._marked(mark, name, dataset.key))
        (reference,) = self._upwards(dataset)
        mark = self._marks[reference.dataset].alias("whose")
        above = self._marked(mark, reference.dataset, reference.at)
        return mark.c.person, mark, equal(columns_of(row, reference.columns), above)

    def where(self, dataset: Dataset, only: Only, row: FromClause) -> list[Condition]:
        """The columns of the row hold these values."""
        columns = self.live[dataset.table].columns
        return [holds(row.c[column], columns[column].kind, value) for column, value in only.items()]

    def pointer(self, dataset: Dataset, reference: Reference, row: FromClause) -> Pointer:
        """What the row's reference holds."""
        target = self.live[self.found.datasets[reference.dataset].table].columns
        return pointer(reference, row, self.live[dataset.table].columns, [target[column] for column in reference.at])

    def refers(self, dataset: Dataset, reference: Reference, row: FromClause) -> list[Condition]:
        """The row is of its dataset, and its reference holds."""
        return [*self.where(dataset, dataset.only, row), *self.where(dataset, reference.only, row)]

    def _below(
        self, source: FromClause, dataset: Dataset, reference: Reference, row: FromClause, upper: Columns
    ) -> FromClause:
        """`source`, joined with the rows whose reference leads to the row above, of which these are the columns."""
        found = self.pointer(dataset, reference, row)
        joined = sa.and_(found.leads_to(upper), *self.refers(dataset, reference, row))
        if found.elements is None:
            return source.join(row, joined)
        return source.join(row, sa.true()).join(found.elements, joined)

    def _leads_to(
        self, dataset: Dataset, reference: Reference, row: FromClause, above: FromClause, *so: Condition
    ) -> Condition:
        """The row's reference leads to a row above that is of its dataset, too, and where the conditions hold."""
        target, found = self.found.datasets[reference.dataset], self.pointer(dataset, reference, row)
        source = above if found.elements is None else above.join(found.elements, sa.true())
        joined = (found.leads_to(columns_of(above, reference.at)), *self.refers(dataset, reference, row))
        rows = sa.select(sa.literal(1)).select_from(source)
        return sa.exists(rows.where(*joined, *self.where(target, target.only, above), *so))

    def unowned(self, dataset: Dataset, row: FromClause) -> list[Condition]:
        """No reference leads to an owner. Where one does, the owner decides, whomever the row names besides."""
        conditions: list[Condition] = []
        for reference in self._upwards(dataset):
            above = table_of(self.found.datasets[reference.dataset]).alias()
            conditions.append(sa.not_(self._leads_to(dataset, reference, row, above)))
        return conditions

    # Marks

    def width(self, name: str) -> tuple[str, ...]:
        """The columns that a mark of the dataset carries: its key, and what owned datasets refer to."""
        wanted = dict.fromkeys(self.found.datasets[name].key)
        for dataset in self.found.datasets.values():
            for reference in dataset.owner_references():
                if reference.dataset == name:
                    wanted.update(dict.fromkeys(reference.at))
        return tuple(wanted)

    def _upwards(self, dataset: Dataset) -> tuple[Reference, ...]:
        reached = {name for group in self.groups for name in group.members}
        return tuple(one for one in dataset.owner_references() if one.dataset in reached)

    def _marked(self, mark: FromClause, name: str, columns: Sequence[str]) -> list[sa.ColumnElement[Any]]:
        width = self.width(name)
        return [mark.c[f"c{width.index(column)}"] for column in columns]

    def _held(self, columns: Columns, keys: Keys, name: str, at: Sequence[str]) -> Condition:
        width = self.width(name)
        return held(columns, keys, [f"c{width.index(column)}" for column in at])

    def _carried(self, name: str, row: FromClause) -> list[sa.ColumnElement[Any]]:
        return [column.label(f"c{n}") for n, column in enumerate(columns_of(row, self.width(name)))]

    def _save(
        self, family: str, name: str, parts: Sequence[sa.Select[Any]], locking: sa.Select[Any] | None = None
    ) -> Keys:
        columns = self.live[self.found.datasets[name].table].columns
        declared = {f"c{n}": columns[column].declared for n, column in enumerate(self.width(name))}
        called = f"troth_{family}_{list(self.found.datasets).index(name)}"
        # Those of strangers may be as many as there are rows.
        keys = Keys(called, {"person": "INTEGER", **declared}, stays=family == "reach")
        self.prepare.append(KeepKeys(parts, keys, locking))
        self.clear.append(DropTemporary(called))
        return keys

    def _mark(self, group: Group) -> None:
        self._fill("mark", self._marks, group, self._entries)
        if self.aim == "erasure":
            for name in group.members:
                if name in self._marks:
                    # From here on a foreign key lets nobody add a row that refers to these.
                    row = table_of(self.found.datasets[name])
                    self.prepare.append(count(row, self.mine(name, row), lock=True))

    def _fill(self, family: str, into: dict[str, Keys], group: Group, entries: Entries) -> None:
        """Follow ownership down through a group from `entries`; a circle by a recursive query at its head."""
        if group.is_circular and group.head is not None:
            into[group.head] = self._save(family, group.head, [self._recursive(group, entries)])
        for name in group.others if group.is_circular else group.members:
            if name not in self.inline:
                parts = entries(name) + self._from_above(name, into, group.members if group.is_circular else ())
                locks = family == "mark" and self.aim == "erasure" and len(parts) == 1
                into[name] = self._save(
                    family, name, parts, parts[0].with_for_update(of=sa.table("r")) if locks else None
                )

    def _from_above(self, name: str, tables: Mapping[str, Keys], among_datasets: Sequence[str]) -> list[sa.Select[Any]]:
        """(person, columns) of the rows whose owner is in `tables`, by each reference into `among_datasets`."""
        dataset, parts = self.found.datasets[name], []
        for reference in self._upwards(dataset):
            if reference.dataset in among_datasets:
                row, above = table_of(dataset).alias("r"), tables[reference.dataset].alias("a")
                upper = self._marked(above, reference.dataset, reference.at)
                source = self._below(above, dataset, reference, row, upper)
                parts.append(sa.select(above.c.person, *self._carried(name, row)).select_from(source))
        return parts

    def _entries(self, name: str) -> list[sa.Select[Any]]:
        """Rows that identify a person of the run, and rows whose owner outside the group is marked."""
        dataset = self.found.datasets[name]
        parts = []
        for slot in self.slots:
            if slot.dataset == name:
                row = table_of(dataset).alias("r")
                found = sa.select(PEOPLE.c.person, *self._carried(name, row)).join_from(PEOPLE, row, matches(slot, row))
                own = (*self.where(dataset, dataset.only, row), *self.unowned(dataset, row))
                parts.append(found.where(PEOPLE.c.slot == slot.number, *own))
        outside = [one.dataset for one in self._upwards(dataset) if one.dataset not in self._circle_of(name)]
        return parts + self._from_above(name, self._marks, outside)

    def _circle_of(self, name: str) -> Sequence[str]:
        return next((group.members for group in self.groups if name in group.members and group.is_circular), ())

    def _recursive(self, group: Group, entries: Entries) -> sa.Select[Any]:
        head = group.head
        assert head is not None
        parts = list(entries(head))
        for start in group.others:
            for part in entries(start):
                ways = chains(self.found, group, start)
                parts.extend(self._descend(part.subquery("e"), way, way.links) for way in ways)
        base = sa.select(union(parts).subquery("b"))
        walk = base.cte("walk", recursive=True)
        ways = chains(self.found, group, head)
        step = self._descend(walk, ways[0], ways[0].links) if len(ways) == 1 else self._any_step(walk, ways)
        return sa.select(walk.union(step))

    def _descend(self, above: FromClause, way: Chain, links: Sequence[tuple[str, Reference]]) -> sa.Select[Any]:
        """(person, columns) of the rows at the end of a chain, from the marks of the rows at its start."""
        source, at, name = above, above, way.start
        for place, (child, reference) in enumerate(links):
            dataset = self.found.datasets[child]
            row = table_of(dataset).alias(f"r{place}")
            upper = self._marked(at, name, reference.at) if at is above else columns_of(at, reference.at)
            source = self._below(source, dataset, reference, row, upper)
            at, name = row, child
        return sa.select(above.c.person, *self._carried(name, at)).select_from(source)

    def _any_step(self, walk: FromClause, ways: Sequence[Chain]) -> sa.Select[Any]:
        """One step down by any of several chains; the recursive table may stand in the query only once."""
        edges = sa.union_all(*(self._edge(way) for way in ways)).subquery("edge")
        name = ways[0].start
        key = range(len(self.found.datasets[name].key))  # a mark begins with the key
        joined = equal([walk.c[f"c{n}"] for n in key], [edges.c[f"p{n}"] for n in key])
        carried = [edges.c[f"c{n}"] for n in range(len(self.width(name)))]
        return sa.select(walk.c.person, *carried).join_from(walk, edges, joined)

    def _edge(self, way: Chain) -> sa.Select[Any]:
        top = table_of(self.found.datasets[way.start]).alias("top")
        conditions: list[Condition] = []
        source: FromClause = top
        at: FromClause = top
        for place, (child, reference) in enumerate(way.links):
            dataset = self.found.datasets[child]
            row = table_of(dataset).alias(f"r{place}")
            target = self.found.datasets[reference.dataset]
            source = self._below(source, dataset, reference, row, columns_of(at, reference.at))
            conditions += self.where(target, target.only, at)
            at = row
        key = columns_of(top, self.found.datasets[way.start].key)
        above = [column.label(f"p{n}") for n, column in enumerate(key)]
        return sa.select(*above, *self._carried(way.start, at)).select_from(source).where(*conditions)

    # Rows that also belong to somebody else

    def _share(self, name: str) -> None:
        """Save the keys of the marked rows that lead to somebody else, where that can be."""
        if name in self.inline:
            return
        dataset, mark, parts = self.found.datasets[name], self._marks[name], []
        if name in self._sharing:
            row = table_of(dataset).alias("r")
            whose = equal(columns_of(row, dataset.key), self._marked(mark, name, dataset.key))
            keys = sa.select(sa.literal(0).label("person"), *self._carried(name, row)).join_from(mark, row, whose)
            strange = self._strange(name, row)
            parts.extend([] if strange is None else [keys.where(strange)])
        if self.aim == "access":
            carried = [mark.c[f"c{n}"] for n in range(len(self.width(name)))]
            several = sa.func.min(mark.c.person) < sa.func.max(mark.c.person)
            parts.append(sa.select(sa.literal(0).label("person"), *carried).group_by(*carried).having(several))
        if parts:
            self._shared[name] = self._save("shared", name, parts)

    def _strange(self, name: str, row: FromClause) -> Condition | None:
        """The row leads to somebody who is not of this run; None if that cannot be."""
        dataset = self.found.datasets[name]
        if name in self._reach:
            return self._held(columns_of(row, dataset.key), self._reach[name], name, dataset.key)
        return self._outside(name, row, self._upwards(dataset))

    def _outside(self, name: str, row: FromClause, upwards: Sequence[Reference]) -> Condition | None:
        dataset = self.found.datasets[name]
        conditions: list[Condition] = []
        for reference in upwards:
            above = table_of(self.found.datasets[reference.dataset]).alias()
            strange = self._strange(reference.dataset, above)
            if strange is not None:
                conditions.append(self._leads_to(dataset, reference, row, above, strange))
        if dataset.identifies:
            unowned = self.unowned(dataset, row)
            conditions.append(sa.and_(is_identified(dataset, row), *unowned, sa.not_(self.mine(name, row))))
        return sa.or_(*conditions) if conditions else None

    def _strange_entries(self, name: str) -> list[sa.Select[Any]]:
        """Rows of a circle that lead to somebody else by a way that leaves the circle at once."""
        dataset = self.found.datasets[name]
        row = table_of(dataset).alias("r")
        circle = self._circle_of(name)
        outside = [one for one in self._upwards(dataset) if one.dataset not in circle]
        strange = self._outside(name, row, outside)
        if strange is None:
            return []
        own = self.where(dataset, dataset.only, row)
        return [sa.select(sa.literal(0).label("person"), *self._carried(name, row)).where(strange, *own)]
