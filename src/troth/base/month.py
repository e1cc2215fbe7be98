"""A month without a day, for texts that name no more."""

from __future__ import annotations

from datetime import date


class Month(date):
    """The first day of a month of which nothing else is known: it compares as that day, and is shown as the month."""

    @property
    def written(self) -> str:
        """The month as it is written in a policy: `2026-03`."""
        return f"{self.year:04}-{self.month:02}"
