"""The store that files are."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from troth.base.errors import IntegrityError, Problem
from troth.base.text import Text
from troth.datamap.check import against_store
from troth.datamap.live import LiveSchema, LiveTable
from troth.datamap.model import Person, StoreMap
from troth.datamap.plan import ErasurePlan, Setting, Step, compile_access, compile_erasure, erasing
from troth.datamap.rewrite import rewrite
from troth.datamap.seeds import Naming, compile_seeds, is_telling
from troth.stores.files.correct import planned
from troth.stores.files.duck import number, opened, stream
from troth.stores.files.people import prepare
from troth.stores.files.place import Place, matching, told, unavailable
from troth.stores.files.renew import renew
from troth.stores.files.shape import Seen, look_at
from troth.stores.model import Corrected, Correction, Erased, Named, Row
from troth.stores.sql.naming import told as names_in
from troth.stores.sql.plain import plain

T = TypeVar("T")

_FAILURES = (OSError, pa.ArrowException, duckdb.Error)


class FileStore:
    """Runs the plans of one data map on the files of one place. Satisfies `stores.model.Store`."""

    def __init__(self, found: StoreMap, place: Place) -> None:
        self._map = found
        self._place = place

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._map.name

    @property
    def label(self) -> Text:
        """What people call it."""
        return self._map.label

    def check(self) -> tuple[Problem, ...]:
        """How the files differ from their map."""
        with self._seen() as (_, seen):
            return against_store(self._map, {**seen.live, **self._strangers(seen)})

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        """By dataset, how many rows of these people an erasure would still have to delete or change."""
        with self._seen() as (connection, seen):
            plan = compile_erasure(self._map, seen.live)
            prepare(connection, plan.setting, people)
            found = {step.dataset: number(connection, step.count) for step in (*plan.mask, *plan.delete)}
        return {name: found[name] for name in self._map.datasets if name in found}

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        """Every row that belongs to one of these people and to nobody else, in the order of the people given."""
        with self._seen() as (connection, seen):
            plan = compile_access(self._map, seen.live)
            prepare(connection, plan.setting, people)
            streams = [_numbered(connection, read.ordered, place) for place, read in enumerate(plan.reads)]
            for person, place, values in heapq.merge(*streams, key=lambda one: one[:2]):
                read = plan.reads[place]
                row = dict(zip(read.columns, map(plain, values), strict=True))
                yield Row(people[person].subject, read.dataset, row)

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What `erase` would do and say now. Nothing is written."""
        with self._seen() as (connection, seen):
            plan = compile_erasure(self._map, seen.live)
            prepare(connection, plan.setting, people)
            return _expected(connection, plan)

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """Write the files that hold something of these people anew, without it; all of them or none."""
        with self._seen() as (connection, seen):
            plan = compile_erasure(self._map, seen.live)
            prepare(connection, plan.setting, people)
            found = _expected(connection, plan)
            changing = {one.dataset for one in found if one.changed}
            if changing:
                owned = erasing(self._map, seen.live)
                fresh = renew(connection, self._map, seen, changing, lambda one, row: rewrite(one, owned, row))
                self._verify(connection, plan)
                self._replace(seen, fresh)
        return found

    def rehearse_correction(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """What `correct` would do and say now. Nothing is written."""
        with self._seen() as (connection, seen):
            return planned(connection, self._map, seen, corrections).outcome

    def correct(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """Write the files that hold something that is not right anew; all of them or none."""
        with self._seen() as (connection, seen):
            made = planned(connection, self._map, seen, corrections)
            fresh = made.renewed(connection, self._map, seen)
            if fresh:
                self._replace(seen, fresh)
        return made.outcome

    def own_names(self, people: Sequence[Person]) -> tuple[Named, ...]:
        """The rows that are one person's and nobody else's, with what seeds in them."""
        if not is_telling(self._map):
            return ()
        with self._seen() as (connection, seen):
            plan = compile_seeds(self._map, seen.live)
            return _names(connection, plan.setting, plan.own, people)

    def named(self, people: Sequence[Person]) -> tuple[Named, ...]:
        """The rows that an identifier of these people finds, with all that they name."""
        if not is_telling(self._map):
            return ()
        with self._seen() as (connection, seen):
            plan = compile_seeds(self._map, seen.live)
            return _names(connection, plan.naming, plan.named, people)

    def _replace(self, seen: Seen, fresh: Mapping[str, Path]) -> None:
        now = self._place.files()
        if any(now.get(name) != seen.stamps[name] for name in fresh):
            raise OSError  # somebody wrote a file meanwhile; what they wrote must not be lost
        self._place.replace(fresh)

    def _verify(self, connection: duckdb.DuckDBPyConnection, plan: ErasurePlan) -> None:
        """Look again, at the files that are about to take the place of the old ones."""
        left = {one.dataset: n for one in _changing(plan) if (n := number(connection, one.count))}
        if left:
            counted = ", ".join(f"{found} rows of `{dataset}`" for dataset, found in left.items())
            message = f"store `{self.name}` would still hold {counted} after erasing; nothing was changed"
            raise IntegrityError("stores.not-erased", message, hint="this is a fault of Troth: please report it")

    def _strangers(self, seen: Seen) -> LiveSchema:
        """Files that no dataset means."""
        return {name: LiveTable({}) for name in seen.stamps if not any(matching(p, [name]) for p in self._patterns())}

    def _patterns(self) -> list[str]:
        return [dataset.table for dataset in self._map.datasets.values()]

    @contextmanager
    def _seen(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Seen]]:
        """The files as they are now, as tables; a failure on the way is told without what was read."""
        failure = None
        try:
            with TemporaryDirectory(prefix="troth-") as folder:
                told(self.name, self._place.finish)
                connection = opened(Path(folder))
                try:
                    yield connection, look_at(connection, self._map, self._place, Path(folder))
                finally:
                    connection.close()
        except _FAILURES as error:
            failure = unavailable(self.name, error)
        if failure is not None:
            raise failure


def _names(
    connection: duckdb.DuckDBPyConnection, setting: Setting, namings: Sequence[Naming], people: Sequence[Person]
) -> tuple[Named, ...]:
    prepare(connection, setting, people)
    return tuple(one for naming in namings for one in names_in(naming, stream(connection, naming.rows)))


def _numbered(
    connection: duckdb.DuckDBPyConnection, rows: sa.Select[tuple[object, ...]], place: int
) -> Iterator[tuple[int, int, tuple[object, ...]]]:
    for person, *values in stream(connection, rows):
        yield person, place, tuple(values)


def _changing(plan: ErasurePlan) -> tuple[Step, ...]:
    return (*plan.detach, *plan.mask, *plan.delete)


def _expected(connection: duckdb.DuckDBPyConnection, plan: ErasurePlan) -> tuple[Erased, ...]:
    changed = [(step, number(connection, step.count)) for step in _changing(plan)]
    kept = [(step, number(connection, step.count)) for step in plan.kept]
    return (
        *(Erased(one.dataset, n, n, 0, one.ground, one.kind) for one, n in changed if n or one.kind != "detach"),
        *(Erased(one.dataset, n, 0, n, one.ground, one.kind) for one, n in kept if n),
    )
