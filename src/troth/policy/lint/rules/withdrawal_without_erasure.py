"""Consent can be taken back, and that is no reason to erase."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """There are cases for erasure, consent can be withdrawn, and no case is about that."""
    erasure = policy.rights.get("erasure")
    if erasure is None or not erasure.cases or "withdrawal" not in policy.rights:
        return
    if not any("withdraw" in case or "revoke" in case for case in erasure.cases):
        yield Found(
            "rights.erasure.cases",
            "withdrawing consent is none of the cases in which erasure can be asked for",
            "add a case such as `consent-withdrawn`",
        )


RULE = Rule("withdrawal-without-erasure", "note", find)
