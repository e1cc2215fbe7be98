"""The only reader of the machine's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from troth.base.clock import Clock


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)  # noqa: TID251  # this is the one place


class ShiftedClock:
    """Runs at the pace of another clock, from a start of one's own; a rehearsed world that goes on living."""

    def __init__(self, running: Clock, start: datetime) -> None:
        self._running = running
        self._shift: timedelta = start - running.now()

    def now(self) -> datetime:
        """The start plus what has passed since."""
        return self._running.now() + self._shift
