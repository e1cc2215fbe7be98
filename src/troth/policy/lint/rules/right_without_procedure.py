"""A right is announced, and nothing says how to use it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A right has neither a channel nor a path."""
    for right in policy.rights.values():
        if not right.by and right.path is None:
            yield Found(
                f"rights.{right.id}",
                f"`{right.id}` is announced, but nothing says how to use it",
                "add `by: …`, or the way through the product under `path`",
            )


RULE = Rule("right-without-procedure", "warning", find)
