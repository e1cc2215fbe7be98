"""A machine decides alone, and nobody may refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A function decides by automated means alone, and the policy gives no right to object."""
    if "objection" in policy.rights:
        return
    for function in policy.functions.values():
        if function.automated:
            yield Found(
                f"functions.{function.id}.automated",
                f"`{function.id}` decides by automated means alone, and no right to refuse such a decision is given",
                "add `rights.objection`, beside an explanation",
            )


RULE = Rule("automated-without-refusal", "warning", find)
