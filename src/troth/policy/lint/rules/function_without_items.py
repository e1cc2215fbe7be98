"""A function that handles nothing."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A function neither needs an item nor offers one."""
    for function in policy.functions.values():
        if not function.needs and not function.optional:
            yield Found(
                f"functions.{function.id}",
                f"`{function.id}` has neither necessary nor optional items",
                "list what it needs, or leave the function out",
            )


RULE = Rule("function-without-items", "note", find)
