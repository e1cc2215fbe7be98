"""The company of `world`, on each kind of own database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.requests.world import World, world
from troth.base.clock import SettableClock
from troth.base.work import Begin


@pytest.fixture
def company(begin: Begin, clock: SettableClock, tmp_path: Path) -> World:
    return world(begin, clock, tmp_path)
