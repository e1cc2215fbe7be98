"""People below an age are treated differently, but no age is ever known."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`minors` draws a line, and no function needs an item that tells the age."""
    if policy.minors is None:
        return
    needed = {item for function in policy.functions.values() for item in function.needs}
    if not any(policy.items[item].tells == "age" for item in needed):
        yield Found(
            "minors",
            f"people below {policy.minors.below} are treated differently, but no function needs an item that tells age",
            "let a function need an item with `tells: age`, or say how the age is found out",
        )


RULE = Rule("age-rule-without-age", "warning", find)
