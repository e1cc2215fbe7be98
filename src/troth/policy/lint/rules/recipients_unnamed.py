"""Data goes to a group of others, and nobody can tell who they are."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_GROUPS = frozenset({"partner", "provider", "processor", "research", "controller"})

SAYS = Wording(
    says={
        "en": "nothing tells who `{recipient}` are or what they receive",
        "zh": "未说明`{recipient}`是谁、接收什么",
    },
    hint={
        "en": "list them under `members`, link their policy, or say what they receive",
        "zh": "在`members`中列出、链接其隐私政策，或写明其接收的信息",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A partner, provider, processor, research body or controller with no members, no policy and no list of items."""
    for recipient in policy.recipients.values():
        if recipient.kind in _GROUPS and not (recipient.members or recipient.link or recipient.receives):
            yield SAYS.at(f"recipients.{recipient.id}", recipient=recipient.id)


RULE = Rule("recipients-unnamed", "note", find)
