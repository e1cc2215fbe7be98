"""The policy allows itself more time than the law does."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.period import Period
from troth.policy.law import period_of_law, usual_days
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "{period} is longer than the {law} of `{regime}`",
        "zh": "{period}长于`{regime}`规定的{law}",
    },
    hint={
        "en": "promise {law} or less; the law counts anyway",
        "zh": "请承诺{law}或更短；无论如何以法律为准",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A period of the rights, of `requests` or of the contacts is longer than the figure of one of the regimes."""
    promised = {
        "requests.within": policy.requests.within,
        "controller.contacts.within": policy.controller.contacts.within,
        **{f"rights.{right.id}.within": right.within for right in policy.rights.values()},
    }
    for clause, period in promised.items():
        if period is not None:
            name = "complaint.answer" if clause.startswith("rights.complaint.") else "request.answer"
            yield from _looser(policy, clause, period, name)


def _looser(policy: Policy, clause: str, period: Period, name: str) -> Iterator[Found]:
    for regime in policy.regimes:
        law = period_of_law(regime, name)
        if law is not None and usual_days(period) > usual_days(law):
            yield SAYS.at(clause, period=period, law=law, regime=regime)


RULE = Rule("deadline-looser-than-law", "warning", find)
