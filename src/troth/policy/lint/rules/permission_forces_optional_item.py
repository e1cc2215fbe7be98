"""What is optional has to be given through a permission."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A required permission reads an item that some function calls optional."""
    optional = {item for function in policy.functions.values() for item in function.optional}
    for permission in policy.permissions.values():
        forced = sorted(optional.intersection(permission.reads))
        if permission.required and forced:
            yield Found(
                f"permissions.{permission.id}.required",
                f"the required permission `{permission.id}` reads {quoted(forced)}, which is optional",
                "do not require the permission, or call the item necessary",
            )


RULE = Rule("permission-forces-optional-item", "warning", find)
