"""The same item needs consent in one place, and no ground at all in another."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """An item is used on consent by one function and on an unstated basis by another."""
    asked = _items(policy, "consent")
    for function in policy.functions.values():
        both = sorted(asked.intersection((*function.needs, *function.optional)))
        if function.basis == "unstated" and both:
            yield Found(
                f"functions.{function.id}",
                f"`{function.id}` takes {quoted(both)} on no stated ground, while other functions ask consent for it",
                "state the basis, or ask for the same consent",
            )


def _items(policy: Policy, basis: str) -> set[str]:
    of = [function for function in policy.functions.values() if function.basis == basis]
    return {item for function in of for item in (*function.needs, *function.optional)}


RULE = Rule("item-under-two-bases", "warning", find)
