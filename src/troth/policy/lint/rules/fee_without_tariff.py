"""Something costs money, and nobody says how much."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "a fee is charged, and no tariff is stated",
        "zh": "会收取费用，但没有写明收费标准",
    },
    hint={
        "en": "add `tariff: …` to the fee",
        "zh": "请为费用补充`tariff: …`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A fee is charged and no `tariff` says what it is."""
    fee = policy.requests.fee
    if fee is not None and "cost" in (fee.first, fee.repeated) and fee.tariff is None:
        yield SAYS.at("requests.fee")


RULE = Rule("fee-without-tariff", "note", find)
