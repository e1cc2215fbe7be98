"""The one writer's lock: taken once in a transaction, and held to its end, whatever was rolled back on the way."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from troth.base.work import Begin, Work
from troth.journal.lock import one_writer

_HELD = """SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted"""


@pytest.fixture(autouse=True)
def _only_where_there_is_a_lock(engine: sa.Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite holds its write lock from the start")


def _held(work: Work) -> bool:
    return bool(work.db.exec_driver_sql(_HELD).scalar())


def test_it_is_asked_for_once(begin: Begin, engine: sa.Engine) -> None:
    asked: list[str] = []
    with begin() as work:
        sa.event.listen(work.db, "before_cursor_execute", lambda *call: asked.append(call[2]))
        one_writer(work)
        one_writer(Work(work.db, work.at, bytes))
        with work.db.begin_nested():
            one_writer(work)
        assert len([one for one in asked if "advisory" in one]) == 1
        assert _held(work)


def test_it_is_asked_for_in_every_transaction_of_a_connection(engine: sa.Engine, begin: Begin) -> None:
    with begin() as first:
        at = first.at
    with engine.connect() as connection:
        for _ in range(2):
            with connection.begin():
                work = Work(connection, at, bytes)
                assert not _held(work)
                one_writer(work)
                assert _held(work)


def test_what_was_taken_in_a_part_that_is_rolled_back_is_taken_again(begin: Begin) -> None:
    with begin() as work:
        part = work.db.begin_nested()
        one_writer(work)
        part.rollback()
        assert not _held(work)
        one_writer(work)
        assert _held(work)
