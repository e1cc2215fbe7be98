"""The app asks the phone for something, and nothing says what for."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A permission is bound to no function."""
    for permission in policy.permissions.values():
        if not permission.functions:
            yield Found(
                f"permissions.{permission.id}",
                f"the permission `{permission.id}` serves no function",
                "name the function under `for`, or drop the permission",
            )


RULE = Rule("permission-without-function", "warning", find)
