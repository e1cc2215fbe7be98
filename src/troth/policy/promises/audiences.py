"""What is promised to everybody, and what to one audience beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from troth.policy.model import Policy
from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller
from troth.policy.rule_sets import address, own_part, rule_set


def general(policy: Policy) -> Policy:
    """The policy as everybody reads it."""
    return rule_set(policy)


def find(policy: Policy, topics: Sequence[Callable[[Teller], Iterator[Derived]]]) -> Iterator[Derived]:
    """What each rule set says itself, at the clauses of the whole policy."""
    for name in sorted(policy.rule_sets):
        teller = Teller(own_part(policy, name))
        for derived in (each for topic in topics for each in topic(teller)):
            clause = address(policy, name, derived.clause)
            if clause != derived.clause:
                yield replace(derived, clause=clause)
