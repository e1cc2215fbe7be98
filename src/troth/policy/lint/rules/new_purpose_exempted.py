"""A new purpose always asks for consent, and some uses never do."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`changes.new_purpose` needs consent while `consent_free` frees use of it."""
    free = [case.id for case in policy.consent_free.values() if "use" in case.actions]
    if policy.changes.new_purpose != "none" and free:
        yield Found(
            "changes.new_purpose",
            f"a new purpose needs consent, but {len(free)} cases of `consent_free` need none: which comes first?",
            "say in `statements` or in the limits of the cases that they go before the rule, or drop them",
        )


RULE = Rule("new-purpose-exempted", "note", find)
