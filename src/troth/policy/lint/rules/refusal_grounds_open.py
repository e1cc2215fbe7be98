"""Requests can be refused for reasons that the policy does not list."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the grounds to refuse a request are not a closed list",
        "zh": "拒绝请求的理由没有限定为完整清单",
    },
    hint={
        "en": "list every ground and add `refuse` to `closed`",
        "zh": "列出每一项理由，并把`refuse`加入`closed`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """There are grounds to refuse, and `closed` does not name `refuse`."""
    if policy.requests.refuse and "refuse" not in policy.closed:
        yield SAYS.at("requests.refuse")


RULE = Rule("refusal-grounds-open", "warning", find)
