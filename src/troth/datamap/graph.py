"""How ownership runs through the datasets of a map: who is reached, in what order, and where it runs in circles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from troth.datamap.model import Reference, StoreMap


@dataclass(frozen=True)
class Group:
    """Datasets that own each other in a circle; nearly always a single one that does not.

    Every circle passes through `head`, so that the `others`, parents first, hold none. `head` is None if there is no
    such dataset: the owners are then too entangled for a plan.
    """

    head: str | None
    others: tuple[str, ...]
    is_circular: bool

    @property
    def members(self) -> tuple[str, ...]:
        """All datasets of the group, the head first."""
        return (self.head, *self.others) if self.head is not None else self.others


@dataclass(frozen=True)
class Chain:
    """A way down from a row of `start` through datasets to a row of the last one: (dataset, its reference upwards)."""

    start: str
    links: tuple[tuple[str, Reference], ...]


def reachable(found: StoreMap) -> tuple[Group, ...]:
    """The datasets whose rows can belong to somebody, in groups, owners before what they own."""
    parents = _owners(found)
    reached = _reached(found, parents)
    inside = {name: [one for one in parents[name] if one in reached] for name in found.datasets if name in reached}
    return tuple(_group(members, inside) for members in components(inside))


def may_be_shared(found: StoreMap, groups: Iterable[Group]) -> frozenset[str]:
    """The datasets in which a row can lead to more than one person's row."""
    shared = set[str]()
    for group in groups:
        owners = [found.datasets[name].owner_references() for name in group.members]
        inherits = any(one.dataset in shared or one.is_many for references in owners for one in references)
        if group.is_circular or inherits or any(len(references) > 1 for references in owners):
            shared.update(group.members)
    return frozenset(shared)


def chains(found: StoreMap, group: Group, start: str) -> tuple[Chain, ...]:
    """Every way down from `start` to the head of its group that passes through no head in between."""
    assert group.head is not None
    ways: list[Chain] = []
    open_ways = [Chain(start, ())]
    while open_ways:
        way = open_ways.pop()
        last = way.links[-1][0] if way.links else start
        if last == group.head and way.links:
            ways.append(way)
            continue
        for name in group.members:
            upwards = (one for one in found.datasets[name].owner_references() if one.dataset == last)
            open_ways.extend(Chain(start, (*way.links, (name, reference))) for reference in upwards)
    return tuple(ways)


def _owners(found: StoreMap) -> dict[str, list[str]]:
    return {
        name: list(dict.fromkeys(r.dataset for r in dataset.owner_references()))
        for name, dataset in found.datasets.items()
    }


def _reached(found: StoreMap, parents: Mapping[str, list[str]]) -> set[str]:
    reached = {name for name, dataset in found.datasets.items() if dataset.identifies}
    while more := {name for name, above in parents.items() if name not in reached and reached.intersection(above)}:
        reached |= more
    return reached


def _group(members: Collection[str], parents: Mapping[str, list[str]]) -> Group:
    (first, *rest) = members
    if not rest and first not in parents[first]:
        return Group(first, (), is_circular=False)
    for head in members:
        rest = [name for name in members if name != head]
        others = components({name: [one for one in parents[name] if one in rest] for name in rest})
        if all(len(one) == 1 and one[0] not in parents[one[0]] for one in others):
            return Group(head, tuple(one[0] for one in others), is_circular=True)
    return Group(None, tuple(members), is_circular=True)


def components(parents: Mapping[str, Collection[str]]) -> tuple[tuple[str, ...], ...]:
    """The strongly connected components (Tarjan 1972), parents first; neighbours outside the mapping are ignored."""
    return _Tarjan(parents).run()


class _Tarjan:
    def __init__(self, parents: Mapping[str, Collection[str]]) -> None:
        self._parents = parents
        self._index: dict[str, int] = {}
        self._low: dict[str, int] = {}
        self._stack: list[str] = []
        self._found: list[tuple[str, ...]] = []

    def run(self) -> tuple[tuple[str, ...], ...]:
        for name in self._parents:
            if name not in self._index:
                self._visit(name)
        return tuple(self._found)

    def _visit(self, name: str) -> None:
        self._index[name] = self._low[name] = len(self._index)
        self._stack.append(name)
        for parent in self._parents[name]:
            if parent not in self._parents:
                continue
            if parent not in self._index:
                self._visit(parent)
                self._low[name] = min(self._low[name], self._low[parent])
            elif parent in self._stack:
                self._low[name] = min(self._low[name], self._index[parent])
        if self._low[name] == self._index[name]:
            self._close(name)

    def _close(self, name: str) -> None:
        at = self._stack.index(name)
        self._found.append(tuple(sorted(self._stack[at:])))
        del self._stack[at:]
