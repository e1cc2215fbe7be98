"""Decisions over HTTP: one server process, and a caller in this one that costs as little as it can."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks import crowd
from benchmarks.harness import Figure, Measure

_KEY = "benchmark"
_PEOPLE = 1_000
_CALLERS = 16
_SECONDS = 5.0
_PATH = "/access/v1/evaluation"


def over_http() -> Iterable[Figure]:
    """Evaluations a second, one a request and a hundred a request, and how long a hundred take."""
    masks = crowd.compiled()
    question = crowd.hardest(masks)
    shared = {
        "action": {"name": question.action},
        "resource": {"type": "item", "id": question.item},
        "context": {"purpose": question.purpose, **({"recipient": question.recipient} if question.recipient else {})},
    }
    with served() as (port, people, used):
        named = [{"type": "person", "id": one} for one in people]
        single = [_request(_PATH, {"subject": one, **shared}) for one in named]
        hundreds = [[{"subject": one} for one in named[start : start + 100]] for start in range(0, _PEOPLE, 100)]
        many = [_request(f"{_PATH}s", {"evaluations": one, **shared}) for one in hundreds]
        asyncio.run(_called(port, single, _CALLERS, 1.0))
        before = used()
        took = asyncio.run(_called(port, single, _CALLERS, _SECONDS))
        cost = (used() - before) / len(took)
        batch = asyncio.run(_called(port, many, 1, _SECONDS))
    rate, p50 = len(took) / _SECONDS, statistics.median(batch) * 1e3
    p99 = sorted(took)[int(len(took) * 0.99)] * 1e3
    shared_cores = f"{_CALLERS} callers on the same cores"
    against = f"one a request, {shared_cores}, p99 {p99:.1f} ms; the server used {cost * 1e6:.0f} µs of a core for each"
    yield Figure("decision.http_single", rate / 1e3, "k/s", 5, against, higher=True)
    of_many = len(batch) * 100 / _SECONDS / 1e3
    yield Figure("decision.http_batched", of_many, "k/s", 5, "a hundred a request, one caller", higher=True)
    yield Figure("decision.http_hundred", p50, "ms", 10, f"p50 of {len(batch)} requests of a hundred")


@contextmanager
def served() -> Iterator[tuple[int, list[str], Callable[[], float]]]:
    """A server process over a system with some people: its port, their ids, and the seconds of a core it has used."""
    with tempfile.TemporaryDirectory() as home:
        app, people = crowd.town(Path(home), _PEOPLE)
        app.engine.dispose()
        port = _free_port()
        key = f"{_KEY}:{hashlib.sha256(_KEY.encode()).hexdigest()}"
        environment = {**os.environ, "TROTH_HOME": home, "TROTH_API_KEYS": key, "TROTH_DATABASE_URL": ""}
        program = [str(Path(sys.executable).with_name("troth")), "up", "--port", str(port)]
        server = subprocess.Popen(program, env=environment, stdout=subprocess.DEVNULL)
        try:
            _await(port)
            yield port, list(people), lambda: _used(server.pid)
        finally:
            server.terminate()
            server.wait()


async def _called(port: int, requests: list[bytes], callers: int, seconds: float) -> list[float]:
    """How long each answer took while so many callers asked one request after the other."""
    until = time.perf_counter() + seconds
    each = await asyncio.gather(*(_caller(port, requests[number::callers], until) for number in range(callers)))
    return [took for one in each for took in one]


async def _caller(port: int, requests: list[bytes], until: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    while time.perf_counter() < until:
        for request in requests:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(_length(head))
            took.append(time.perf_counter() - started)
            if time.perf_counter() >= until:
                break
    writer.close()
    return took


def _length(head: bytes) -> int:
    start = head.lower().index(b"content-length:") + len(b"content-length:")
    return int(head[start : head.index(b"\r\n", start)])


def _request(path: str, value: object) -> bytes:
    body = json.dumps(value).encode()
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {_KEY}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def _used(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _await(port: int, tries: int = 600) -> None:
    for _ in range(tries):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.1).close()
        except OSError:
            subprocess.run(["sleep", "0.1"], check=True)
        else:
            return
    raise TimeoutError(port)


BENCHMARKS: Mapping[str, Measure] = {
    "decision.http_single,decision.http_batched,decision.http_hundred": over_http,
}
