"""Nobody answers for personal data by name."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "no person or department is named that answers for personal data",
        "zh": "没有写明负责个人信息保护的人员或部门",
    },
    hint={
        "en": "name it under `controller.officer`",
        "zh": "请在`controller.officer`中写明",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The controller names no person or department that answers for personal data."""
    if policy.controller.officer is None:
        yield SAYS.at("controller")


RULE = Rule("officer-unnamed", "note", find)
