"""A function that handles nothing."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{function}` has neither necessary nor optional items",
        "zh": "`{function}`既没有必要信息，也没有可选信息",
    },
    hint={
        "en": "list what it needs, or leave the function out",
        "zh": "列出其所需的信息，或删去该功能",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A function neither needs an item nor offers one."""
    for function in policy.functions.values():
        if not function.needs and not function.optional:
            yield SAYS.at(f"functions.{function.id}", function=function.id)


RULE = Rule("function-without-items", "note", find)
