"""What is optional has to be given through a permission."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the required permission `{permission}` reads {forced}, which is optional",
        "zh": "必须授予的权限`{permission}`会读取{forced}，而它是可选的",
    },
    hint={
        "en": "do not require the permission, or call the item necessary",
        "zh": "不要强制要求该权限，或把该信息项改为必要",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A required permission reads an item that some function calls optional."""
    optional = {item for function in policy.functions.values() for item in function.optional}
    for permission in policy.permissions.values():
        forced = sorted(optional.intersection(permission.reads))
        if permission.required and forced:
            yield SAYS.at(f"permissions.{permission.id}.required", permission=permission.id, forced=forced)


RULE = Rule("permission-forces-optional-item", "warning", find)
