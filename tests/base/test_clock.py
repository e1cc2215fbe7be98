from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from troth.base.clock import Clock, SettableClock

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_settable_clock_stands_still_until_told() -> None:
    clock: Clock = SettableClock(NOON)
    assert clock.now() == clock.now() == NOON


def test_a_settable_clock_moves_forwards_and_backwards() -> None:
    clock = SettableClock(NOON)
    clock.advance(timedelta(days=7))
    assert clock.now() == NOON + timedelta(days=7)
    clock.set(NOON - timedelta(hours=1))
    assert clock.now() == NOON - timedelta(hours=1)


@given(st.timedeltas(timedelta(hours=-12), timedelta(hours=12)))
def test_a_clock_always_reads_utc(offset: timedelta) -> None:
    there = timezone(offset)
    clock = SettableClock(NOON.astimezone(there))
    assert clock.now().tzinfo is UTC
    clock.set((NOON + timedelta(days=1)).astimezone(there))
    assert clock.now().tzinfo is UTC
    assert clock.now() == NOON + timedelta(days=1)
