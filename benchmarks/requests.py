"""Requests in great numbers: pages over a million of them, one pulse over a thousand, intake by one server process, and
two workers beside one.

`python -m benchmarks.requests serve HOME URL` prints its port and serves; `… work HOME URL` is a worker.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import uvicorn
from tests.support.consent_load import Connection, connected
from tests.support.postgres import PostgresServer
from tests.web.company import POLICY, Company

from benchmarks.harness import Figure, Measure
from troth.app.application import Application
from troth.app.build import build
from troth.app.clock import SystemClock
from troth.app.settings import read_settings
from troth.base.clock import Clock, SettableClock
from troth.datamap.read import parse as parse_maps
from troth.policy.read import parse
from troth.requests import service, tables
from troth.requests.deciding import review
from troth.requests.details import Details
from troth.requests.intake import Asked, open_all
from troth.requests.machine import FINAL
from troth.requests.model import Request
from troth.subjects.facts import change
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.versions.service import Version, current, publish
from troth.web.server import create
from troth.web.sessions import Kind, open_session

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for the successor of httpx, which it does not need
    from starlette.testclient import TestClient

SEEDS, COPIES = 250, 4_000
"""Requests that are really opened, and how often each is copied: a million together."""

_LOOKS = 40
_GROUP = 100
_DUE = 1_000
_PEOPLE = 3_000
_SECONDS = 8.0
_CONNECTIONS = 64
_RUNS = 200
_TIMES = 2
_STAFF = "officer@kaiconn.example"
_START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def pages_sqlite() -> Iterable[Figure]:
    """The embedded database with a million requests in it."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _pages("sqlite", f"sqlite:///{Path(folder) / 'own.db'}", Path(folder))


def pages_postgresql() -> Iterable[Figure]:
    """PostgreSQL with a million requests in it."""
    with tempfile.TemporaryDirectory() as folder, _postgres() as url:
        yield from _pages("postgresql", url, Path(folder))


def intake_sqlite() -> Iterable[Figure]:
    """Forms taken by one server process on the embedded database."""
    with tempfile.TemporaryDirectory() as folder:
        yield _intake("sqlite", f"sqlite:///{Path(folder) / 'own.db'}", Path(folder))


def intake_postgresql() -> Iterable[Figure]:
    """Forms taken by one server process on PostgreSQL."""
    with tempfile.TemporaryDirectory() as folder, _postgres() as url:
        yield _intake("postgresql", url, Path(folder))


def workers() -> Iterable[Figure]:
    """The same requests by one worker process, then by two, and so again; the best of each counts."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for number in (1, 2) * _TIMES:
        with tempfile.TemporaryDirectory() as folder, _postgres() as url:
            rates[number].append(_worked(url, Path(folder), number))
    one, two = (max(rates[number]) for number in (1, 2))
    against = f"{one:.1f}/s by one, {two:.1f}/s by two, on one PostgreSQL"
    yield Figure("request.two_workers", two / one, "×", 1.7, against, higher=True)


def _pages(name: str, url: str, home: Path) -> Iterator[Figure]:
    clock = SettableClock(_START)
    app, people = _opened(url, home, clock, SEEDS)
    total = _filled(app, clock, people)
    for path, seconds in _looked(app, people[0]).items():
        p95 = sorted(seconds)[int(len(seconds) * 0.95)] * 1e3
        yield Figure(f"portal.{path}_{name}", p95, "ms", 100, f"p95 of {len(seconds)} looks, {total:,} requests")
    yield _pulsed(name, app, clock)
    app.engine.dispose()


def _opened(url: str, home: Path, clock: Clock, people: int) -> tuple[Application, list[str]]:
    """A system with a company behind it, and people who have shown who they are."""
    company = Company(home)
    app = build(read_settings(home=home, database_url=url, staff=(_STAFF,)), clock=clock)
    maps = {name: one.value for name, one in parse_maps(company.maps).items()}
    with app.begin() as work:
        publish(work, parse({"policy.yaml": POLICY}), maps, by="benchmark")
        made = [register(work, app.vault, [identifier("account", f"n{number}")]) for number in range(people)]
        for one in made:
            change(work, one, add=("account.open", "verified.phone"))
    return app, made


def _version(app: Application) -> Version:
    with app.begin() as work:
        return current(work, None)


def _ask(app: Application, version: Version, subject: str, kind: str) -> Request:
    with app.begin() as work:
        details = Details(text="the lamp talks" if kind == "complaint" else "")
        return service.open_request(
            work, app.vault, version, subject, kind, language="en", channel="portal", jobs=app.jobs, details=details
        )


def _ask_all(app: Application, version: Version, people: list[str], kind: str) -> None:
    for place in range(0, len(people), _GROUP):
        asked = [Asked(version, one, kind, "en", "portal") for one in people[place : place + _GROUP]]
        with app.begin() as work:
            for answer in open_all(work, app.vault, asked, jobs=app.jobs):
                assert isinstance(answer, Request), answer


def _filled(app: Application, clock: SettableClock, people: list[str]) -> int:
    """Open one complaint a person, answer all but one in a hundred, and copy them all by one statement a table."""
    version = _version(app)
    for number, subject in enumerate(people):
        clock.advance(timedelta(minutes=2))
        request = _ask(app, version, subject, "complaint")
        if number % 100:
            with app.begin() as work:
                review.answer(work, app.vault, request.id, "It is mended.", by=_STAFF)
    numbers = sa.Table("copy_number", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True))
    numbers.create(app.engine)
    with app.engine.begin() as connection:
        connection.execute(sa.insert(numbers), [{"n": n} for n in range(1, COPIES)])
        for table in (tables.request, tables.request_event, tables.request_deadline, tables.letter):
            connection.execute(_copied(table, numbers))
    numbers.drop(app.engine)
    with app.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
        return connection.scalar(sa.select(sa.func.count()).select_from(tables.request)) or 0


def _copied(table: sa.Table, numbers: sa.Table) -> sa.Insert:
    own = {"request": ("id", "reference", "subject"), "letter": ("id", "request")}.get(table.name, ("request",))
    suffix = sa.literal("-") + sa.cast(numbers.c.n, sa.String)
    columns = [(one + suffix).label(one.name) if one.name in own else one for one in table.c]
    return sa.insert(table).from_select([one.name for one in table.c], sa.select(*columns).join(numbers, sa.true()))


def _looked(app: Application, subject: str) -> dict[str, list[float]]:
    """How long each page takes, again and again, for a person and for staff."""
    with app.begin() as work:
        tokens = {
            "troth-person": open_session(work, Kind.PERSON, {"subject": subject}).reveal(),
            "troth-staff": open_session(work, Kind.STAFF, {"email": _STAFF}).reveal(),
        }
        mine = service.of_subject(work, subject)[0].id
        middle = work.db.scalar(sa.select(tables.request.c.id).order_by(tables.request.c.id).limit(1).offset(1)) or ""
    addresses = {
        "home": "/",
        "requests": "/requests",
        "request": f"/requests/{mine}",
        "console": "/console",
        "console_list": "/console/requests",
        "console_deep": f"/console/requests?after={middle}",
        "console_state": "/console/requests?state=in_review",
        "console_request": f"/console/requests/{mine}",
    }
    web = create(app)
    client = TestClient(web, base_url="http://testserver", cookies=tokens, headers={"Accept": "text/html"})
    return {name: _times(lambda path=path: client.get(path)) for name, path in addresses.items()}  # type: ignore[misc]


def _times(look: Callable[[], object]) -> list[float]:
    seconds = []
    for number in range(_LOOKS + 3):
        start = time.perf_counter()
        answer = look()
        assert getattr(answer, "status_code", 0) == 200, answer
        if number >= 3:  # the first compile statements and templates
            seconds.append(time.perf_counter() - start)
    return seconds


def _pulsed(name: str, app: Application, clock: SettableClock) -> Figure:
    """One pulse that hands a thousand requests on whose cooling-off is over, among all the others."""
    version = _version(app)
    with app.begin() as work:
        people = [register(work, app.vault, [identifier("account", f"due{number}")]) for number in range(_DUE)]
    _ask_all(app, version, people, "close_account")
    clock.advance(timedelta(days=7, seconds=1))
    start = time.perf_counter()
    with app.begin() as work:
        asked = service.pulse(work, app.vault, app.jobs)
    took = time.perf_counter() - start
    return Figure(f"request.pulse_{name}", took, "s", 10, f"{asked} requests handed to workers by one pulse")


def _intake(name: str, url: str, home: Path) -> Figure:
    app, people = _opened(url, home, SystemClock(), _PEOPLE)
    with app.begin() as work:
        tokens = [open_session(work, Kind.PERSON, {"subject": one}).reveal() for one in people]
    app.engine.dispose()
    with _process("serve", home, url) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        taken, took = asyncio.run(_sent(port, iter(tokens)))
    return Figure(
        f"request.intake_{name}", taken / took, "/s", 200, f"{taken} forms taken in {took:.1f} s", higher=True
    )


async def _sent(port: int, tokens: Iterator[str]) -> tuple[int, float]:
    """Send forms for so many seconds or until nobody is left; how many were taken, each with a reference to it."""
    start, taken = time.perf_counter(), itertools.count()

    async def one() -> None:
        async with connected(port) as connection:
            for token in tokens:
                if time.perf_counter() > start + _SECONDS:
                    return
                assert await _form(connection, token)
                next(taken)

    await asyncio.gather(*(one() for _ in range(_CONNECTIONS)))
    return next(taken), time.perf_counter() - start


async def _form(connection: Connection, token: str) -> bool:
    head = (
        "POST /copy HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Cookie: troth-person={token}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 11\r\n\r\nlanguage=en"
    )
    answer, _ = await connection.exchange(head.encode())
    return answer.startswith(b"HTTP/1.1 303") and b"/received" in answer


def _worked(url: str, home: Path, number: int) -> float:
    """Requests a second that so many workers fulfil together, from the first one that is done to the last."""
    app, people = _opened(url, home, SystemClock(), _RUNS)
    version = _version(app)
    _ask_all(app, version, people, "copy")
    with _process("work", home, url), _process("work", home, url) if number > 1 else _nobody():
        _until(lambda: _done(app) > 0)
        first, start = _done(app), time.perf_counter()
        _until(lambda: _done(app) == _RUNS)
        took = time.perf_counter() - start
    app.engine.dispose()
    return (_RUNS - first) / took


def _done(app: Application) -> int:
    closed = tables.request.c.state.in_([state.value for state in FINAL])
    with app.read() as work:
        return work.db.scalar(sa.select(sa.func.count()).select_from(tables.request).where(closed)) or 0


def _until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    while not holds():
        pause.wait(0.05)


@contextmanager
def _nobody() -> Iterator[None]:
    yield


@contextmanager
def _process(what: str, home: Path, url: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "benchmarks.requests", what, str(home), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def _postgres() -> Iterator[str]:
    server = PostgresServer(fsync="on")
    server.start()
    try:
        yield server.url()
    finally:
        server.remove()


def main(what: str, home: Path, url: str) -> None:
    """Be a server or a worker, until killed."""
    app = build(read_settings(home=home, database_url=url, staff=(_STAFF,)))
    if what == "work":
        app.worker().start()
        threading.Event().wait()
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listening.getsockname()[1], flush=True)  # it listens already: who connects waits until it serves
    uvicorn.Server(uvicorn.Config(create(app), log_level="warning", access_log=False, ws="none")).run(
        sockets=[listening]
    )


_LOOKED = ("home", "requests", "request", "console", "console_list", "console_deep", "console_state", "console_request")


def _names(database: str) -> str:
    return ",".join([*(f"portal.{one}_{database}" for one in _LOOKED), f"request.pulse_{database}"])


BENCHMARKS: dict[str, Measure] = {
    _names("sqlite"): pages_sqlite,
    _names("postgresql"): pages_postgresql,
    "request.intake_sqlite": intake_sqlite,
    "request.intake_postgresql": intake_postgresql,
    "request.two_workers": workers,
}


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
