"""Consent can be taken back, but nothing says what then happens."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A function rests on consent and states no `withdrawn`."""
    for function in policy.functions.values():
        if function.basis == "consent" and function.withdrawn is None:
            yield Found(
                f"functions.{function.id}",
                f"`{function.id}` rests on consent but does not say what withdrawing it stops",
                "add `withdrawn: stop function and processing`",
            )


RULE = Rule("withdrawal-undefined", "warning", find)
