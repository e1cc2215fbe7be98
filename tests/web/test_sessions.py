"""Sessions end when they should, and what the database holds of them is of no use to anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.base.clock import SettableClock
from troth.base.sensitive import Sensitive
from troth.base.work import Begin
from troth.web.sessions import LIFETIMES, Kind, end_session, find_session, keep_alive, open_session
from troth.web.tables import web_session

HOLDS = {"subject": "sub-lin", "note": "十"}


def opened(begin: Begin, kind: Kind = Kind.PERSON) -> str:
    with begin() as work:
        return open_session(work, kind, HOLDS).reveal()


def found(begin: Begin, token: str, kind: Kind = Kind.PERSON) -> dict[str, str] | None:
    with begin() as work:
        session = find_session(work, kind, token)
        if session is None:
            return None
        keep_alive(work, session)
        return dict(session.holds.reveal())


def test_a_session_gives_back_what_was_put_into_it(begin: Begin) -> None:
    assert found(begin, opened(begin)) == HOLDS


@pytest.mark.parametrize("kind", list(Kind))
def test_a_session_ends_when_it_was_not_used_for_its_idle_time(begin: Begin, clock: SettableClock, kind: Kind) -> None:
    token = opened(begin, kind)
    clock.advance(LIFETIMES[kind].idle - timedelta(seconds=1))
    assert found(begin, token, kind) == HOLDS
    clock.advance(LIFETIMES[kind].idle)
    assert found(begin, token, kind) is None


def test_using_a_session_keeps_it_alive_but_not_beyond_its_whole_time(begin: Begin, clock: SettableClock) -> None:
    token = opened(begin)
    for _ in range(24):  # 8 hours in steps of 20 minutes, but for the last moment
        assert found(begin, token) == HOLDS
        clock.advance(timedelta(minutes=20))
    assert found(begin, token) is None


def test_looking_at_a_session_without_keeping_it_alive_writes_nothing(begin: Begin, clock: SettableClock) -> None:
    token = opened(begin)
    clock.advance(timedelta(minutes=29))
    with begin() as work:
        assert find_session(work, Kind.PERSON, token) is not None
    clock.advance(timedelta(minutes=2))
    assert found(begin, token) is None


def test_what_has_ended_is_not_kept_alive(begin: Begin, clock: SettableClock) -> None:
    token = opened(begin)
    clock.advance(timedelta(minutes=2))
    with begin() as work:
        session = find_session(work, Kind.PERSON, token)
        assert session is not None
        assert session.stale
        end_session(work, session)
        keep_alive(work, session)
    assert found(begin, token) is None


def test_the_code_that_is_waited_for_cannot_be_waited_for_longer_by_looking(begin: Begin, clock: SettableClock) -> None:
    token = opened(begin, Kind.PERSON_CODE)
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        found(begin, token, Kind.PERSON_CODE)
    assert found(begin, token, Kind.PERSON_CODE) is None


@pytest.mark.parametrize("other", [kind for kind in Kind if kind is not Kind.PERSON])
def test_a_token_of_one_kind_opens_no_other(begin: Begin, other: Kind) -> None:
    assert found(begin, opened(begin), other) is None


def test_an_ended_session_is_gone(begin: Begin) -> None:
    token = opened(begin)
    with begin() as work:
        session = find_session(work, Kind.PERSON, token)
        assert session is not None
        end_session(work, session)
    assert found(begin, token) is None
    with begin() as work:
        assert work.db.execute(sa.select(sa.func.count()).select_from(web_session)).scalar() == 0


def test_the_database_alone_says_nothing_of_who_is_signed_in(begin: Begin) -> None:
    token = opened(begin)
    with begin() as work:
        (row,) = work.db.execute(sa.select(web_session)).all()
    stored = repr(tuple(row)).encode() + bytes(row.sealed)
    assert b"sub-lin" not in stored
    assert token.encode() not in stored


def test_a_row_that_was_tampered_with_is_no_session(begin: Begin) -> None:
    mine, other = opened(begin), opened(begin)
    with begin() as work:
        rows = work.db.execute(sa.select(web_session)).all()
        assert len(rows) == 2
        work.db.execute(
            sa.update(web_session).where(web_session.c.found_by == rows[0].found_by).values(sealed=rows[1].sealed)
        )
    assert sorted([found(begin, mine) is None, found(begin, other) is None]) == [False, True]


def test_opening_a_session_removes_those_that_have_ended(begin: Begin, clock: SettableClock) -> None:
    opened(begin)
    clock.advance(timedelta(hours=9))
    opened(begin)
    with begin() as work:
        assert work.db.execute(sa.select(sa.func.count()).select_from(web_session)).scalar() == 1


def test_a_token_is_never_printed(begin: Begin) -> None:
    with begin() as work:
        token = open_session(work, Kind.PERSON, HOLDS)
        session = find_session(work, Kind.PERSON, token.reveal())
    assert token.reveal() not in f"{token} {session!r}"
    assert "sub-lin" not in repr(session)
    assert isinstance(token, Sensitive)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.one_of(st.text(max_size=60), st.binary(min_size=32, max_size=32).map(lambda raw: raw.hex()[:43])))
def test_no_token_that_was_not_given_out_opens_anything(begin: Begin, token: str) -> None:
    assert found(begin, token) is None
