"""Something costs money, and nobody says how much."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A fee is charged and no `tariff` says what it is."""
    fee = policy.requests.fee
    if fee is not None and "cost" in (fee.first, fee.repeated) and fee.tariff is None:
        yield Found("requests.fee", "a fee is charged, and no tariff is stated", "add `tariff: …` to the fee")


RULE = Rule("fee-without-tariff", "note", find)
