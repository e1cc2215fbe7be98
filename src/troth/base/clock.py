"""Time as a value: one reading per operation, handed down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The only source of time; always aware, always UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...


class SettableClock:
    """A clock that stands still until it is told to move; for rehearsals and stories."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant it was last set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Move to `at`, forwards or backwards."""
        self._at = at.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move by `by`."""
        self._at += by
