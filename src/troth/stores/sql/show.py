"""The statements of a plan as text, for whoever wants to read them before they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import sqlalchemy as sa

from troth.datamap.live import LiveSchema
from troth.datamap.model import StoreMap
from troth.datamap.plan import ErasurePlan, compile_access, compile_erasure
from troth.datamap.sql import PEOPLE

Aim = Literal["access", "erasure"]


def shown(found: StoreMap, live: LiveSchema, aim: Aim, dialect: sa.Dialect) -> tuple[str, ...]:
    """Every statement in its order; values are shown as placeholders. Raises InputError as compiling does."""
    return tuple(_words(statement, dialect) for statement in _statements(found, live, aim))


def _statements(found: StoreMap, live: LiveSchema, aim: Aim) -> Iterator[sa.Executable]:
    if aim == "access":
        plan = compile_access(found, live)
        first, *others = plan.setting.prepare
        yield from (first, sa.insert(PEOPLE), *others, *(read.ordered for read in plan.reads), *plan.setting.clear)
    else:
        yield from _erasure(compile_erasure(found, live))


def _erasure(plan: ErasurePlan) -> Iterator[sa.Executable]:
    first, *others = plan.setting.prepare
    yield from (first, sa.insert(PEOPLE), *others)
    yield from (guard.rows for guard in plan.guards)  # asked together, shown one by one
    yield from (step.count for step in (*plan.detach, *plan.mask, *plan.delete, *plan.kept))
    yield from (step.change for step in (*plan.detach, *plan.mask) if step.change is not None)
    yield from plan.unlink
    yield from (step.change for step in plan.delete if step.change is not None)
    yield from (step.count for step in (*plan.detach, *plan.mask, *plan.delete))
    yield from plan.setting.clear


def _words(statement: sa.Executable, dialect: sa.Dialect) -> str:
    assert isinstance(statement, sa.ClauseElement)
    return " ".join(str(statement.compile(dialect=dialect)).split())
