"""Differences between policies, for a program."""

from __future__ import annotations

from typing import Any

from troth.policy.diff import Diff


def value(found: Diff) -> dict[str, Any]:
    """Everything that a difference says."""
    after = found.consequences
    return {
        "ok": True,
        "changes": [
            {
                "clause": change.clause,
                "sort": change.sort,
                "kinds": list(change.kinds),
                "major": change.major,
                "major_by": list(change.major_by),
                "old": change.old,
                "new": change.new,
            }
            for change in found.changes
        ],
        "tell": list(after.tell),
        "when": dict(after.when) if after.when else None,
        "notice": str(after.notice) if after.notice else None,
        "audiences": list(after.audiences),
        "accept_again": after.accept_again,
        "consent_again": list(after.consent_again),
        "unclassified": list(found.unclassified),
        "events": list(found.events),
    }
