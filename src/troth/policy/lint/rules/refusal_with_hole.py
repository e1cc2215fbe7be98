"""Whoever says no is told where the no does not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says
from troth.policy.model import Policy

_REFUSALS = ("objection", "opt-out", "withdrawal", "limit", "restriction")
_NOT_THERE = re.compile(
    r"\b(does|do|will|shall) not (apply|extend|cover)\b|\bexcept(ed)? from\b|不适用于|不包括|不涵盖", re.IGNORECASE
)

SAYS = Wording(
    says={
        "en": "`{name}` does not reach some of the data, so that this may still be used for what was refused",
        "zh": "`{name}`管不到其中一部分信息，这些信息仍可能被用于已拒绝的用途",
    },
    hint={
        "en": "let the refusal reach all data, or say for which other purposes the rest is kept",
        "zh": "让拒绝适用于全部信息，或写明其余信息为哪些其他目的而保留",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """An effect of objecting, opting out, withdrawing or restricting says to what it does not apply."""
    for name in _REFUSALS:
        right = policy.rights.get(name)
        effects = right.effects if right is not None else {}
        for effect, text in effects.items():
            if says(text, _NOT_THERE):
                yield SAYS.at(f"rights.{name}.effects.{effect}", name=name)


RULE = Rule("refusal-with-hole", "warning", find)
