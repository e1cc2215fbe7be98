"""A town, on the embedded database or on either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.client.town import Town, settle
from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.work import Entropy


@pytest.fixture
def town(databases: Databases, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Iterator[Town]:
    """For what does not depend on the database any more."""
    for engine in databases.sqlite():
        yield settle(engine, tmp_path, clock, entropy)


@pytest.fixture
def either(engine: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Town:
    """Once on SQLite and once on PostgreSQL."""
    return settle(engine, tmp_path, clock, entropy)
