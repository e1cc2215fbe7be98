"""Requests can be refused for reasons that the policy does not list."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """There are grounds to refuse, and `closed` does not name `refuse`."""
    if policy.requests.refuse and "refuse" not in policy.closed:
        yield Found(
            "requests.refuse",
            "the grounds to refuse a request are not a closed list",
            "list every ground and add `refuse` to `closed`",
        )


RULE = Rule("refusal-grounds-open", "warning", find)
