"""Nobody can tell of when the policy is."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the text has no date, so nobody can tell which version was accepted",
        "zh": "文本没有日期，无从得知所接受的是哪一版",
    },
    hint={
        "en": "state the day of the last change, then drop it from `unstated`",
        "zh": "写明最近一次修改的日期，再从`unstated`中删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The text itself has no date."""
    if "updated" in policy.unstated:
        yield SAYS.at("updated")


RULE = Rule("date-missing", "warning", find)
