"""Differences between policies, for a program."""

from __future__ import annotations

from typing import Any

from troth.policy.diff import Consequences, Diff


def value(found: Diff) -> dict[str, Any]:
    """Everything that a difference says."""
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
        "consequences": [_follows(each) for each in found.consequences],
        "consent_again": list(found.consent_again),
        "unclassified": list(found.unclassified),
        "events": list(found.events),
        "left_open": list(found.left_open),
    }


def _follows(after: Consequences) -> dict[str, Any]:
    return {
        "audiences": list(after.audiences),
        "but": list(after.but),
        "tell": list(after.tell),
        "when": dict(after.when) if after.when else None,
        "notice": str(after.notice) if after.notice else None,
        "accept_again": after.accept_again,
    }
