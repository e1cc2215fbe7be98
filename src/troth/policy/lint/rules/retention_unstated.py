"""Data is kept as long as needed, and nobody says how long that is."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A retention line has no figure: it is `unstated`, or only an event in words ends it."""
    for line in policy.retention.values():
        if line.period is None or line.period == "unstated":
            yield Found(
                f"retention.{line.id}",
                f"`{line.id}` is kept for no stated time",
                "state a period, such as `for: 3 years`; `until` may say from when",
            )


RULE = Rule("retention-unstated", "warning", find)
