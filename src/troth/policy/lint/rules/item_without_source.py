"""An item is used, and nothing says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """Other items state their source and this one, which a function takes, does not."""
    if not any(item.sources for item in policy.items.values()):
        return
    taken = {item for function in policy.functions.values() for item in (*function.needs, *function.optional)}
    for item in policy.items.values():
        if item.id in taken and not item.sources:
            yield Found(
                f"items.{item.id}",
                f"`{item.id}` is used, but nothing says where it is collected",
                "add `sources`, to it or to its category",
            )


RULE = Rule("item-without-source", "note", find)
