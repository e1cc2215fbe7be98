"""The statements of a plan as text, for whoever wants to read them before they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import sqlalchemy as sa

from troth.datamap.live import LiveSchema
from troth.datamap.model import StoreMap
from troth.datamap.plan import AccessPlan, ErasurePlan, compile_access, compile_erasure
from troth.datamap.seeds import SeedPlan, compile_seeds
from troth.stores.sql.prepare import filling, is_needed

Aim = Literal["access", "erasure", "seeds"]


def shown(found: StoreMap, live: LiveSchema, aim: Aim, dialect: sa.Dialect) -> tuple[str, ...]:
    """Every statement in its order; values are shown as placeholders. Raises InputError as compiling does."""
    return tuple(
        statement if isinstance(statement, str) else _words(statement, dialect)
        for statement in _statements(found, live, aim, dialect)
    )


def _statements(found: StoreMap, live: LiveSchema, aim: Aim, dialect: sa.Dialect) -> Iterator[sa.Executable | str]:
    if aim == "seeds":
        yield from _seeds(compile_seeds(found, live), dialect)
        return
    plan: AccessPlan | ErasurePlan = compile_access(found, live) if aim == "access" else compile_erasure(found, live)
    first, *others = plan.setting.prepare
    yield first
    yield filling(dialect)
    yield from (one for one in others if is_needed(one, dialect))
    if isinstance(plan, ErasurePlan):
        yield from _erasure(plan)
    else:
        yield from (read.ordered for read in plan.reads)  # sent so that each row is written as JSON


def _seeds(plan: SeedPlan, dialect: sa.Dialect) -> Iterator[sa.Executable | str]:
    """Asked again with what is new, until nothing is; the second part asks who else could be meant."""
    for setting, namings in ((plan.setting, plan.own), (plan.naming, plan.named)):
        if namings:
            first, *others = setting.prepare
            yield first
            yield filling(dialect)
            yield from (one for one in others if is_needed(one, dialect))
            yield from (one.rows for one in namings)


def _erasure(plan: ErasurePlan) -> Iterator[sa.Executable]:
    yield from (guard.rows for guard in plan.guards)  # asked together, shown one by one
    yield from (step.count for step in (*plan.detach, *plan.mask, *plan.delete, *plan.kept))
    yield from (step.change for step in (*plan.detach, *plan.mask) if step.change is not None)
    yield from plan.unlink
    yield from (step.change for step in plan.delete if step.change is not None)
    yield from (step.count for step in (*plan.detach, *plan.mask, *plan.delete))


def _words(statement: sa.Executable, dialect: sa.Dialect) -> str:
    assert isinstance(statement, sa.ClauseElement)
    return " ".join(str(statement.compile(dialect=dialect)).split())
