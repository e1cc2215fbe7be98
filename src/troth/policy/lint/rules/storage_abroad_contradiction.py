"""Data never leaves the country, except when it does."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`storage.abroad` says `never` and names conditions."""
    abroad = policy.storage.abroad if policy.storage else None
    if abroad is not None and abroad.rule == "never" and (abroad.needs or abroad.grade != "none"):
        yield Found(
            "storage.abroad",
            "data never goes abroad, and yet there are conditions on which it may",
            "write `rule: conditions`, or drop the conditions",
        )


RULE = Rule("storage-abroad-contradiction", "warning", find)
