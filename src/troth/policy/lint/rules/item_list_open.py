"""The list of items ends in `and other information`."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the items of `{function}` are an open list, so nobody knows what is collected",
        "zh": "`{function}`的信息清单没有写完，无从得知究竟收集什么",
    },
    hint={
        "en": "name every item; what is not listed is refused anyway",
        "zh": "列出每一项信息；未列明的本来就会被拒绝",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A function says `open_list: true`."""
    for function in policy.functions.values():
        if function.open_list:
            yield SAYS.at(f"functions.{function.id}.open_list", function=function.id)


RULE = Rule("item-list-open", "warning", find)
