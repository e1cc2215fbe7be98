"""The journal's time goes forward only, whatever the clocks of the machines that write to it do."""

from __future__ import annotations

from datetime import datetime, timedelta

from troth.base.errors import UnavailableError

TOLERANCE = timedelta(minutes=5)
"""Two machines may differ a little, and a writer reads the clock before it waits for its turn."""


def not_before(last: datetime | None, now: datetime) -> datetime:
    """The instant of the next entry after one at `last`: `now`, or `last` if that is a little later.

    Raises UnavailableError `journal.clock-backwards` if `now` is behind by more than the tolerance.
    """
    if last is None or now >= last:
        return now
    if last - now > TOLERANCE:
        behind = int((last - now).total_seconds())
        raise UnavailableError(
            "journal.clock-backwards",
            f"the clock is `{behind}` seconds behind the last entry of the journal",
            hint="set the machine's clock right; nothing was written",
        )
    return last
