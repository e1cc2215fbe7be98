"""Nothing is shared without consent, and yet it is."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.flows import Flow, flows
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.words import grade_words
from troth.policy.model import Policy
from troth.policy.sections.words import at_least

_ALLOWED = ("legal-obligation", "vital-interests")

SAYS = Wording(
    says={
        "en": "nothing is shared without {grade} consent, says the policy, and here it is",
        "zh": "政策称未经{grade}不会共享，此处却共享了",
    },
    hint={
        "en": "ask for that consent, or name the exception where the rule stands",
        "zh": "征得该同意，或在规则所在之处写明例外",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A flow shares on less than `share_needs`, and the law does not demand it."""
    if policy.share_needs == "none":
        return
    clauses = {flow.clause for flow in flows(policy) if flow.action == "share" and _less(flow, policy)}
    clauses |= {
        f"flows.{line.id}"
        for line in policy.flows.values()
        if line.action == "share" and line.basis not in (*_ALLOWED, "consent") and not _own(line.to, policy)
    }
    for clause in sorted(clauses):
        yield SAYS.at(clause, grade=grade_words(policy.share_needs))


def _own(to: tuple[str, ...], policy: Policy) -> bool:
    """Whether it stays among companies of the controller's own."""
    return bool(to) and all(policy.recipients[name].kind == "affiliate" for name in to)


def _less(flow: Flow, policy: Policy) -> bool:
    if _own((flow.recipient,) if flow.recipient else (), policy):
        return False
    if flow.basis == "consent":
        return not at_least(flow.grade, policy.share_needs)
    return flow.basis not in _ALLOWED


RULE = Rule("shared-below-promise", "warning", find)
