"""Puts new values into a SQL database, inside a transaction that somebody else ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from troth.base.errors import InputError, IntegrityError
from troth.datamap.correcting import VALUES, CorrectionPlan, FieldStep, Guard, compile_correction, lines
from troth.datamap.live import LiveSchema
from troth.datamap.model import StoreMap
from troth.datamap.new_values import Correction, Place
from troth.datamap.sql import DropTemporary, KeepPeople
from troth.stores.model import Corrected
from troth.stores.sql.prepare import clear, prepare

_UNIQUE = frozenset({"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "1062"})
_CHECKED_LATE = frozenset({"4025"})
"""MariaDB's code for a CHECK that does not hold; its driver calls that a failure of operation."""


def put(
    connection: sa.Connection, found: StoreMap, live: LiveSchema, corrections: Sequence[Correction]
) -> tuple[Corrected, ...]:
    """Count, change, and look again. Raises as `Correcting.correct` does."""
    plan = compile_correction(found, live, corrections)
    prepare(connection, plan.setting, [one.person for one in corrections])
    _fill(connection, lines(corrections, plan.places))
    _guard(connection, plan.guards)
    outcome = tuple(_counted(connection, plan.steps))
    for step in plan.changing:
        _change(connection, step, found.name)
    _verify(connection, plan, found.name)
    if connection.dialect.name != "postgresql":  # where they go with the transaction
        connection.execute(DropTemporary(VALUES.name))
    clear(connection, plan.setting)
    return outcome


def _fill(connection: sa.Connection, found: Sequence[dict[str, Any]]) -> None:
    connection.execute(KeepPeople(VALUES))
    if found:
        connection.execute(sa.insert(VALUES), found)


def _guard(connection: sa.Connection, guards: Sequence[Guard]) -> None:
    problems = tuple(one.problem() for one in guards if connection.scalar(one.rows))
    if problems:
        raise InputError.of(problems)


def _counted(connection: sa.Connection, steps: Sequence[FieldStep]) -> Iterator[Corrected]:
    for step in steps:
        matched, due = (int(connection.scalar(one) or 0) for one in (step.matched, step.due))
        if step.ground is None or due:
            yield step.told(matched, due)


def _change(connection: sa.Connection, step: FieldStep, store: str) -> None:
    if step.update is None:
        return
    try:
        connection.execute(step.update)
    except (sa.exc.IntegrityError, sa.exc.DataError, sa.exc.OperationalError) as error:
        code = _code(error)
        if isinstance(error, sa.exc.OperationalError) and code not in _CHECKED_LATE:
            raise
    else:
        return
    raise _refused(step.place, store, code)  # out here, so that it does not carry the driver's error, which quotes rows


def _code(error: sa.exc.DBAPIError) -> str:
    """The database's own word for what went wrong: MariaDB's number, or the name that the others have for it."""
    original: object = error.orig
    first = next(iter(getattr(original, "args", ())), "")
    named = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None)
    return str(first if isinstance(first, int) else named or "")


def _refused(place: Place, store: str, code: str) -> InputError:
    where = f"`{place.dataset.name}` of store `{store}`"
    if code in _UNIQUE:
        hint = "no two rows may hold the same; somebody has to find out who is meant"
        return InputError("stores.value-taken", f"the new value of `{place.item}` is in use in {where}", hint=hint)
    hint = "see the rules of the table: CHECK, foreign keys, lengths, triggers"
    return InputError("stores.value-refused", f"{where} refuses the new value of `{place.item}` ({code})", hint=hint)


def _verify(connection: sa.Connection, plan: CorrectionPlan, store: str) -> None:
    """Look again; what a trigger or a rule of the database changed or put back is not called corrected."""
    left = {step.place.dataset.name for step in plan.changing if connection.scalar(step.due)}
    if left:
        raise IntegrityError(
            "stores.not-corrected",
            f"store `{store}` does not hold the new values in `{'`, `'.join(sorted(left))}`; all was rolled back",
            hint="a trigger or a type of the database changes them; let Troth's user change these fields",
        )
