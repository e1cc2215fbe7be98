"""Whoever takes over the data takes over no duty."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "nothing binds `{recipient}`, who may take over everything",
        "zh": "`{recipient}`可能接手一切，却不受任何约束",
    },
    hint={
        "en": "say under `terms` that the successor stays bound, or must ask for consent again",
        "zh": "在`terms`中写明承继者继续受约束，或须重新征得同意",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A recipient of kind `successor` has no `terms`."""
    for recipient in policy.recipients.values():
        if recipient.kind == "successor" and not recipient.terms:
            yield SAYS.at(f"recipients.{recipient.id}", recipient=recipient.id)


RULE = Rule("successor-unbound", "warning", find)
