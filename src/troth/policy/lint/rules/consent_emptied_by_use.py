"""Use is consent, and so asking for consent means nothing."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.sections.words import at_least

SAYS = Wording(
    says={
        "en": "`{clause}` asks for consent, but using the product already counts as consent to everything",
        "zh": "`{clause}`要求同意，但使用产品即已视为同意一切",
    },
    hint={
        "en": "drop `use` from `deemed`, so that the consent means something",
        "zh": "从`deemed`中删去`use`，同意才有意义",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`deemed` names use, and functions or lines ask for consent."""
    if "use" not in policy.deemed:
        return
    asking = [f"functions.{each.id}" for each in policy.functions.values() if at_least(each.grade, "general")]
    asking += [f"flows.{each.id}" for each in policy.flows.values() if at_least(each.grade, "general")]
    for clause in asking:
        yield SAYS.at(clause, clause=clause)


RULE = Rule("consent-emptied-by-use", "warning", find)
