"""Kills a server that is writing consents, again and again, and then looks whether it kept every word."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tests.support.consent_load import choice, connected
from tests.support.consent_server import opened, process
from troth.consent import tables
from troth.journal import checkpoint as checkpoints
from troth.journal import service as journal
from troth.journal.audit import audit

WRITERS = 16


@dataclass
class Kept:
    """What a server said, and what is left of it."""

    kills: int = 0
    acknowledged: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unjournaled: int = 0
    unrecorded: int = 0
    problems: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    @property
    def regressed(self) -> bool:
        return self.sizes != sorted(self.sizes)


def kill_again_and_again(url: str, home: Path, people: list[str], times: int, seed: int = 1) -> Kept:
    """Kill a server under load so many times; after each, sign the journal: it must hold all that was signed before."""
    kept, chance, subjects = Kept(), random.Random(seed), itertools.cycle(people)
    app = opened(url, home)
    for _ in range(times):
        with process(url, home) as (server, port):
            kept.acknowledged += asyncio.run(_until_killed(port, subjects, server.kill, chance.uniform(0.05, 0.5)))
            server.wait()
        kept.kills += 1
        with app.begin() as work:
            kept.sizes.append(checkpoints.read(journal.checkpoint(work, app.signer)).size)
    with app.begin() as work:
        journal.verify(work, app.believed_keys)
        kept.problems = [problem.code for problem in audit(work)]
        rows = {row.id: row.entry for row in work.db.execute(sa.select(tables.event.c.id, tables.event.c.entry))}
        told = _told(entry.leaf for entry in journal.entries(work, 0, journal.size(work)))
    kept.lost = [event for event in kept.acknowledged if event not in rows]
    kept.unjournaled = sum(told.get(entry) != event for event, entry in rows.items())
    kept.unrecorded = len(told.keys() - set(rows.values()))
    app.engine.dispose()
    return kept


def _told(leaves: Iterator[bytes]) -> dict[int, str]:
    """The consents that the journal tells of: the event by entry."""
    read = (json.loads(leaf) for leaf in leaves)
    return {number: leaf["refs"]["event"] for number, leaf in enumerate(read) if leaf["kind"].startswith("consent.")}


async def _until_killed(port: int, subjects: Iterator[str], kill: object, after: float) -> list[str]:
    """Write from many connections, and kill the server so many seconds after the first answer."""
    assert callable(kill)
    acknowledged: list[str] = []
    begun = asyncio.Event()

    async def write() -> None:
        async with connected(port) as connection:
            try:
                while True:
                    recorded, answer = await connection.post(choice(next(subjects)))
                    assert recorded, answer
                    acknowledged.append(json.loads(answer)["event"])
                    begun.set()
            except (OSError, EOFError):  # it is dead: what was not answered may be lost, and is not remembered
                return

    async def end() -> None:
        await begun.wait()
        await asyncio.sleep(after)
        kill()

    await asyncio.gather(end(), *(write() for _ in range(WRITERS)))
    return acknowledged
