"""The law of one country is left to the courts of another."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the law of `{law}` governs, but courts of `{court}` decide",
        "zh": "适用`{law}`的法律，却由`{court}`的法院裁判",
    },
    hint={
        "en": "name a court of the country whose law governs",
        "zh": "请写明准据法所在国的法院",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`disputes` names a law and a court of two countries."""
    told = policy.disputes
    if told is None or told.law_of is None or told.court_of is None:
        return
    law, court = (code.partition("-")[0] for code in (told.law_of, told.court_of))
    if law != court:
        yield SAYS.at("disputes.court", law=law, court=court)


RULE = Rule("law-and-court-differ", "warning", find)
