"""Somebody receives data, but no function shares with them."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A recipient lists items, and no function or flow line passes anything on to it, nor does it state a basis."""
    reached = {name for function in policy.functions.values() for name in function.shares}
    reached.update(name for line in policy.flows.values() for name in line.to)
    reached.update(name for matrix in policy.matrices.values() for names in matrix.to.values() for name in names)
    for recipient in policy.recipients.values():
        if recipient.receives and recipient.basis is None and recipient.id not in reached:
            yield Found(
                f"recipients.{recipient.id}",
                f"nothing shares with `{recipient.id}`, so everything it receives is refused",
                "add it to `shares` of a function, or state its `basis` and `for`",
            )


RULE = Rule("recipient-without-function", "warning", find)
