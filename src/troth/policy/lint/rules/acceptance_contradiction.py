"""Acceptance needs an act, and yet silence is called acceptance."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """Acceptance is `explicit`, but `deemed` lists what else the text takes for it."""
    if policy.acceptance == "explicit" and policy.deemed:
        yield Found(
            "deemed",
            f"acceptance must be explicit, and yet {quoted(policy.deemed)} counts as acceptance",
            "drop `deemed`, or write `acceptance: deemed`; until then only an explicit act counts",
        )


RULE = Rule("acceptance-contradiction", "warning", find)
