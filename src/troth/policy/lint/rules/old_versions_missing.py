"""Nobody can read again what was promised before."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """The policy speaks of changes and does not keep its old versions readable."""
    changes = policy.changes
    if (changes.tell or changes.material or changes.refuse_means) and not changes.keeps_versions:
        yield Found(
            "changes",
            "the policy can change, and does not say that old versions stay readable",
            "write `keeps_versions: true` once they are",
        )


RULE = Rule("old-versions-missing", "note", find)
