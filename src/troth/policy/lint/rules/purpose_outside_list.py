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
USED = Wording(
    says={
        "en": "`{purpose}` is a use of what is collected, and none of the purposes that it is collected for",
        "zh": "所收集的信息用于`{purpose}`，而收集目的中并无此项",
    },
    hint={
        "en": "name it where the collection is told, or say with `part_of` which of its purposes it serves",
        "zh": "在说明收集目的处写明，或以`part_of`写明它服务于其中哪一项",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A purpose is neither in `only_purposes` nor part of one that is; or a line uses for it what a line collects for
    other purposes."""
    if policy.only_purposes:
        for purpose in policy.purposes:
            if not _chain(policy, purpose) & {*policy.only_purposes}:
                yield SAYS.at(f"purposes.{purpose}", purpose=purpose)
        return
    for purpose in sorted(_used_beyond(policy)):
        yield USED.at(f"purposes.{purpose}", purpose=purpose)


def _used_beyond(policy: Policy) -> set[str]:
    """The purposes of lines that use items beyond the purposes of the lines that collect any of them."""
    collecting = [
        ({*policy.items_in(line.items)}, {*line.purposes})
        for line in policy.flows.values()
        if line.action == "collect" and line.purposes
    ]
    beyond: set[str] = set()
    for line in policy.flows.values():
        if collecting and line.action == "use":
            used = {*policy.items_in(line.items)}
            told = {purpose for items, purposes in collecting if items & used for purpose in purposes}
            beyond |= {purpose for purpose in line.purposes if told and not _chain(policy, purpose) & told}
    return beyond


def _chain(policy: Policy, purpose: str) -> set[str]:
    chain: set[str] = set()
    each: str | None = purpose
    while each is not None and each not in chain:
        chain.add(each)
        each = policy.purposes[each].part_of
    return chain


RULE = Rule("purpose-outside-list", "warning", find)
