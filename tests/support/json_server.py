"""A server on this machine that says what a test wants, and keeps what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Told:
    """One call."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class JsonServer:
    """`says` gives a JSON answer by path; `answers`, if it is set, a status and a body for anything."""

    address: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    answers: Callable[[Told], tuple[int, Any]] | None = None
    told: list[Told] = field(default_factory=list)

    def answer(self, one: Told) -> tuple[int, Any]:
        self.told.append(one)
        if self.answers is not None:
            return self.answers(one)
        return (200, self.says[one.path]) if one.path in self.says else (404, None)


@contextmanager
def json_server() -> Iterator[JsonServer]:
    made = JsonServer()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, said = made.answer(Told(self.command, self.path, headers, self.rfile.read(length)))
            body = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            if isinstance(said, str) and 300 <= status < 400:
                self.send_header("Location", said)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _do  # noqa: N815 - the names that the library asks for

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A caller that gave up waiting is none of our business."""

    server = Server(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
