"""A server process for loads and kills: `python -m tests.support.consent_server URL HOME` prints its port and serves.

The database must be there, with a published policy: `found` makes one.
"""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
import uvicorn

from tests.support.application import Outbox, application
from tests.support.consent_load import KEY
from tests.web.company import POLICY
from troth.app.application import Application
from troth.app.clock import SystemClock
from troth.app.database import open_engine
from troth.app.entropy import system_entropy
from troth.app.tables import declare_all
from troth.base.schema import metadata
from troth.policy.read import parse
from troth.subjects import tables
from troth.subjects.vault import KEY_SIZE
from troth.versions.service import publish
from troth.web.server import create

_ROOT = Path(__file__).parents[2]


def opened(url: str, home: Path) -> Application:
    """The application that the server process runs, for whoever looks at its database beside it."""
    app = application(open_engine(url), home, SystemClock(), system_entropy, Outbox())
    key = f"load:{hashlib.sha256(KEY.encode()).hexdigest()}"
    return replace(app, settings=app.settings.model_copy(update={"api_keys": (key,)}))


def found(app: Application, people: int) -> list[str]:
    """Make the tables where they are missing, publish the policy, and make people known."""
    declare_all()
    metadata.create_all(app.engine)
    with app.begin() as work:
        publish(work, parse({"policy.yaml": POLICY}), {}, by="load")
        made = [work.new_id("sub") for _ in range(people)]
        keys = [app.vault.wrap(work.entropy(KEY_SIZE), one, work.entropy) for one in made]
        rows = [{"id": one, "wrapped_key": key, "registered_at": work.at} for one, key in zip(made, keys, strict=True)]
        work.db.execute(sa.insert(tables.subject), rows)
    return made


@contextmanager
def process(url: str, home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server in a process of its own, and its port; killed at the end of the block."""
    command = [sys.executable, "-m", "tests.support.consent_server", url, str(home)]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout
            yield server, int(server.stdout.readline())
        finally:
            server.kill()


def main(url: str, home: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    config = uvicorn.Config(create(opened(url, home)), log_level="warning", access_log=False, ws="none")
    print(listening.getsockname()[1], flush=True)  # it listens already: who connects waits until it serves
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
