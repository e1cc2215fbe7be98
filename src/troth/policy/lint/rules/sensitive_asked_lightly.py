"""Sensitive data is asked for together with everything else."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Function, Policy, at_least


def find(policy: Policy) -> Iterator[Found]:
    """Under a regime that asks for a separate consent, a function takes sensitive items with a lesser one."""
    if "cn" not in policy.regimes:
        return
    for function in policy.functions.values():
        items = _sensitive(policy, function)
        if items and function.basis == "consent" and not at_least(function.grade, "separate"):
            yield Found(
                f"functions.{function.id}.grade",
                f"`{function.id}` takes the sensitive {quoted(items)} with a consent that is only {function.grade}",
                "ask for it with `grade: separate`",
            )


def _sensitive(policy: Policy, function: Function) -> list[str]:
    return sorted(item for item in {*function.needs, *function.optional} if policy.items[item].sensitive)


RULE = Rule("sensitive-asked-lightly", "warning", find)
