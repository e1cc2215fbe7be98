"""Sensitive data is passed on without the consent that it needs."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.flows import Flow, flows
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.policy.sections.words import at_least

_OUTWARD = frozenset({"share", "transfer", "disclose", "sell", "publish"})
_WITHOUT_CONSENT = frozenset({"legal-obligation", "vital-interests", "made-public"})

SAYS = Wording(
    says={
        "en": "the sensitive {items} is passed on without a separate consent",
        "zh": "未经单独同意就向他人提供敏感的{items}",
    },
    hint={
        "en": "ask for it with `grade: separate`, or do not pass it on",
        "zh": "改为`grade: separate`征得单独同意，或不再提供",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A flow passes a sensitive item on with less than a separate consent, and no law or emergency demands it."""
    by_clause: dict[str, set[str]] = {}
    for flow in flows(policy):
        if flow.action in _OUTWARD and policy.items[flow.item].sensitive and _lightly(flow):
            by_clause.setdefault(flow.clause, set()).add(flow.item)
    for clause, items in sorted(by_clause.items()):
        yield SAYS.at(clause, items=sorted(items))


def _lightly(flow: Flow) -> bool:
    if flow.basis == "consent":
        return not at_least(flow.grade, "separate")
    return flow.basis not in _WITHOUT_CONSENT


RULE = Rule("sensitive-shared-lightly", "warning", find)
