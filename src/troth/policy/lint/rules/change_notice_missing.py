"""Changes are told, and nothing says how long before they bind."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`changes` tells people of a change and states no `notice`."""
    if policy.changes.tell and policy.changes.notice is None:
        yield Found(
            "changes",
            "changes are told, but nothing says how long before they take effect",
            "state a period under `changes.notice`, such as `30 days`",
        )


RULE = Rule("change-notice-missing", "note", find)
