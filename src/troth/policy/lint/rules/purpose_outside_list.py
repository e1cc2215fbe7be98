"""The policy names its only purposes, and then has more."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{purpose}` is none of the purposes that the policy calls its only ones",
        "zh": "`{purpose}`不在政策所称的仅有目的之列",
    },
    hint={
        "en": "add it to `only_purposes`, or say with `part_of` which of them it serves",
        "zh": "加入`only_purposes`，或以`part_of`写明它服务于其中哪一项",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`only_purposes` is there, and a purpose is neither in it nor part of one that is."""
    if not policy.only_purposes:
        return
    for purpose in policy.purposes:
        if not _chain(policy, purpose) & {*policy.only_purposes}:
            yield SAYS.at(f"purposes.{purpose}", purpose=purpose)


def _chain(policy: Policy, purpose: str) -> set[str]:
    chain: set[str] = set()
    each: str | None = purpose
    while each is not None and each not in chain:
        chain.add(each)
        each = policy.purposes[each].part_of
    return chain


RULE = Rule("purpose-outside-list", "warning", find)
