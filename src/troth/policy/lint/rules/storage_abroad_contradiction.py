"""Data never leaves the country, except when it does."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "data never goes abroad, and yet there are conditions on which it may",
        "zh": "称信息从不出境，却又写了可以出境的条件",
    },
    hint={
        "en": "write `rule: conditions`, or drop the conditions",
        "zh": "改为`rule: conditions`，或删去这些条件",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`storage.abroad` says `never` and names conditions."""
    abroad = policy.storage.abroad if policy.storage else None
    if abroad is not None and abroad.rule == "never" and (abroad.needs or abroad.grade != "none"):
        yield SAYS.at("storage.abroad")


RULE = Rule("storage-abroad-contradiction", "warning", find)
