"""Runs `troth` commands without starting Python anew for each: a process that has imported everything forks for each.

What a command reads and writes, where it runs and what it says of itself at the end are its own; only the start is
shared. The pages of the docs run some hundred commands, and starting was nearly all of their time.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MOST = 128 * 1024
_SHIM = """#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
    server.connect({address!r})
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [asked], [0, 1, 2])
    said = server.recv(1)
sys.exit(said[0] if said else 70)
"""


@contextmanager
def warm_commands(folder: Path) -> Iterator[Path]:
    """A folder with a `troth` that starts at once, for the front of `PATH`."""
    address = str(folder / "s")
    shim = folder / "bin" / "troth"
    shim.parent.mkdir()
    shim.write_text(_SHIM.format(python=sys.executable, address=address), encoding="utf-8")
    shim.chmod(0o755)
    command = [sys.executable, "-m", "tests.support.warm", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield shim.parent
        server.terminate()


def _serve(address: str) -> None:
    _import_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while True:
            caller, _ = listening.accept()
            asked, handles, _, _ = socket.recv_fds(caller, _MOST, 3)
            if os.fork() == 0:
                _run(caller, asked, handles)
            for handle in handles:
                os.close(handle)
            caller.close()


_WHEN_NEEDED = ("alembic.command", "dbos", "psycopg")
"""What a command imports only when it comes to it, and many of them do."""


def _import_all() -> None:
    for name in _WHEN_NEEDED:
        importlib.import_module(name)
    package = importlib.import_module("troth.cli")
    for module in pkgutil.iter_modules(package.__path__, "troth.cli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _run(caller: socket.socket, asked: bytes, handles: list[int]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    arguments, here, environment = json.loads(asked)
    for number, handle in enumerate(handles):
        os.dup2(handle, number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115  # handles, not paths
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(here)
    code = 1
    try:
        code = importlib.import_module("troth.cli.main").run(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        caller.send(bytes([code & 255]))
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
