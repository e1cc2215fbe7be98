"""The world of the pages, on an embedded database; what differs between databases is tested where the SQL is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.databases import Databases
from tests.web.world import World
from tests.web.world import world as make_world
from troth.base.clock import SettableClock
from troth.base.work import Entropy


@pytest.fixture
def own(databases: Databases) -> Iterator[sa.Engine]:
    yield from databases.sqlite()


@pytest.fixture
def world(own: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> World:
    return make_world(own, tmp_path, clock, entropy)
