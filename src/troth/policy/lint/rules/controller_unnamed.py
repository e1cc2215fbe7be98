"""Nobody is named who promises."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """The text itself does not say which company the policy is of."""
    if "controller" in policy.unstated:
        yield Found(
            "controller.name",
            "the text does not say which company promises, so nobody can be held to it",
            "name the company with its legal form, then drop it from `unstated`",
        )


RULE = Rule("controller-unnamed", "warning", find)
