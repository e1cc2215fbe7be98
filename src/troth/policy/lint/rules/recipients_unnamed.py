"""Data goes to a group of others, and nobody can tell who they are."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_GROUPS = frozenset({"partner", "provider", "processor", "research", "controller"})


def find(policy: Policy) -> Iterator[Found]:
    """A partner, provider, processor, research body or controller with no members, no policy and no list of items."""
    for recipient in policy.recipients.values():
        if recipient.kind in _GROUPS and not (recipient.members or recipient.link or recipient.receives):
            yield Found(
                f"recipients.{recipient.id}",
                f"nothing tells who `{recipient.id}` are or what they receive",
                "list them under `members`, link their policy, or say what they receive",
            )


RULE = Rule("recipients-unnamed", "note", find)
