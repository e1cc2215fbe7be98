"""A right is announced, and nothing says how to use it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{right}` is announced, but nothing says how to use it",
        "zh": "宣布了`{right}`，却未说明如何行使",
    },
    hint={
        "en": "add `by: …`, or the way through the product under `path`",
        "zh": "请补充`by: …`，或在`path`中写明产品内的路径",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A right has neither a channel nor a path."""
    for right in policy.rights.values():
        if not right.by and right.path is None:
            yield SAYS.at(f"rights.{right.id}", right=right.id)


RULE = Rule("right-without-procedure", "warning", find)
