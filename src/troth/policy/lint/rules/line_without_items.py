"""Data may be passed on, and nothing says which."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_OUTWARD = frozenset({"share", "transfer", "disclose", "sell", "publish"})


def find(policy: Policy) -> Iterator[Found]:
    """A flow line passes data on without consent and names no items, so that it reads as any."""
    for line in policy.flows.values():
        if line.action in _OUTWARD and line.basis != "consent" and not line.items:
            yield Found(
                f"flows.{line.id}",
                f"`{line.id}` names no items, so it reads as any and allows none",
                "list the items or categories under `items`",
            )


RULE = Rule("line-without-items", "warning", find)
