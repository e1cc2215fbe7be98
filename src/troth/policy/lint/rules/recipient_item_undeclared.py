"""A recipient gets what nobody was told is collected for that."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy
from troth.policy.sections.parties import Recipient


def find(policy: Policy) -> Iterator[Found]:
    """A recipient receives an item that no function which shares with it, or serves its purposes, handles."""
    for recipient in policy.recipients.values():
        undeclared = sorted({*recipient.receives} - _handled(policy, recipient))
        if undeclared:
            yield Found(
                f"recipients.{recipient.id}.receives",
                f"`{recipient.id}` receives {quoted(undeclared)}, which no function that it serves handles",
                "let the function need these items, or stop passing them on",
            )


def _handled(policy: Policy, recipient: Recipient) -> set[str]:
    functions = [
        function
        for function in policy.functions.values()
        if recipient.id in function.shares or function.purpose in recipient.purposes
    ]
    items = {item for function in functions for item in (*function.needs, *function.optional)}
    for line in policy.flows.values():
        if recipient.id in line.to:
            items.update(policy.items_in(line.items))
    return items


RULE = Rule("recipient-item-undeclared", "warning", find)
