"""Data goes to affiliates that nobody can name."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A recipient of kind `affiliate` has no members."""
    for recipient in policy.recipients.values():
        if recipient.kind == "affiliate" and not recipient.members:
            yield Found(
                f"recipients.{recipient.id}",
                f"`{recipient.id}` are affiliates, but none is named",
                "list them under `members`",
            )


RULE = Rule("affiliates-unnamed", "warning", find)
