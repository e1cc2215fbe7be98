"""The app asks the phone for something, and nothing says what for."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the permission `{permission}` serves no function",
        "zh": "权限`{permission}`不服务于任何功能",
    },
    hint={
        "en": "name the function under `for`, or drop the permission",
        "zh": "请在`for`中写明功能，或删去该权限",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A permission is bound to no function."""
    for permission in policy.permissions.values():
        if not permission.functions:
            yield SAYS.at(f"permissions.{permission.id}", permission=permission.id)


RULE = Rule("permission-without-function", "warning", find)
