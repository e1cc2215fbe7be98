"""Nobody answers for personal data by name."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """The controller names no person or department that answers for personal data."""
    if policy.controller.officer is None:
        yield Found(
            "controller",
            "no person or department is named that answers for personal data",
            "name it under `controller.officer`",
        )


RULE = Rule("officer-unnamed", "note", find)
