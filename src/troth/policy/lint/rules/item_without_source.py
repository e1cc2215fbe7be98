"""An item is used, and nothing says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{item}` is used, but nothing says where it is collected",
        "zh": "使用了`{item}`，但未说明从何处收集",
    },
    hint={
        "en": "add `sources`, to it or to its category",
        "zh": "为其本身或所属类别补充`sources`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Other items state their source and this one, which a function takes, does not."""
    if not any(item.sources for item in policy.items.values()):
        return
    taken = {item for function in policy.functions.values() for item in (*function.needs, *function.optional)}
    for item in policy.items.values():
        if item.id in taken and not item.sources:
            yield SAYS.at(f"items.{item.id}", item=item.id)


RULE = Rule("item-without-source", "note", find)
