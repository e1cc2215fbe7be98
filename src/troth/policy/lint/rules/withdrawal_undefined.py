"""Consent can be taken back, but nothing says what then happens."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{function}` rests on consent but does not say what withdrawing it stops",
        "zh": "`{function}`以同意为依据，却未说明撤回同意会停止什么",
    },
    hint={
        "en": "add `withdrawn: stop function and processing`",
        "zh": "请补充`withdrawn: stop function and processing`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A function rests on consent and states no `withdrawn`."""
    for function in policy.functions.values():
        if function.basis == "consent" and function.withdrawn is None:
            yield SAYS.at(f"functions.{function.id}", function=function.id)


RULE = Rule("withdrawal-undefined", "warning", find)
