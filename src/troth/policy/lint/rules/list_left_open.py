"""A list ends in "and so on"."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the list `{clause}` is left open, so nobody knows what else it stands for",
        "zh": "清单`{clause}`没有写完，无从得知还包括什么",
    },
    hint={
        "en": "write the list out, then drop it from `open`; what is not listed is not allowed anyway",
        "zh": "把清单写全，再从`open`中删去；未列明的本来就不允许",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A clause is named under `open`."""
    for clause in policy.open:
        yield SAYS.at(clause, clause=clause)


RULE = Rule("list-left-open", "warning", find)
