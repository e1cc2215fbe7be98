"""The policy took effect before it was written."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "in effect since {effective}, but last changed on {updated}",
        "zh": "自{effective}起生效，最近一次修改却在{updated}",
    },
    hint={
        "en": "let this version take effect on or after the day of its last change",
        "zh": "本版本的生效日期不应早于最近一次修改的日期",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`effective` lies before `updated`."""
    if policy.effective is not None and policy.effective < policy.updated:
        yield SAYS.at("effective", effective=policy.effective, updated=policy.updated)


RULE = Rule("effective-before-updated", "warning", find)
