"""One unit of work: a transaction, an instant and a source of randomness, handed to every use case."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

Entropy = Callable[[int], bytes]
"""Gives so many random bytes; the real one is built in `app`, tests pass a seeded one."""

_ID_BYTES = 10  # 80 bits: no two collide, and nobody guesses one


@dataclass(frozen=True)
class Work:
    """What a use case needs of the world.

    `db` is inside a transaction that the caller commits; `at` is read once for the whole operation, so that
    everything written by it carries the same instant.
    """

    db: Connection
    at: datetime
    entropy: Entropy

    def new_id(self, prefix: str) -> str:
        """A fresh identifier such as `req-4f2k…`: lower-case base32, unguessable, safe in URLs."""
        return f"{prefix}-{base64.b32encode(self.entropy(_ID_BYTES)).decode().lower()}"


Begin = Callable[[], AbstractContextManager[Work]]
"""Opens a unit of work that commits at the end of the block and rolls back on an exception."""
