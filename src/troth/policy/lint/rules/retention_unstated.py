"""Data is kept as long as needed, and nobody says how long that is."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{line}` is kept for no stated time",
        "zh": "`{line}`没有写明保存多久",
    },
    hint={
        "en": "state a period, such as `for: 3 years`; `until` may say from when",
        "zh": "请写明期限，例如`for: 3 years`；起算点可写在`until`中",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A retention line has no figure: it is `unstated`, or only an event in words ends it."""
    for line in policy.retention.values():
        if line.period is None or line.period == "unstated":
            yield SAYS.at(f"retention.{line.id}", line=line.id)


RULE = Rule("retention-unstated", "warning", find)
