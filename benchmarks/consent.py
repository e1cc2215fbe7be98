"""Consents over HTTP: how many a second are on disk when they are answered, and what a killed server loses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from tests.support.consent_kills import kill_again_and_again
from tests.support.consent_server import found, opened, process
from tests.support.postgres import PostgresServer

from benchmarks.harness import Figure, Measure
from troth.app.database import open_engine

_PEOPLE = 60_000
_CONNECTIONS = 128
_SECONDS = 10.0
_GOAL = 2_000
_KILLS = 100
_BARE_SECONDS = 2.0


@dataclass(frozen=True)
class Run:
    """One load on one server: what the load saw, and what it cost the server's processor for each consent."""

    recorded: int
    failed: int
    rate: float
    p50: float
    p99: float
    processor: float


def over_sqlite() -> Iterable[Figure]:
    """The embedded database, every commit flushed to the disk."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _loads("sqlite", f"sqlite:///{Path(folder) / 'own.db'}", Path(folder))


def over_postgresql() -> Iterable[Figure]:
    """A PostgreSQL on this machine, every commit flushed to the disk."""
    with tempfile.TemporaryDirectory() as folder, _postgres() as url:
        yield from _loads("postgresql", url, Path(folder))


def killed() -> Iterable[Figure]:
    """A server killed a hundred times while it writes."""
    for name, place in (("sqlite", _file), ("postgresql", _postgres)):
        with tempfile.TemporaryDirectory() as folder, place() as url:
            home = Path(folder)
            app = opened(url, home)
            people = found(app, 2_000)
            app.engine.dispose()
            kept = kill_again_and_again(url, home, people, _KILLS)
        faults = len(kept.lost) + kept.unjournaled + kept.unrecorded + len(kept.problems) + kept.regressed
        said = f"{kept.kills} kills, {len(kept.acknowledged)} acknowledged; lost, unjournaled, regressed together"
        yield Figure(f"consent.kills_{name}", faults, "", 0, said)


def _loads(name: str, url: str, home: Path) -> Iterator[Figure]:
    app = opened(url, home)
    people = home / "people"
    people.write_text("\n".join(found(app, _PEOPLE)), encoding="utf-8")
    app.engine.dispose()
    bare = _bare(url)
    with process(url, home) as (server, port):
        _load(server.pid, port, people, 2.0, 0)  # the first batches compile the statements
        most = _load(server.pid, port, people, _SECONDS, 0)
        half = min(_GOAL / 2, most.rate / 2)
        calm = _load(server.pid, port, people, _SECONDS, half)
    cost = f"{most.processor * 1e6:.0f} µs of the server's processor each, load {os.getloadavg()[0]:.1f}"
    failed = f"{most.failed} failed; " if most.failed else ""
    against = f"{failed}{cost}; bare durable inserts one by one {bare:.0f}/s, ratio {most.rate / bare:.2f}"
    yield Figure(f"consent.http_{name}", most.rate, "/s", _GOAL, against, higher=True)
    at = f"at {half:.0f}/s asked, {calm.rate:.0f}/s answered; p50 {calm.p50 * 1e3:.1f} ms"
    yield Figure(f"consent.p99_{name}", calm.p99 * 1e3, "ms", 100, at)


def _load(pid: int, port: int, people: Path, seconds: float, rate: float) -> Run:
    command = [
        sys.executable, "-m", "tests.support.consent_load",
        str(port), str(people), str(_CONNECTIONS), str(seconds), str(rate),
    ]  # fmt: skip
    before = _processor(pid)
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seen = json.loads(done.stdout)
    return Run(**seen, processor=(_processor(pid) - before) / max(1, seen["recorded"]))


def _processor(pid: int) -> float:
    """Seconds of processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def _bare(url: str) -> float:
    """Rows a second that one program inserts with a commit each: what a table of consents alone would cost."""
    engine = open_engine(url)
    row = sa.Table(
        "bare_consent",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.String(40)),
        sa.Column("function", sa.String(200)),
        sa.Column("kind", sa.String(20)),
        sa.Column("at", sa.String(40)),
    )
    row.metadata.create_all(engine)
    number, start = 0, time.perf_counter()
    while time.perf_counter() < start + _BARE_SECONDS:
        with engine.begin() as connection:
            number += 1
            values = {"id": number, "subject": f"sub-{number}", "function": "push", "kind": "given", "at": "2026"}
            connection.execute(row.insert(), values)
    took = time.perf_counter() - start
    row.metadata.drop_all(engine)
    engine.dispose()
    return number / took


@contextmanager
def _postgres() -> Iterator[str]:
    server = PostgresServer(fsync="on")
    server.start()
    try:
        yield server.url()
    finally:
        server.remove()


@contextmanager
def _file() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'own.db'}"


BENCHMARKS: dict[str, Measure] = {
    "consent.http_sqlite,consent.p99_sqlite": over_sqlite,
    "consent.http_postgresql,consent.p99_postgresql": over_postgresql,
    "consent.kills_sqlite,consent.kills_postgresql": killed,
}
