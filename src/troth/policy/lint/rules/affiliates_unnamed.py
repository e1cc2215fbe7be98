"""Data goes to affiliates that nobody can name."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{recipient}` are affiliates, but none is named",
        "zh": "`{recipient}`是关联公司，但一家也没有写明",
    },
    hint={
        "en": "list them under `members`",
        "zh": "请在`members`中逐一列出",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A recipient of kind `affiliate` has no members."""
    for recipient in policy.recipients.values():
        if recipient.kind == "affiliate" and not recipient.members:
            yield SAYS.at(f"recipients.{recipient.id}", recipient=recipient.id)


RULE = Rule("affiliates-unnamed", "warning", find)
