"""A whole application for tests: real database, keys and services; mail and messages are kept to be looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from troth.app.application import Application
from troth.app.settings import read_settings
from troth.base.clock import Clock
from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.work import Entropy
from troth.drill.sandbox import Errands
from troth.journal.model import Signer
from troth.subjects.vault import Vault


@dataclass
class Outbox:
    """The edge of the world: takes mails and messages like a server would, and can be down like one."""

    down: bool = False
    sent: list[tuple[str, str]] = field(default_factory=list)

    def take(self, to: Sensitive[str], text: str) -> None:
        if self.down:
            raise UnavailableError("mail.unavailable", "the mail server did not take the mail")
        self.sent.append((to.reveal(), text))


@dataclass
class KeptMail:
    outbox: Outbox

    def send(self, to: Sensitive[str], subject: str, body: str) -> None:
        self.outbox.take(to, f"{subject}\n{body}")


@dataclass
class KeptSms:
    outbox: Outbox
    names: list[str] = field(default_factory=list)

    def send(self, to: Sensitive[str], text: str, *, message: str = "") -> None:
        self.outbox.take(to, text)
        self.names.append(message)


def application(
    engine: sa.Engine, home: Path, clock: Clock, entropy: Entropy, outbox: Outbox, staff: tuple[str, ...] = ()
) -> Application:
    """An application on `engine`, as `troth.app.build` makes it but for mail, messages and jobs."""
    settings = read_settings(home=home, staff=staff, journal_name="test.example/journal", secure_cookies=False)
    return Application(
        settings=settings,
        engine=engine,
        clock=clock,
        entropy=entropy,
        vault=Vault(b"v" * 32),
        signer=Signer.from_seed(settings.journal_name, b"s" * 32),
        mail=KeptMail(outbox),
        sms=KeptSms(outbox),
        jobs=Errands(),
    )
