"""The only way to refuse is to leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says
from troth.policy.model import Policy

_LEAVING = re.compile(
    r"注销|退出登录|停止使用|卸载|log out|sign out|close (your|the) account|delete (your|the) account"
    r"|stop using|uninstall",
    re.IGNORECASE,
)

_HINT: Text = {"en": "offer a way to refuse it and stay", "zh": "请提供拒绝后仍可继续使用的方式"}
TECHNOLOGY = Wording(
    says={
        "en": "`{technology}` can be refused only by leaving",
        "zh": "要拒绝`{technology}`，只能不再使用服务",
    },
    hint=_HINT,
)
CHANGE = Wording(
    says={
        "en": "a change can be refused only by leaving",
        "zh": "要拒绝变更，只能不再使用服务",
    },
    hint=_HINT,
)


def find(policy: Policy) -> Iterator[Found]:
    """Every way to refuse a technology, or what refusing a change means, is to give up the service."""
    for technology in policy.technologies.values():
        if technology.refuse_by and all(says(way, _LEAVING) for way in technology.refuse_by.values()):
            yield TECHNOLOGY.at(f"technologies.{technology.id}.refuse_by", technology=technology.id)
    means = policy.changes.refuse_means
    if means is not None and says(means, _LEAVING):
        yield CHANGE.at("changes.refuse_means")


RULE = Rule("refusal-by-leaving", "warning", find)
