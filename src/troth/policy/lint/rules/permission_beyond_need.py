"""A permission must be given for data that nothing needs."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A required permission reads items that no function needs."""
    needed = {item for function in policy.functions.values() for item in function.needs}
    for permission in policy.permissions.values():
        if permission.required and permission.reads and not needed.intersection(permission.reads):
            yield Found(
                f"permissions.{permission.id}",
                f"`{permission.id}` must be granted, but no function needs {quoted(permission.reads)}",
                "drop `required: true`, or let the function that needs the item say so",
            )


RULE = Rule("permission-beyond-need", "warning", find)
