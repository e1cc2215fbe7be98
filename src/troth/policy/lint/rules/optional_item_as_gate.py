"""Leaving out an optional item is not free after all."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.sections.data import Function

_VERIFIES = {"verified.phone": "phone", "verified.email": "email"}
_SAID = {
    "phone": {"en": "the phone", "zh": "能表明手机号码的信息项"},
    "email": {"en": "the email", "zh": "能表明电子邮箱的信息项"},
}

NEEDED_BESIDE = Wording(
    says={
        "en": "`{item}` is optional for `{function}` but necessary for `{other}`, which has the same purpose",
        "zh": "`{item}`对`{function}`是可选的，对目的相同的`{other}`却是必要的",
    },
    hint={
        "en": "make it optional in both, or necessary in both",
        "zh": "两处都改为可选，或都改为必要",
    },
)

WAITS = Wording(
    says={
        "en": "`{function}` waits for `{fact}`, but no function needs what tells {what}",
        "zh": "`{function}`以`{fact}`为前提，但没有任何功能需要{what}",
    },
    hint={
        "en": "let a function need the item, or do not wait for the fact",
        "zh": "让某项功能需要该信息项，或取消该前提",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """An optional item is needed by another function of the purpose, or by a fact that some function waits for."""
    for function in policy.functions.values():
        for item in function.optional:
            yield from _needed_beside(policy, function, item)
    yield from _verified(policy)


def _needed_beside(policy: Policy, function: Function, item: str) -> Iterator[Found]:
    for other in policy.functions.values():
        if other.id != function.id and other.purpose == function.purpose and item in other.needs:
            yield NEEDED_BESIDE.at(f"functions.{function.id}.optional", item=item, function=function.id, other=other.id)


def _verified(policy: Policy) -> Iterator[Found]:
    needed = {item for function in policy.functions.values() for item in function.needs}
    told = {policy.items[item].tells for item in needed}
    for function in policy.functions.values():
        for fact in function.after:
            if fact in _VERIFIES and _VERIFIES[fact] not in told:
                yield WAITS.at(
                    f"functions.{function.id}.after", function=function.id, fact=fact, what=_SAID[_VERIFIES[fact]]
                )


RULE = Rule("optional-item-as-gate", "warning", find)
