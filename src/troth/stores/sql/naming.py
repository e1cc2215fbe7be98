"""Reads whom rows name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from troth.datamap.model import Person
from troth.datamap.seeds import Naming, SeedPlan, Spelt
from troth.stores.model import Named
from troth.stores.sql.plain import plain
from troth.stores.sql.prepare import prepare_to_read


def own_names(connection: sa.Connection, plan: SeedPlan, people: Sequence[Person]) -> tuple[Named, ...]:
    """The rows that are one person's and nobody else's, with what seeds in them."""
    prepare_to_read(connection, plan.setting, people)
    return _read(connection, plan.own)


def named(connection: sa.Connection, plan: SeedPlan, people: Sequence[Person]) -> tuple[Named, ...]:
    """The rows that an identifier finds by itself, with all that they name."""
    prepare_to_read(connection, plan.naming, people)
    return _read(connection, plan.named)


def _read(connection: sa.Connection, namings: Sequence[Naming]) -> tuple[Named, ...]:
    return tuple(one for naming in namings for one in told(naming, connection.execute(naming.rows)))


def told(naming: Naming, rows: Iterable[Sequence[Any]]) -> Iterator[Named]:
    """The rows of a select as values. What is NULL names nobody."""
    for person, is_owned, *values in rows:
        key, names = values[: naming.width], values[naming.width :]
        spelt = (Spelt(slot, str(one)) for slot, one in zip(naming.slots, names, strict=True) if one is not None)
        yield Named(person, naming.dataset, tuple(map(plain, key)), bool(is_owned), tuple(spelt))
