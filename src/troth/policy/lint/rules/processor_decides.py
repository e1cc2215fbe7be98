"""It calls itself a processor and decides what data is for."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """The controller is called a processor, and the policy states purposes of its own."""
    if policy.controller.role == "processor" and policy.purposes:
        yield Found(
            "controller.role",
            f"a processor decides no purposes, but the policy states {len(policy.purposes)}",
            "name the controller on whose behalf it works, or drop `role: processor`",
        )


RULE = Rule("processor-decides", "warning", find)
