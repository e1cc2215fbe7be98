"""The world of the story: the application, the sample company, a mail server and a clock that is moved by hand."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from troth.app.application import Application
from troth.app.build import build
from troth.app.database import open_engine
from troth.app.drills.folder import Folder, read_folder
from troth.app.jobs import Worker
from troth.app.keyring.signing import sign
from troth.app.settings import Settings, read_settings
from troth.base.clock import SettableClock
from troth.demo.post import Post
from troth.demo.state import State, load, save
from troth.drill.model import BrokenError
from troth.requests.model import Request
from troth.requests.service import of_subject, pulse, runnable
from troth.versions.service import Version, current

_LOOKS, _BETWEEN_LOOKS = 1200, 0.05  # a minute in all

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday morning, nine o'clock in Shenzhen."""

COMPANY_URL = "KAICONN_COMPANY_URL"
"""The variable by which the example's data map refers to the company's database."""

PHONE, EMAIL, NICKNAME = "+8619900008888", "lin.yue@mail.example", "Lin Yue"
NEIGHBOUR_PHONE, NEIGHBOUR_EMAIL = "+8619900007777", "zhou.an@mail.example"
STAFF = "officer@kaiconn.example"


@dataclass
class World:
    """What an act may touch. `say` prints one line of the act."""

    folder: Path
    policy_folder: Path
    app: Application
    clock: SettableClock
    company: sa.Engine
    post: Post
    state: State
    say: Callable[[str], None]
    worker: Worker
    idle: threading.Event = field(default_factory=threading.Event)

    @property
    def subject(self) -> str:
        """The id of the story's person; known from the third act on, also after their key was destroyed."""
        return self.state.kept["subject"]

    def keep(self, name: str, value: str) -> None:
        """Remember something for later acts, at once."""
        self.state.kept[name] = value
        save(self.folder / "story.json", self.state)

    def at(self, since_start: timedelta) -> None:
        """Move the clock to so long after the story's start."""
        self.clock.set(START + since_start)

    def source(self) -> Folder:
        """The policy's folder, read anew."""
        return read_folder(self.policy_folder)

    def version(self) -> Version:
        """The version that is published."""
        with self.app.begin() as work:
            return current(work)

    def going_on(self, line: str) -> None:
        """Show how far something long has come, in place, where somebody is looking; nothing where nobody is."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[2K{line}")
            sys.stderr.flush()

    def run_due(self) -> None:
        """Wait until the worker has done everything that is due at the clock's instant."""
        for _ in range(_LOOKS):
            with self.app.begin() as work:
                pulse(work, self.app.vault, self.app.jobs)
                if not runnable(work):
                    return
            self.idle.wait(_BETWEEN_LOOKS)
        raise BrokenError(f"the worker did not finish within {_LOOKS * _BETWEEN_LOOKS:.0f} s")

    def asked(self, kind: str) -> list[Request]:
        """The person's requests of one kind, oldest first."""
        with self.app.begin() as work:
            return [one for one in reversed(of_subject(work, self.subject)) if one.kind == kind]

    def sign(self) -> None:
        """Sign the journal as it stands."""
        sign(self.app)

    def last_text(self) -> str:
        """What the last text message said; read from the local outbox, as a person reads their phone."""
        lines = (self.app.settings.home / "sms" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
        text: str = json.loads(lines[-1])["text"]
        return text


def open_world(folder: Path, policy_folder: Path, say: Callable[[str], None]) -> World:
    """Open the story's world in `folder`, where an earlier one may have been left."""
    folder.mkdir(parents=True, exist_ok=True)
    company_url = f"sqlite:///{(folder / 'company.db').resolve()}"
    os.environ[COMPANY_URL] = company_url  # the map names the variable, never the address
    clock, post = SettableClock(START), Post(lambda line: say(f"      {line}"))
    app = build(_settings(folder, post.start()), clock=clock)
    worker = app.worker()
    worker.start()
    return World(
        folder, policy_folder, app, clock, open_engine(company_url), post, load(folder / "story.json"), say, worker
    )


def close_world(world: World) -> None:
    """Let go of everything that is open."""
    world.worker.stop()
    world.post.stop()
    world.company.dispose()
    world.app.engine.dispose()


def _settings(folder: Path, smtp_port: int) -> Settings:
    return read_settings(
        home=folder / "home",
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        mail_from="privacy@kaiconn.example",
        journal_name="kaiconn.example/journal",
        staff=(STAFF,),
    )
