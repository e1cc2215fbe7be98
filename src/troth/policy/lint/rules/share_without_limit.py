"""Everything may be shared for everything."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy
from troth.policy.sections.words import at_least

_MANY = 5


def find(policy: Policy) -> Iterator[Found]:
    """A line shares all items for every purpose there is, or for at least five, and nothing limits that."""
    for line in policy.flows.values():
        everything = line.action == "share" and "all" in line.items
        limited = line.basis == "legal-obligation" or at_least(line.grade, "general")
        if everything and not limited and len(line.purposes) >= min(_MANY, max(2, len(policy.purposes))):
            yield Found(
                f"flows.{line.id}",
                f"`{line.id}` shares everything for {len(line.purposes)} purposes, so it excludes nothing",
                "name the items and the purpose that the recipient serves",
            )


RULE = Rule("share-without-limit", "warning", find)
