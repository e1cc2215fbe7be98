"""An exemption has run out, by its own words."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{exemption}` ended on {until}, and the text of {updated} still relies on it",
        "zh": "`{exemption}`已于{until}届满，而{updated}的文本仍以其为据",
    },
    hint={
        "en": "drop the exemption, or state the law that extended it and its new end",
        "zh": "删去该例外，或写明延长它的法律及新的届满日",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """An exemption's `until` is not after the day on which the policy was last updated."""
    for exemption in policy.exemptions.values():
        if exemption.until is not None and exemption.until <= policy.updated:
            yield SAYS.at(
                f"exemptions.{exemption.id}.until",
                exemption=exemption.id,
                until=exemption.until,
                updated=policy.updated,
            )


RULE = Rule("exemption-expired", "warning", find)
