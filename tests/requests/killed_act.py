"""A process that does one act of a line of the table, and stops for ever in one of its units of work.

`python -m tests.requests.killed_act OWN FOLDER REQUEST EVENT AT NOW`: before its unit number AT commits, it says so
with a file in FOLDER; whoever watches kills it there.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.requests.lives import ACTS
from tests.requests.world import VAULT, Asked, Company, World
from troth.app.database import open_engine
from troth.app.entropy import system_entropy
from troth.app.tables import declare_all
from troth.base.clock import SettableClock
from troth.base.work import Work
from troth.requests import service
from troth.requests.machine import Event
from troth.versions.service import get

MARK = "there"


def main(own: str, folder: Path, request_id: str, event: Event, at: int, now: datetime) -> None:
    declare_all()
    engine, clock, opened = open_engine(own), SettableClock(now), []

    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, clock.now(), system_entropy)

    @contextmanager
    def hanging() -> Iterator[Work]:
        with begin() as work:
            yield work
            opened.append(work.at)
            if len(opened) == at + 1:
                (folder / MARK).touch()
                threading.Event().wait()

    with begin() as work:
        request = service.get(work, request_id)
        version = get(work, request.version)
    world = World(begin, clock, VAULT, Company(folder), Asked(), version, request.subject, "")
    ACTS[event](world, hanging, request)


if __name__ == "__main__":
    main(
        sys.argv[1],
        Path(sys.argv[2]),
        sys.argv[3],
        Event(sys.argv[4]),
        int(sys.argv[5]),
        datetime.fromisoformat(sys.argv[6]),
    )
