"""Leaving out an optional item is not free after all."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy
from troth.policy.sections.data import Function

_VERIFIES = {"verified.phone": "phone", "verified.email": "email"}


def find(policy: Policy) -> Iterator[Found]:
    """An optional item is needed by another function of the purpose, or by a fact that some function waits for."""
    for function in policy.functions.values():
        for item in function.optional:
            yield from _needed_beside(policy, function, item)
    yield from _verified(policy)


def _needed_beside(policy: Policy, function: Function, item: str) -> Iterator[Found]:
    for other in policy.functions.values():
        if other.id != function.id and other.purpose == function.purpose and item in other.needs:
            yield Found(
                f"functions.{function.id}.optional",
                f"`{item}` is optional for `{function.id}` but necessary for `{other.id}`, which has the same purpose",
                "make it optional in both, or necessary in both",
            )


def _verified(policy: Policy) -> Iterator[Found]:
    needed = {item for function in policy.functions.values() for item in function.needs}
    told = {policy.items[item].tells for item in needed}
    for function in policy.functions.values():
        for fact in function.after:
            if fact in _VERIFIES and _VERIFIES[fact] not in told:
                yield Found(
                    f"functions.{function.id}.after",
                    f"`{function.id}` waits for `{fact}`, but no function needs what tells the {_VERIFIES[fact]}",
                    "let a function need the item, or do not wait for the fact",
                )


RULE = Rule("optional-item-as-gate", "warning", find)
