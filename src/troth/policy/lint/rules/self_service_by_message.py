"""What a person is said to do alone is a message to the staff."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A right that is called one's own doing has no channel of one's own."""
    for right in policy.rights.values():
        if right.by_yourself and not {"self-service", "website"}.intersection(right.by):
            yield Found(
                f"rights.{right.id}.by",
                f"`{right.id}` is called something that one does oneself, but the way is {quoted(right.by)}",
                "offer it in the product, or do not call it self-service",
            )


RULE = Rule("self-service-by-message", "warning", find)
