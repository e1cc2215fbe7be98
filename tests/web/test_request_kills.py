"""A server is killed while people send forms: what a browser was told of is there, once, and in the journal."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from tests.support.consent_load import connected
from tests.support.consent_server import found, opened, process
from tests.support.databases import Databases
from troth.app.application import Application
from troth.journal import service as journal
from troth.requests import tables
from troth.web.sessions import Kind, open_session

WRITERS = 8
FORM = urlencode({"text": "the lamp talks"}).encode()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    for engine in getattr(databases, request.param)():
        yield engine.url.render_as_string(hide_password=False)


def message(token: str) -> bytes:
    head = (
        "POST /ask/complaint HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: troth-person={token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(FORM)}\r\n\r\n"
    )
    return head.encode() + FORM


async def until_killed(port: int, tokens: Iterator[str], kill: object, after: float) -> list[str]:
    """The ids of the requests that browsers were led to before the server was killed."""
    assert callable(kill)
    told: list[str] = []
    begun = asyncio.Event()

    async def send() -> None:
        async with connected(port) as connection:
            try:
                for token in tokens:
                    head, _ = await connection.exchange(message(token))
                    led = re.search(rb"location: /requests/(req-\w+)/received", head.lower())
                    assert led, head
                    told.append(led[1].decode())
                    begun.set()
            except (OSError, EOFError):  # it is dead: what was not answered may be lost
                return

    async def end() -> None:
        await begun.wait()
        await asyncio.sleep(after)
        kill()

    await asyncio.gather(end(), *(send() for _ in range(WRITERS)))
    return told


def test_no_request_that_a_browser_was_told_of_is_lost_when_the_server_is_killed(url: str, tmp_path: Path) -> None:
    app, chance, told = opened(url, tmp_path), random.Random(1), []
    people = found(app, 400)
    with app.begin() as work:
        tokens = [open_session(work, Kind.PERSON, {"subject": one}).reveal() for one in people]
    for _ in range(2):
        with process(url, tmp_path) as (server, port):
            # Everybody again: who asked before is led to what they asked for.
            told += asyncio.run(until_killed(port, itertools.cycle(tokens), server.kill, chance.uniform(0.1, 0.4)))
            server.wait()
    kept_its_word(app, told)
    app.engine.dispose()


def kept_its_word(app: Application, told: list[str]) -> None:
    request, text = tables.request.c, tables.request_text.c
    with app.begin() as work:
        journal.checkpoint(work, app.signer)
        journal.verify(work, app.believed_keys)
        rows = work.db.execute(sa.select(request.id, request.subject, request.state)).all()
        said = Counter(work.db.scalars(sa.select(text.request)))
        opened_ = [one for one in journal.entries(work, 0, journal.size(work)) if one.kind == "request.opened"]
    assert told
    assert set(told) <= {row.id for row in rows}
    assert {row.state for row in rows} == {"in_review"}
    assert len({row.subject for row in rows}) == len(rows) == len(opened_), "once for each person"
    assert all(said[row.id] == 1 for row in rows), "with their words"
