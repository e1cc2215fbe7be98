"""The list of items ends in `and other information`."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A function says `open_list: true`."""
    for function in policy.functions.values():
        if function.open_list:
            yield Found(
                f"functions.{function.id}.open_list",
                f"the items of `{function.id}` are an open list, so nobody knows what is collected",
                "name every item; what is not listed is refused anyway",
            )


RULE = Rule("item-list-open", "warning", find)
