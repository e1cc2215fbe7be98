"""An item is necessary and optional at once."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A function both needs an item and offers it as optional."""
    for function in policy.functions.values():
        for item in sorted({*function.needs} & {*function.optional}):
            yield Found(
                f"functions.{function.id}.optional",
                f"`{item}` is both necessary and optional for `{function.id}`",
                "keep it in `needs` or in `optional`",
            )


RULE = Rule("necessary-and-optional", "error", find)
