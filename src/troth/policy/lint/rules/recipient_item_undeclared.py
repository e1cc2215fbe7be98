"""A recipient gets what nobody was told is collected for that."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.sections.parties import Recipient

SAYS = Wording(
    says={
        "en": "`{recipient}` receives {undeclared}, which no function that it serves handles",
        "zh": "`{recipient}`接收{undeclared}，而其服务的功能都不处理这些信息",
    },
    hint={
        "en": "let the function need these items, or stop passing them on",
        "zh": "让相应功能需要这些信息项，或停止提供",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A recipient receives an item that no function which shares with it, or serves its purposes, handles."""
    for recipient in policy.recipients.values():
        undeclared = sorted({*recipient.receives} - _handled(policy, recipient))
        if undeclared:
            yield SAYS.at(f"recipients.{recipient.id}.receives", recipient=recipient.id, undeclared=undeclared)


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
