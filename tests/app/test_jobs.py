"""The queue and the worker, on real databases, with real threads and a real kill."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from tests.app.killed_worker import MARK
from tests.requests.world import MINE, Crash, World, crashing, world
from tests.support.waiting import until
from troth.app.clock import SystemClock
from troth.app.entropy import system_entropy
from troth.app.jobs import DbosJobs, Worker, prepare
from troth.base.clock import SettableClock
from troth.base.errors import UnavailableError
from troth.base.work import Begin, Work
from troth.requests import service
from troth.requests.intake import Asked, open_all
from troth.requests.machine import State
from troth.requests.model import Request
from troth.versions.service import Version

PATIENCE = 60  # seconds; a run takes two, a loaded machine takes more
wait_until = partial(until, seconds=PATIENCE)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.app.jobs.PULSE", 0.05)


@pytest.fixture
def company(engine: sa.Engine, begin: Begin, clock: SettableClock, tmp_path: Path) -> World:
    prepare(engine)
    made = world(begin, clock, tmp_path)
    made.jobs = DbosJobs(engine)
    return made


@contextmanager
def working(company: World, engine: sa.Engine) -> Iterator[Worker]:
    worker = Worker(engine, company.begin, company.vault, company.stores, company.jobs)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def jobs_in(engine: sa.Engine) -> list[tuple[object, ...]]:
    """Everything that DBOS holds about jobs."""
    schema = "dbos." if engine.dialect.name == "postgresql" else ""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {schema}workflow_status")]


def test_without_a_queue_opening_is_refused_and_leaves_nothing(
    begin: Begin, engine: sa.Engine, clock: SettableClock, tmp_path: Path
) -> None:
    company = world(begin, clock, tmp_path)
    company.jobs = DbosJobs(engine)
    with pytest.raises(UnavailableError) as refused:
        company.open("copy")
    assert (refused.value.code, refused.value.hint) == ("jobs.not-prepared", "run `troth doctor`, which prepares it")
    with begin() as work:
        assert service.listing(work) == ()


def test_preparing_twice_does_no_harm(engine: sa.Engine) -> None:
    prepare(engine)
    prepare(engine)
    assert jobs_in(engine) == []


def test_a_job_commits_with_the_request_or_not_at_all(company: World, engine: sa.Engine) -> None:
    dying, _ = crashing(company.begin, 0, before_commit=True)
    with pytest.raises(Crash):
        replace(company, begin=dying).open("copy")
    assert jobs_in(engine) == []
    company.open("copy")
    assert len(jobs_in(engine)) == 1


def test_requests_that_are_asked_for_together_share_jobs_and_are_all_run(
    company: World, engine: sa.Engine, clock: SettableClock
) -> None:
    with company.begin() as work:
        asked = [
            Asked(company.version, one, kind, "en", "portal")
            for kind in ("copy", "access", "erasure")
            for one in (company.subject, company.other)
        ]
        opened = open_all(work, company.vault, asked, jobs=company.jobs)
    requests = [one for one in opened if isinstance(one, Request)]
    assert len(requests) == len(asked)
    assert 0 < len(jobs_in(engine)) < len(asked)

    def all_closed() -> bool:
        clock.advance(
            timedelta(seconds=1)
        )  # an erasure that met a copy of the same person is tried again after a while
        return all(company.get(one).closed for one in requests)

    with working(company, engine):
        wait_until(all_closed)


def test_a_worker_runs_what_was_enqueued_and_what_becomes_due(
    company: World, engine: sa.Engine, clock: SettableClock
) -> None:
    copy, closing = company.open("copy"), company.open("close_account", subject=company.other)
    with working(company, engine):
        wait_until(lambda: company.get(copy).state is State.FULFILLED)
        assert company.get(closing).state is State.COOLING_OFF
        clock.set(datetime(2026, 3, 9, 1, 0, tzinfo=UTC))
        wait_until(lambda: company.get(closing).state is State.FULFILLED)


def test_a_lost_job_is_asked_for_again(company: World, engine: sa.Engine, clock: SettableClock) -> None:
    request = company.open("erasure")
    schema = "dbos." if engine.dialect.name == "postgresql" else ""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM {schema}workflow_status")
    with working(company, engine):
        clock.advance(service.LEASE)
        wait_until(lambda: company.get(request).state is State.FULFILLED)


def test_a_worker_can_start_again_in_the_same_process(company: World, engine: sa.Engine) -> None:
    for kind in ("copy", "erasure"):
        request = company.open(kind)
        with working(company, engine):
            wait_until(company_closed(company, request.id))


def company_closed(company: World, request_id: str) -> Callable[[], bool]:
    def closed() -> bool:
        with company.begin() as work:
            return service.get(work, request_id).closed

    return closed


def test_what_fails_is_told_by_its_name_and_never_by_its_values(
    company: World, engine: sa.Engine, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    request = company.open("copy")

    def broken(version: Version) -> dict[str, object]:
        raise ValueError(f"{MINE} in {version.id}")

    worker = Worker(engine, company.begin, company.vault, broken, company.jobs)  # type: ignore[arg-type]  # it is broken
    with caplog.at_level(logging.DEBUG), capture_logs() as told:
        worker.start()
        wait_until(lambda: company.get(request).state is State.BLOCKED)
        worker.stop()
    assert company.get(request).blocked == "requests.fault"
    line = {"event": "request.run-failed", "request": request.id, "error": "ValueError", "log_level": "error"}
    assert told
    assert all(one == line for one in told)
    assert not [record for record in caplog.records if record.name.startswith("dbos")]
    said = "".join(capfd.readouterr()) + caplog.text + str(jobs_in(engine))
    assert MINE not in said
    assert "Traceback" not in said


def test_a_pulse_that_fails_is_not_the_last(company: World, engine: sa.Engine) -> None:
    failures = iter([True, True])

    @contextmanager
    def stumbling() -> Iterator[Work]:
        if next(failures, False):
            raise OSError("the database is away")
        with company.begin() as work:
            yield work

    closing = company.open("close_account")
    company.clock.set(datetime(2026, 3, 9, 1, 0, tzinfo=UTC))
    worker = Worker(engine, stumbling, company.vault, company.stores, company.jobs)
    with capture_logs() as told:
        worker.start()
        wait_until(lambda: company.get(closing).state is State.FULFILLED)
        worker.stop()
    assert [(one["event"], one["error"]) for one in told] == [("pulse.failed", "OSError")] * 2


def test_finished_jobs_are_forgotten(company: World, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.app.jobs._SWEEP_EVERY", 1)
    request = company.open("copy")
    with working(company, engine):
        wait_until(lambda: company.get(request).closed and jobs_in(engine) == [])


def test_draining_needs_no_worker(company: World, engine: sa.Engine) -> None:
    copy, erasure = company.open("copy"), company.open("erasure")
    worker = Worker(engine, company.begin, company.vault, company.stores, company.jobs)
    assert {one.id for one in worker.drain()} == {copy.id, erasure.id}
    assert worker.drain() == ()


def test_a_worker_killed_in_the_middle_of_erasing_is_survived(engine: sa.Engine, tmp_path: Path) -> None:
    company, folder = _company(engine, tmp_path), tmp_path
    request = company.open("erasure")
    with _process(engine, folder, "hang") as first:
        wait_until((folder / MARK).exists)
        os.kill(first.pid, signal.SIGKILL)
    assert company.get(request).state is State.IN_PROGRESS
    with _process(engine, folder):
        wait_until(lambda: company.get(request).closed)
    assert company.get(request).state is State.FULFILLED
    assert company.mine_left() == {"shop": {"member": 0, "orders": 0}, "push": {"device": 0}}
    with company.begin() as work:
        found = service.certificate(work, request.id)
    assert found is not None
    assert found.body["totals"] == {"found": 6, "changed": 5, "kept": 1, "left": 0}
    assert [one["resumed"] for one in found.body["stores"][0]["datasets"]] == [True]


def _company(engine: sa.Engine, folder: Path) -> World:
    """The world that the processes share, in real time."""
    prepare(engine)

    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, SystemClock().now(), system_entropy)

    company = world(begin, SettableClock(SystemClock().now()), folder)
    company.jobs = DbosJobs(engine)
    return company


def _url(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@contextmanager
def _process(engine: sa.Engine, folder: Path, *how: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.app.killed_worker", _url(engine), str(folder), *how]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
        try:
            yield process
        finally:
            process.kill()
