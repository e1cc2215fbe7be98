"""A worker process for the test that kills it: `python -m tests.app.killed_worker OWN FOLDER [hang]`.

With `hang` it stops for ever in the worst place there is: a store has been erased and has committed, and nothing has
been written down about it yet. It says so with a file, so that whoever watches can kill it there.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.requests.world import VAULT, Company, Switched
from troth.app.clock import SystemClock
from troth.app.database import open_engine
from troth.app.entropy import system_entropy
from troth.app.jobs import DbosJobs, Worker
from troth.app.tables import declare_all
from troth.base.work import Work
from troth.stores.model import Erased, Person

MARK = "erased"


class Hanging(Switched):
    """Erases, says so, and never comes back."""

    def __init__(self, store: Switched, mark: Path) -> None:
        super().__init__(store.behind)
        self._mark = mark

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        super().erase(people)
        self._mark.touch()
        threading.Event().wait()
        raise AssertionError("nobody wakes it")


def main(own: str, folder: Path, *, hang: bool) -> None:
    declare_all()
    engine = open_engine(own)

    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, SystemClock().now(), system_entropy)

    company = Company(folder)
    if hang:
        company.stores["push"] = Hanging(company.stores["push"], folder / MARK)
    worker = Worker(engine, begin, VAULT, lambda _: company.stores, DbosJobs(engine))
    worker.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), hang="hang" in sys.argv)
