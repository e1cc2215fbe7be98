"""It calls itself a processor and decides what data is for."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "a processor decides no purposes, but the policy states {count}",
        "zh": "受托人不决定处理目的，政策却写了{count}个目的",
    },
    hint={
        "en": "name the controller on whose behalf it works, or drop `role: processor`",
        "zh": "写明其受谁委托，或删去`role: processor`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The controller is called a processor, and the policy states purposes of its own."""
    if policy.controller.role == "processor" and policy.purposes:
        yield SAYS.at("controller.role", count=len(policy.purposes))


RULE = Rule("processor-decides", "warning", find)
