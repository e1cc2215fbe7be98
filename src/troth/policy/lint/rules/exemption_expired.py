"""An exemption has run out, by its own words."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """An exemption's `until` is not after the day on which the policy was last updated."""
    for exemption in policy.exemptions.values():
        if exemption.until is not None and exemption.until <= policy.updated:
            yield Found(
                f"exemptions.{exemption.id}.until",
                f"`{exemption.id}` ended on {exemption.until}, and the text of {policy.updated} still relies on it",
                "drop the exemption, or state the law that extended it and its new end",
            )


RULE = Rule("exemption-expired", "warning", find)
