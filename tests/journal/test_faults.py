"""What the world does to a journal: kills, full disks, damaged files, two writers; nothing is lost, or it is said."""

from __future__ import annotations

import base64
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.consent.people import VAULT, person, released
from tests.journal.writer import SIGNER
from tests.support.databases import Databases
from tests.versions.sample import policy
from troth.app.application import Application
from troth.app.build import build
from troth.app.clock import SystemClock
from troth.app.database import open_engine
from troth.app.keyring.signing import sign
from troth.app.settings import read_settings
from troth.base.errors import IntegrityError, TrothError, UnavailableError
from troth.base.work import Begin, Work
from troth.cli.health import checks
from troth.consent import tables as consent
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, service
from troth.journal.nodes import reader
from troth.journal.rows import check_rows
from troth.subjects import tables
from troth.subjects.identifier import identifier
from troth.subjects.service import register


def writer(engine: sa.Engine, subject: str, seed: int, rounds: int | None = None) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    arguments = [sys.executable, "-m", "tests.journal.writer", url, subject, str(seed)]
    return subprocess.Popen([*arguments, *([str(rounds)] if rounds else [])], stdout=subprocess.PIPE)


def killed(process: subprocess.Popen[bytes], after: int, pause: float) -> list[str]:
    """Let the process acknowledge some, kill it a moment later, and give all that it acknowledged."""
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(after)]
    with suppress(subprocess.TimeoutExpired):
        process.wait(pause)
    os.kill(process.pid, signal.SIGKILL)
    rest, _ = process.communicate()
    lines = (b"".join(said) + rest).decode().split("\n")
    return lines[:-1]  # a line without its end was not said


class Acknowledged:
    """What the processes said was done."""

    def __init__(self) -> None:
        self.events: dict[str, int] = {}
        self.signed: list[str] = []

    def take(self, lines: list[str]) -> None:
        for line in lines:
            what, *rest = line.split(" ")
            if what == "done":
                self.events[rest[0]] = int(rest[1])
            else:
                self.signed.append(base64.b64decode(rest[0]).decode())

    def check(self, begin: Begin) -> None:
        """No acknowledged choice is lost, no row without its entry, no checkpoint regresses."""
        with begin() as work:
            kept = {row.id: row.entry for row in work.db.execute(sa.select(consent.event.c.id, consent.event.c.entry))}
            assert self.events.items() <= kept.items()
            assert list(check_rows(work)) == []
            service.verify(work, [SIGNER.vkey])
            claims = [checkpoints.read(note) for note in self.signed]
            assert all(one.size <= other.size for one, other in pairwise(claims))
            for claim in claims:
                assert merkle.root(claim.size, reader(work)) == claim.root


def kill_and_look(begin: Begin, engine: sa.Engine, times: int) -> Acknowledged:
    released(begin, policy())
    subject = person(begin)
    draw, said = random.Random(1), Acknowledged()
    for number in range(times):
        lines = killed(writer(engine, subject, number), draw.randrange(1, 12), draw.random() / 20)
        assert lines
        said.take(lines)
        said.check(begin)
    assert len(said.events) >= times
    return said


@pytest.fixture
def begin(engine: sa.Engine) -> Begin:
    """As in all tests, with the clock that the processes have."""

    @contextmanager
    def unit() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, SystemClock().now(), random.Random().randbytes)

    return unit


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(begin: Begin, engine: sa.Engine) -> None:
    kill_and_look(begin, engine, 3)


@pytest.mark.long
def test_nothing_acknowledged_is_lost_in_a_hundred_kills(begin: Begin, engine: sa.Engine) -> None:
    kill_and_look(begin, engine, 100)


def test_two_processes_that_write_wait_for_each_other(begin: Begin, engine: sa.Engine) -> None:
    released(begin, policy())
    subjects = [person(begin, f"1990000000{number}") for number in range(2)]
    processes = [writer(engine, subject, seed, 30) for seed, subject in enumerate(subjects)]
    said = Acknowledged()
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        said.events |= {
            words[1]: int(words[2]) for words in map(str.split, out.decode().splitlines()) if len(words) > 2
        }
    said.check(begin)
    assert len(said.events) == 60
    by_order = sorted(said.events.values())
    assert len(set(by_order)) == 60


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    made = build(read_settings(home=tmp_path / "home", journal_name="log.example"))
    yield made
    made.engine.dispose()


def write(app: Application, count: int) -> None:
    with app.begin() as work:
        service.append_all(work, [("a.b", {"n": number}) for number in range(count)])


def fill(app: Application) -> None:
    """Register people until the disk is full."""
    while True:
        with app.begin() as work:
            register(work, app.vault, [identifier("account", work.new_id("acc"))])


def test_a_full_disk_is_said_and_nothing_is_half_done(app: Application) -> None:
    write(app, 5)
    with app.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0

    def limit(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count={pages + 3}")

    sa.event.listen(app.engine, "checkout", limit)
    with pytest.raises(UnavailableError) as raised:
        fill(app)
    assert raised.value.code == "database.full"
    sa.event.remove(app.engine, "checkout", limit)
    app.engine.dispose()
    with app.begin() as work:
        assert service.size(work) == 5 + (work.db.scalar(sa.select(sa.func.count()).select_from(tables.subject)) or 0)
        assert list(service.audit(work)) == []
        assert list(check_rows(work)) == []
    write(app, 1)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("the schema", "database.damaged"),
        ("a page of entries", "database.damaged"),
        ("a leaf", "journal.entry-altered"),
    ],
)
def test_a_damaged_database_file_is_said(
    app: Application, what: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(app, 900)
    app.engine.dispose()
    path = app.settings.home / "troth.db"
    content = bytearray(path.read_bytes())
    leaf = content.index(b'"n":450')
    start, noise = {
        "the schema": (100, random.Random(1).randbytes(600)),
        "a page of entries": (leaf // 4096 * 4096, random.Random(1).randbytes(60)),
        "a leaf": (leaf, b'"n":459'),
    }[what]
    content[start : start + len(noise)] = noise
    path.write_bytes(bytes(content))
    monkeypatch.setenv("TROTH_HOME", str(app.settings.home))
    monkeypatch.setenv("TROTH_JOURNAL_NAME", "log.example")
    try:
        found = {check.id for check in checks() if check.level == "error"}
    except TrothError as error:
        found = {error.code}
    assert code in found


def test_a_file_that_is_no_database_is_said(app: Application) -> None:
    app.engine.dispose()
    path = app.settings.home / "troth.db"
    path.write_bytes(b"not a database, whatever it is called " * 200)
    with pytest.raises(IntegrityError) as raised:
        build(app.settings)
    assert raised.value.code == "database.damaged"


def test_a_write_ahead_log_that_lost_its_end_is_said(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself takes a cut log for a crash and goes back in time without a word."""
    write(app, 5)
    sign(app)
    first = (app.settings.home / "troth.db-wal").stat().st_size
    write(app, 400)
    sign(app)
    home = tmp_path / "restored"
    home.mkdir()
    for path in app.settings.home.iterdir():
        if path.suffix != ".db-shm":
            (home / path.name).write_bytes(path.read_bytes())
            (home / path.name).chmod(0o600)
    with (home / "troth.db-wal").open("r+b") as log:
        log.truncate(first)
    (home / "troth.db-shm").unlink(missing_ok=True)
    cut = build(read_settings(home=home, journal_name="log.example"))
    with cut.begin() as work:
        assert service.size(work) == 5
        assert list(service.audit(work)) == []  # by itself it looks sound
    with pytest.raises(IntegrityError) as raised:
        sign(cut)
    assert raised.value.code == "journal.regressed"
    monkeypatch.setenv("TROTH_HOME", str(home))
    monkeypatch.setenv("TROTH_JOURNAL_NAME", "log.example")
    assert "journal.regressed" in {check.id for check in checks() if check.level == "error"}
    cut.engine.dispose()


def test_an_engine_of_the_application_is_what_the_writers_use(databases: Databases) -> None:
    """The kills say nothing unless a commit is on the disk when it returns."""
    for engine in databases.sqlite():
        opened = open_engine(engine.url.render_as_string(hide_password=False))
        with opened.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        opened.dispose()
    assert VAULT.current
