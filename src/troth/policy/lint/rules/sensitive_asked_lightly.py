"""Sensitive data is asked for together with everything else."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.words import grade_words
from troth.policy.model import Function, Policy, at_least

SAYS = Wording(
    says={
        "en": "`{function}` takes the sensitive {items} with a consent that is only {grade}",
        "zh": "`{function}`收集敏感的{items}，所征得的却只是{grade}",
    },
    hint={
        "en": "ask for it with `grade: separate`",
        "zh": "改为`grade: separate`征得单独同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Under a regime that asks for a separate consent, a function takes sensitive items with a lesser one."""
    if "cn" not in policy.regimes:
        return
    for function in policy.functions.values():
        items = _sensitive(policy, function)
        if items and function.basis == "consent" and not at_least(function.grade, "separate"):
            yield SAYS.at(
                f"functions.{function.id}.grade", function=function.id, items=items, grade=grade_words(function.grade)
            )


def _sensitive(policy: Policy, function: Function) -> list[str]:
    return sorted(item for item in {*function.needs, *function.optional} if policy.items[item].sensitive)


RULE = Rule("sensitive-asked-lightly", "warning", find)
