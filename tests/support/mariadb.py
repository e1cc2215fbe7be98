"""A real MariaDB from Debian's package, started by the tests, reachable over a private socket only.

As root it runs in a user namespace of its own, as PostgreSQL does: no user is needed and no folder changes hands.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy as sa

_SECONDS = 20


def is_installed() -> bool:
    """Whether this machine has a server to start."""
    return shutil.which("mariadbd") is not None and shutil.which("mariadb-install-db") is not None


class MariaServer:
    """One server in one temporary folder."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="maria"))
        self._folder.chmod(0o700)
        self._namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None

    def start(self) -> None:
        """Create the data folder if it is new, and start the server; returns when it answers."""
        data = self._folder / "data"
        if not data.exists():
            install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
            install.append("--auth-root-authentication-method=normal")
            done = subprocess.run([*self._namespace, *install], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
        self._log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(
            [
                *self._namespace,
                "mariadbd",
                "--no-defaults",
                f"--datadir={data}",
                f"--socket={self._socket}",
                f"--pid-file={self._folder / 'pid'}",
                "--skip-networking",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=128M",
                "--character-set-server=utf8mb4",
            ],
            stdout=self._log,
            stderr=self._log,
        )
        self._wait()

    @property
    def _socket(self) -> Path:
        return self._folder / "s"

    def _wait(self) -> None:
        until = time.monotonic() + _SECONDS
        while not self._answers():
            assert time.monotonic() < until, (self._folder / "log").read_text(errors="replace")
            time.sleep(0.05)  # noqa: TID251 - a test waits for a server that it started

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    def remove(self) -> None:
        """Stop and delete everything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._log is not None:
            self._log.close()
        shutil.rmtree(self._folder)

    def url(self, database: str = "mysql") -> str:
        """SQLAlchemy URL of one database."""
        return f"mariadb+pymysql://root@localhost/{database}?unix_socket={self._socket}"

    def execute(self, statement: str) -> None:
        """Run one administrative statement."""
        engine = sa.create_engine(self.url(), poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaServer]:
    """The MariaDB of this test process, started on first use."""
    if not is_installed():
        pytest.skip("MariaDB is not installed (apt-get install mariadb-server)")
    server = MariaServer()
    server.start()
    yield server
    server.remove()
