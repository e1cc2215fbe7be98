"""The world outside fails for long: nothing is lost, nothing is sent or done twice, and whoever has to know is told."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from pydantic import SecretStr

from tests.support.databases import Databases
from tests.web.company import LIN_EMAIL, QING_EMAIL
from tests.web.world import OFFICER, World
from tests.web.world import world as make_world
from troth.app.sending.letters import Post, send_due
from troth.app.sending.mail import SmtpMail
from troth.app.sending.sms import HttpSms
from troth.app.sending.warnings import AHEAD, warn_staff
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.requests import service
from troth.requests.deciding import review
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.telling.letters import PAUSE

PORTAL = "https://privacy.example"


@pytest.fixture
def world(databases: Databases, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Iterator[World]:
    for engine in databases.sqlite():
        yield make_world(engine, tmp_path, clock, entropy)


@dataclass
class Mailbox:
    """A real mail server that can be stopped and started on the same port."""

    port: int
    taken: list[tuple[str, str]] = field(default_factory=list)
    _running: Controller | None = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.taken.append((envelope.rcpt_tos[0], envelope.content.decode()))
        return "250 OK"

    def start(self) -> None:
        self._running = Controller(self, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def stop(self) -> None:
        if self._running:
            self._running.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox(free_port())
    yield made
    made.stop()


def answered(world: World, subject: str) -> None:
    """A complaint that was answered: there is a letter about it."""
    with world.app.begin() as work:
        request = service.open_request(
            work,
            world.app.vault,
            world.version,
            subject,
            "complaint",
            language="en",
            channel="portal",
            jobs=world.app.jobs,
            details=Details(text="the lamp talks"),
        )
        review.answer(work, world.app.vault, request.id, "It is mended.", by=OFFICER)


def test_a_mail_server_that_is_down_for_a_day_gets_every_letter_once(world: World, mailbox: Mailbox) -> None:
    mail = SmtpMail("127.0.0.1", mailbox.port, "privacy@kaiconn.example", "", SecretStr(""))
    post = Post(mail, world.app.sms, PORTAL)
    answered(world, world.lin)
    for hour in range(24):
        assert send_due(world.app.begin, world.app.vault, post) == 0
        if hour == 12:
            answered(world, world.qing)  # life goes on
        world.pass_time(timedelta(hours=1))
    mailbox.start()
    assert send_due(world.app.begin, world.app.vault, post) == 2
    world.pass_time(PAUSE)
    assert send_due(world.app.begin, world.app.vault, post) == 0
    assert Counter(to for to, _ in mailbox.taken) == {LIN_EMAIL: 1, QING_EMAIL: 1}


class Forgetful(BaseHTTPRequestHandler):
    """A gateway that takes the message and dies before it says so, the first time."""

    delivered: ClassVar[Counter[str]] = Counter()
    died: ClassVar[bool] = False

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).delivered[self.headers["Idempotency-Key"]] += 1
        if not type(self).died:
            type(self).died = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(202)
        self.end_headers()

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def gateway() -> Iterator[str]:
    Forgetful.delivered, Forgetful.died = Counter(), False
    server = HTTPServer(("127.0.0.1", 0), Forgetful)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/messages"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_gateway_that_took_a_message_and_did_not_say_so_delivers_it_once(world: World, gateway: str) -> None:
    """It is asked again with the same key, by which a gateway knows that it has delivered the message."""
    with world.app.begin() as work:
        work.db.execute(sa.text("DELETE FROM subject_identifier WHERE kind = 'email'"))
    answered(world, world.lin)
    post = Post(world.app.mail, HttpSms(gateway, SecretStr("token")), PORTAL)
    assert send_due(world.app.begin, world.app.vault, post) == 0, "for all that is known here"
    assert send_due(world.app.begin, world.app.vault, post) == 0, "not at once again"
    world.pass_time(PAUSE)
    assert send_due(world.app.begin, world.app.vault, post) == 1
    world.pass_time(PAUSE)
    assert send_due(world.app.begin, world.app.vault, post) == 0
    assert list(Forgetful.delivered.values()) == [2], "two calls under one key"


def test_a_store_that_is_down_past_the_deadline_is_late_for_all_to_see_and_staff_were_warned(world: World) -> None:
    request = world.open("erasure", world.lin)
    world.company.break_down("shop")
    world.run_due()
    with world.app.begin() as work:
        due = service.get(work, request.id).due
    assert due is not None
    settings = world.app.settings
    app = replace(world.app, settings=settings)

    def warn() -> int:
        return warn_staff(app.begin, app.mail, settings.staff, PORTAL)

    world.pass_time(due.due_at - world.clock.now() - AHEAD)
    assert warn() >= 1
    assert request.reference in world.outbox.sent[-1][1], "before"
    world.pass_time(AHEAD + timedelta(hours=1))
    with app.begin() as work:
        service.pulse(work, app.vault, app.jobs)
        assert {one.request.id for one in service.overdue(work)} == {request.id}
        assert "miss" in [step.event for step in service.timeline(work, request.id)]
    assert warn() >= 1
    assert "LATE" in world.outbox.sent[-1][1], "and after"
    shown = world.officer().page("/console").text
    assert request.reference in shown
    world.company.mend("shop")
    world.run_due()
    with app.begin() as work:
        done = service.get(work, request.id)
        assert done.state is State.FULFILLED
        assert any(one.missed_at for one in done.deadlines), "it stays late for good"
