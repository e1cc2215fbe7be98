"""The bucket agrees with a slow count, remembers only so many, and never holds whom it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from troth.web.limits import Limit

START = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(seconds=10)
STEPS = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 30)), max_size=60)


def allowed_slowly(burst: int, tries: list[tuple[str, int]]) -> list[bool]:
    """Obvious: refill each caller second by second, then take one whole token if there is one."""
    left: dict[str, float] = {}
    answers = []
    for who, pause in tries:
        for _ in range(pause):
            left = {name: min(burst, tokens + 0.1) for name, tokens in left.items()}
        left.setdefault(who, burst)
        answers.append(left[who] > 1 - 1e-9)
        left[who] -= answers[-1]
    return answers


@given(st.integers(1, 5), STEPS)
def test_a_caller_gets_through_exactly_when_a_slow_count_says_so(burst: int, tries: list[tuple[str, int]]) -> None:
    limit, at, answers = Limit(burst, EVERY), START, []
    for who, pause in tries:
        at += timedelta(seconds=pause)
        answers.append(not limit.wait(who, at) > timedelta(microseconds=10))
    assert answers == allowed_slowly(burst, tries)


@given(st.integers(1, 5), st.integers(0, 9))
def test_waiting_as_long_as_was_said_gets_through(burst: int, pause: int) -> None:
    limit = Limit(burst, EVERY)
    at = START
    for _ in range(burst):
        assert not limit.wait("a", at)
    at += timedelta(seconds=pause)
    wait = limit.wait("a", at)
    assert timedelta() < wait <= EVERY
    assert not limit.wait("a", at + wait + timedelta(microseconds=10))


def test_callers_do_not_wait_for_each_other() -> None:
    limit = Limit(1, EVERY)
    assert not limit.wait("a", START)
    assert limit.wait("a", START)
    assert not limit.wait("b", START)


def test_at_most_so_many_callers_are_remembered() -> None:
    limit = Limit(1, EVERY, callers=10)
    for number in range(50):
        limit.wait(str(number), START)
    assert len(limit) == 10
    assert limit.wait("49", START), "the newest is remembered"
    assert not limit.wait("0", START), "the one that was quiet for longest was forgotten"


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    limit = Limit(1, EVERY)
    assert not limit.wait("a", START)
    assert limit.wait("a", START - timedelta(days=1))


def test_nobody_can_be_read_out_of_it() -> None:
    limit = Limit(1, EVERY)
    limit.wait("lin@mail.example", START)
    assert "lin" not in repr(vars(limit))
