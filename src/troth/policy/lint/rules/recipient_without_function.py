"""Somebody receives data, but no function shares with them."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "nothing shares with `{recipient}`, so everything it receives is refused",
        "zh": "没有任何功能与`{recipient}`共享，因此其接收的一切都会被拒绝",
    },
    hint={
        "en": "add it to `shares` of a function, or state its `basis` and `for`",
        "zh": "把它加入某项功能的`shares`，或写明其`basis`和`for`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A recipient lists items, and no function or flow line passes anything on to it, nor does it state a basis."""
    reached = {name for function in policy.functions.values() for name in function.shares}
    reached.update(name for line in policy.flows.values() for name in line.to)
    reached.update(name for matrix in policy.matrices.values() for names in matrix.to.values() for name in names)
    for recipient in policy.recipients.values():
        if recipient.receives and recipient.basis is None and recipient.id not in reached:
            yield SAYS.at(f"recipients.{recipient.id}", recipient=recipient.id)


RULE = Rule("recipient-without-function", "warning", find)
