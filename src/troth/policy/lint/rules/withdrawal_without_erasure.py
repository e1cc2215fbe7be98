"""Consent can be taken back, and that is no reason to erase."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "withdrawing consent is none of the cases in which erasure can be asked for",
        "zh": "撤回同意不在可以要求删除的情形之列",
    },
    hint={
        "en": "add a case such as `consent-withdrawn`",
        "zh": "请补充一种情形，例如`consent-withdrawn`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """There are cases for erasure, consent can be withdrawn, and no case is about that."""
    erasure = policy.rights.get("erasure")
    if erasure is None or not erasure.cases or "withdrawal" not in policy.rights:
        return
    if not any("withdraw" in case or "revoke" in case for case in erasure.cases):
        yield SAYS.at("rights.erasure.cases")


RULE = Rule("withdrawal-without-erasure", "note", find)
