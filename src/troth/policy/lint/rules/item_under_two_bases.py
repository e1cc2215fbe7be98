"""The same item needs consent in one place, and no ground at all in another."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{function}` takes {both} on no stated ground, while other functions ask consent for it",
        "zh": "`{function}`在未写明依据的情况下使用{both}，而其他功能为此征求同意",
    },
    hint={
        "en": "state the basis, or ask for the same consent",
        "zh": "写明处理依据，或同样征求同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """An item is used on consent by one function and on an unstated basis by another."""
    asked = _items(policy, "consent")
    for function in policy.functions.values():
        both = sorted(asked.intersection((*function.needs, *function.optional)))
        if function.basis == "unstated" and both:
            yield SAYS.at(f"functions.{function.id}", function=function.id, both=both)


def _items(policy: Policy, basis: str) -> set[str]:
    of = [function for function in policy.functions.values() if function.basis == basis]
    return {item for function in of for item in (*function.needs, *function.optional)}


RULE = Rule("item-under-two-bases", "warning", find)
