"""A case of the law is listed that this company has no use for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says
from troth.policy.model import Policy

_TRADES = (
    re.compile(r"\bnews reporting\b|\bjournalis|\bopinion supervision\b|新闻报道|舆论监督", re.IGNORECASE),
    re.compile(r"\bacademic\b|\bscientific research\b|学术研究|科学研究", re.IGNORECASE),
)
_PUBLISHED = re.compile(r"\bpublished\b|\bdisclosed\b|公开披露", re.IGNORECASE)

SAYS = Wording(
    says={
        "en": "`{case}` frees a trade from consent that serves no purpose of this policy",
        "zh": "`{case}`属于其他行业无需同意的情形，与本政策的任何目的都无关",
    },
    hint={
        "en": "drop the case, or declare the purpose and the function that it is for",
        "zh": "删去该情形，或写明相应的目的和功能",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`consent_free` lists news reporting or academic research, and no purpose of the policy is that."""
    for case in policy.consent_free.values():
        for trade in _TRADES:
            if says(case.label, trade) and not says(case.label, _PUBLISHED) and not _done(policy, trade):
                yield SAYS.at(f"consent_free.{case.id}", case=case.id)


def _done(policy: Policy, trade: re.Pattern[str]) -> bool:
    return any(says(purpose.label, trade) for purpose in policy.purposes.values())


RULE = Rule("exemption-without-purpose", "note", find)
