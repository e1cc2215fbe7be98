"""The policy took effect before it was written."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`effective` lies before `updated`."""
    if policy.effective is not None and policy.effective < policy.updated:
        yield Found(
            "effective",
            f"in effect since {policy.effective}, but last changed on {policy.updated}",
            "let this version take effect on or after the day of its last change",
        )


RULE = Rule("effective-before-updated", "warning", find)
