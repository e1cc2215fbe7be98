"""What the scope leaves out is collected all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import first, says
from troth.policy.model import Function, Policy

_OFFLINE = re.compile(r"\boff-?line\b|线下|离线", re.IGNORECASE)
_BY_HAND = re.compile(
    r"\bby (tele)?phone\b|\bin person\b|\bletters?\b|\bfax(es)?\b|\bby post\b|\bwriting to us\b|\bon paper\b"
    r"|通过电话|电话中|当面|信件|写信|传真|纸质",
    re.IGNORECASE,
)

SAYS = Wording(
    says={
        "en": "`{function}` takes what people say or write offline, which `scope.excludes.{excluded}` leaves out",
        "zh": "`{function}`收集人们在线下说出或写下的内容，而`scope.excludes.{excluded}`已将其排除",
    },
    hint={
        "en": "let the policy cover it, or say which policy does",
        "zh": "把它纳入政策，或写明适用哪份政策",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`scope.excludes` leaves out what is collected offline, and a function or an item of one is about that."""
    excluded = first(policy.scope.excludes, _OFFLINE)
    if excluded is None:
        return
    for function in policy.functions.values():
        if _by_hand(policy, function):
            yield SAYS.at(f"functions.{function.id}", function=function.id, excluded=excluded)


def _by_hand(policy: Policy, function: Function) -> bool:
    labels = [policy.items[item].label for item in (*function.needs, *function.optional)]
    return any(says(text, _BY_HAND) for text in (function.label, *labels))


RULE = Rule("scope-excludes-collected", "warning", find)
