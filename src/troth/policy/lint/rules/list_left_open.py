"""A list ends in "and so on"."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A clause is named under `open`."""
    for clause in policy.open:
        yield Found(
            clause,
            f"the list `{clause}` is left open, so nobody knows what else it stands for",
            "write the list out, then drop it from `open`; what is not listed is not allowed anyway",
        )


RULE = Rule("list-left-open", "warning", find)
