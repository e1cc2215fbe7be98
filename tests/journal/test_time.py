"""Clocks that go back, and writers whose clocks differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.errors import UnavailableError
from troth.base.work import Begin, Work
from troth.journal import service, tables
from troth.journal.time import TOLERANCE

START = datetime(2026, 3, 2, tzinfo=UTC)


@given(st.lists(st.integers(-20, 20), max_size=12))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_journals_time_never_goes_back_and_a_far_wrong_clock_writes_nothing(
    databases: Databases, minutes: list[int]
) -> None:
    """The clock jumps by so many minutes before each entry."""
    now, latest, written = START, None, 0
    for engine in databases.sqlite():
        for step in minutes:
            now += timedelta(minutes=step)
            with engine.begin() as connection:
                work = Work(connection, now, bytes)
                if latest is not None and latest - now > TOLERANCE:
                    with pytest.raises(UnavailableError) as raised:
                        service.append(work, "a.b", {})
                    assert raised.value.code == "journal.clock-backwards"
                else:
                    entry = service.append(work, "a.b", {})
                    latest = max(latest or now, now)
                    assert entry.at == latest
                    written += 1
        with engine.begin() as connection:
            work = Work(connection, now, bytes)
            assert service.size(work) == written
            assert service.audit(work) == ()
            assert all(one.at <= other.at for one, other in pairwise(service.entries(work, 0, 99)))


def test_an_entry_that_is_older_than_the_one_before_it_is_found(begin: Begin, clock: SettableClock) -> None:
    with begin() as work:
        service.append(work, "a.b", {})
    clock.advance(timedelta(hours=1))
    with begin() as work:
        service.append(work, "a.b", {})
    with begin() as work:
        first, second = service.entries(work, 0, 2)
        assert first.at < second.at
        c = tables.entry.c
        for number, other in ((0, second), (1, first)):
            changed = {"leaf": other.leaf, "hash": other.hash, "at": other.at}
            work.db.execute(tables.entry.update().where(c.number == number).values(**changed))
        assert "journal.time-backwards" in [problem.code for problem in service.audit(work)]
