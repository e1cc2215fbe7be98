"""Whoever takes over the data takes over no duty."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A recipient of kind `successor` has no `terms`."""
    for recipient in policy.recipients.values():
        if recipient.kind == "successor" and not recipient.terms:
            yield Found(
                f"recipients.{recipient.id}",
                f"nothing binds `{recipient.id}`, who may take over everything",
                "say under `terms` that the successor stays bound, or must ask for consent again",
            )


RULE = Rule("successor-unbound", "warning", find)
