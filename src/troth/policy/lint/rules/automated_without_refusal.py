"""A machine decides alone, and nobody may refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{function}` decides by automated means alone, and no right to refuse such a decision is given",
        "zh": "`{function}`完全由系统自动作出决定，却没有赋予拒绝此类决定的权利",
    },
    hint={
        "en": "add `rights.objection`, beside an explanation",
        "zh": "除说明之外，请增加`rights.objection`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A function decides by automated means alone, and the policy gives no right to object."""
    if "objection" in policy.rights:
        return
    for function in policy.functions.values():
        if function.automated:
            yield SAYS.at(f"functions.{function.id}.automated", function=function.id)


RULE = Rule("automated-without-refusal", "warning", find)
