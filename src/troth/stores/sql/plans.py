"""The plans of a map, compiled once for as long as the database keeps its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa

from troth.base.canonical import digest
from troth.datamap.live import LiveSchema
from troth.datamap.model import StoreMap
from troth.datamap.plan import AccessPlan, ErasurePlan, compile_access, compile_erasure
from troth.datamap.seeds import SeedPlan, compile_seeds
from troth.stores.sql.objects import Objects, objects
from troth.stores.sql.schema import read_schema
from troth.stores.sql.shape import Shape, shape

_MAPS = 32  # whose plans are kept, those used last


class Planned:
    """The plans of one map for one shape of the database. A refusal is not kept: it is found out anew each time."""

    def __init__(self, found: StoreMap, live: LiveSchema, seen: Shape | None) -> None:
        self.live = live
        self.seen = seen
        self._map = found
        self._objects: dict[frozenset[str], tuple[Objects, ...]] = {}

    @cached_property
    def access(self) -> AccessPlan:
        """What reads. Raises InputError as `compile_access` does."""
        return compile_access(self._map, self.live)

    def objects(self, dialect: sa.Dialect, how: Mapping[str, Any]) -> tuple[Objects, ...]:
        """What reads rows as JSON, compiled `how` keys are read. Raises as `access` does."""
        asked = frozenset(how)
        if asked not in self._objects:
            tables = {name: self.live[dataset.table].columns for name, dataset in self._map.datasets.items()}
            reads = self.access.reads
            self._objects[asked] = tuple(objects(read, tables[read.dataset], dialect, how) for read in reads)
        return self._objects[asked]

    @cached_property
    def erasure(self) -> ErasurePlan:
        """What erases. Raises InputError as `compile_erasure` does."""
        return compile_erasure(self._map, self.live)

    @cached_property
    def seeds(self) -> SeedPlan:
        """What reads who else people are. Raises InputError as `compile_seeds` does."""
        return compile_seeds(self._map, self.live)


class Plans:
    """The plans of one map. Every run asks the database whether it still looks the same before it takes them."""

    def __init__(self, found: StoreMap) -> None:
        self._map = found
        self._last: Planned | None = None

    def planned(self, connection: sa.Connection) -> Planned:
        """The plans for the database as it is now."""
        last, seen = self._last, shape(connection)
        if last is not None and seen is not None and last.seen == seen:
            return last
        live = read_schema(connection)
        if last is None or seen is not None or last.live != live:
            last = self._last = Planned(self._map, live, seen)
        return last


@dataclass(frozen=True)
class _Key:
    """Maps that say the same share their plans."""

    said: str
    found: StoreMap = field(compare=False)


def plans_of(found: StoreMap) -> Plans:
    """The plans of a map, the same for every store that is opened for it: requests open theirs anew.

    A plan that holds a secret is the store's own, and goes with it.
    """
    if found.key is not None:
        return Plans(found)
    return _plans(_Key(digest(found.value), found))


@lru_cache(maxsize=_MAPS)
def _plans(key: _Key) -> Plans:
    return Plans(key.found)
