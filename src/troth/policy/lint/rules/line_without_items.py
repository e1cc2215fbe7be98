"""Data may be passed on, and nothing says which."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_OUTWARD = frozenset({"share", "transfer", "disclose", "sell", "publish"})

SAYS = Wording(
    says={
        "en": "`{line}` names no items, so it reads as any and allows none",
        "zh": "`{line}`没有列明信息项，读来像是任何信息，实际一项也不允许",
    },
    hint={
        "en": "list the items or categories under `items`",
        "zh": "请在`items`中列明信息项或类别",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A flow line passes data on without consent and names no items, so that it reads as any."""
    for line in policy.flows.values():
        if line.action in _OUTWARD and line.basis != "consent" and not line.items:
            yield SAYS.at(f"flows.{line.id}", line=line.id)


RULE = Rule("line-without-items", "warning", find)
