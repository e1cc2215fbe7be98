"""Writes consents over HTTP as fast as asked, or as fast as they are answered, and says how long each took.

`python -m tests.support.consent_load PORT SUBJECTS CONNECTIONS SECONDS RATE` prints one JSON object; a rate of 0 means
as fast as it goes. It speaks the little HTTP/1.1 that it needs over raw connections, so that on a small machine it
leaves the processor to the server. At a given rate a request's time runs from when it was due, not from when it was
sent: a server that stalls is not excused for what it kept waiting.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

KEY = "a-key-for-loads"
FUNCTION = "push"
_CREATED = b"HTTP/1.1 201"


class Connection:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, body: bytes) -> tuple[bool, bytes]:
        """Send a choice; whether it was recorded, and the answer. Raises OSError or EOFError when nobody answers."""
        head, answer = await self.exchange(
            b"POST /api/v1/consents HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s" % (KEY.encode(), len(body), body)
        )
        return head.startswith(_CREATED), answer

    async def exchange(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a whole request as it is; the head of the answer, and its body."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.lower()
        start = lines.index(b"content-length:") + len(b"content-length:")
        length = int(lines[start : lines.index(b"\r\n", start)])
        return head, await self._reader.readexactly(length)

    def close(self) -> None:
        self._writer.close()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """A connection to the server on this machine."""
    connection = Connection(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield connection
    finally:
        connection.close()


def choice(subject: str) -> bytes:
    """What a program sends."""
    return json.dumps(
        {
            "subject": subject,
            "function": FUNCTION,
            "action": "give",
            "grade": "separate",
            "language": "en",
            "interface": "app",
        }
    ).encode()


@dataclass
class Seen:
    """What came of it."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def report(self, took: float) -> dict[str, float]:
        ordered = sorted(self.seconds)

        def quantile(part: float) -> float:
            return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else float("inf")

        return {
            "recorded": len(ordered),
            "failed": self.failed,
            "rate": len(ordered) / took,
            "p50": quantile(0.5),
            "p99": quantile(0.99),
        }


async def load(port: int, subjects: Iterator[str], connections: int, seconds: float, rate: float) -> dict[str, float]:
    """Send until the seconds are over; every choice is of the next subject."""
    seen, start = Seen(), time.perf_counter()
    turns = itertools.count()

    async def one() -> None:
        async with connected(port) as connection:
            while (now := time.perf_counter()) < start + seconds:
                due = start + next(turns) / rate if rate else now
                if due > now:
                    await asyncio.sleep(due - now)
                recorded, _ = await connection.post(choice(next(subjects)))
                if recorded:
                    seen.seconds.append(time.perf_counter() - due)
                else:
                    seen.failed += 1

    await asyncio.gather(*(one() for _ in range(connections)))
    return seen.report(time.perf_counter() - start)


def main() -> None:
    port, file, connections, seconds, rate = sys.argv[1:6]
    subjects = itertools.cycle(Path(file).read_text(encoding="utf-8").split())
    print(json.dumps(asyncio.run(load(int(port), subjects, int(connections), float(seconds), float(rate)))))


if __name__ == "__main__":
    main()
