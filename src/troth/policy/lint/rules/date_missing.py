"""Nobody can tell of when the policy is."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """The text itself has no date."""
    if "updated" in policy.unstated:
        yield Found(
            "updated",
            "the text has no date, so nobody can tell which version was accepted",
            "state the day of the last change, then drop it from `unstated`",
        )


RULE = Rule("date-missing", "warning", find)
