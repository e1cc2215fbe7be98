"""An item is necessary and optional at once."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{item}` is both necessary and optional for `{function}`",
        "zh": "`{item}`对`{function}`既是必要信息又是可选信息",
    },
    hint={
        "en": "keep it in `needs` or in `optional`",
        "zh": "只保留在`needs`或`optional`之一",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A function both needs an item and offers it as optional."""
    for function in policy.functions.values():
        for item in sorted({*function.needs} & {*function.optional}):
            yield SAYS.at(f"functions.{function.id}.optional", item=item, function=function.id)


RULE = Rule("necessary-and-optional", "error", find)
