"""A server that is killed while it writes loses nothing that it said it had; two servers on one database agree."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.consent_kills import kill_again_and_again
from tests.support.consent_load import choice, connected
from tests.support.consent_server import found, opened, process
from tests.support.databases import Databases
from troth.consent import tables
from troth.journal import service as journal
from troth.journal.audit import audit


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    for engine in getattr(databases, request.param)():
        yield engine.url.render_as_string(hide_password=False)


def _kept_its_word(url: str, home: Path, times: int) -> None:
    app = opened(url, home)
    people = found(app, 500)
    app.engine.dispose()
    kept = kill_again_and_again(url, home, people, times)
    assert kept.kills == times
    assert len(kept.acknowledged) > 10 * times, "there was a load"
    assert len(set(kept.acknowledged)) == len(kept.acknowledged)
    assert (kept.lost, kept.unjournaled, kept.unrecorded, kept.problems) == ([], 0, 0, [])
    assert not kept.regressed
    assert len(set(kept.sizes)) == times, "each of them wrote"


def test_no_acknowledged_consent_is_lost_when_the_server_is_killed(url: str, tmp_path: Path) -> None:
    _kept_its_word(url, tmp_path, times=3)


@pytest.mark.long
def test_no_acknowledged_consent_is_lost_when_the_server_is_killed_a_hundred_times(url: str, tmp_path: Path) -> None:
    _kept_its_word(url, tmp_path, times=100)


def test_two_servers_on_one_database_write_one_journal(url: str, tmp_path: Path) -> None:
    app = opened(url, tmp_path)
    people = found(app, 40)
    with process(url, tmp_path) as (_, first), process(url, tmp_path) as (_, second):
        told = asyncio.run(_write_to_both([first, second], people))
    with app.begin() as work:
        assert [problem.code for problem in audit(work)] == []
        c = tables.event.c
        rows = work.db.execute(sa.select(c.id, c.entry, c.subject, c.kind).order_by(c.entry)).all()
        size = journal.size(work)
    app.engine.dispose()
    assert {(row.id, row.entry) for row in rows} == told
    assert [row.entry for row in rows] == list(range(size - len(rows), size)), "one after the other, without a gap"
    for one in people:
        kinds = [row.kind for row in rows if row.subject == one]
        assert kinds == ["given", *["renewed"] * (len(kinds) - 1)], "whichever server came second saw the first"


async def _write_to_both(ports: list[int], people: list[str]) -> set[tuple[str, int]]:
    """Everybody consents once at each server, at the same time."""
    told: set[tuple[str, int]] = set()

    async def write(port: int, some: list[str]) -> None:
        async with connected(port) as connection:
            for one in some:
                recorded, answer = await connection.post(choice(one))
                assert recorded, answer
                read = json.loads(answer)
                told.add((read["event"], read["entry"]))

    halves = (people[: len(people) // 2], people[len(people) // 2 :])
    await asyncio.gather(*(write(port, half) for port, half in itertools.product(ports, halves)))
    return told
