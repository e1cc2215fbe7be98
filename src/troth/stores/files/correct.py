"""Puts new values into files: counts what is due, writes the files anew, and looks again at the new ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from troth.base.errors import InputError, IntegrityError
from troth.datamap.correcting import VALUES, CorrectionPlan, compile_correction, lines, rewriting
from troth.datamap.model import StoreMap
from troth.datamap.new_values import Correction
from troth.datamap.sql import KeepPeople
from troth.stores.files.duck import number, run
from troth.stores.files.people import fill, prepare
from troth.stores.files.renew import renew
from troth.stores.files.shape import Seen
from troth.stores.model import Corrected


@dataclass(frozen=True)
class Planned:
    """A plan whose tables are filled, and what it will have done."""

    plan: CorrectionPlan
    outcome: tuple[Corrected, ...]

    def renewed(self, connection: duckdb.DuckDBPyConnection, found: StoreMap, seen: Seen) -> dict[str, Path]:
        """The new files; none where nothing changes. Raises IntegrityError `stores.not-corrected`."""
        changing = {one.dataset for one in self.outcome if one.changed}
        fresh = renew(connection, found, seen, changing, lambda one, row: rewriting(self.plan, one, row))
        left = {step.place.dataset.name for step in self.plan.changing if number(connection, step.due)}
        if left:
            message = f"store `{found.name}` would not hold the new values in `{'`, `'.join(sorted(left))}`"
            raise IntegrityError("stores.not-corrected", message, hint="see the types of these columns")
        return fresh


def planned(
    connection: duckdb.DuckDBPyConnection, found: StoreMap, seen: Seen, corrections: Sequence[Correction]
) -> Planned:
    """Make the plan and fill its tables. Raises InputError as `Correcting.correct` does."""
    plan = compile_correction(found, seen.live, corrections)
    prepare(connection, plan.setting, [one.person for one in corrections])
    run(connection, KeepPeople(VALUES))
    fill(connection, VALUES, lines(corrections, plan.places))
    problems = tuple(one.problem() for one in plan.guards if number(connection, one.rows))
    if problems:
        raise InputError.of(problems)
    return Planned(plan, tuple(_counted(connection, plan)))


def _counted(connection: duckdb.DuckDBPyConnection, plan: CorrectionPlan) -> Iterator[Corrected]:
    for step in plan.steps:
        matched, due = number(connection, step.matched), number(connection, step.due)
        if step.ground is None or due:
            yield step.told(matched, due)
