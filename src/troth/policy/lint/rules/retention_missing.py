"""Nothing says how long an item is kept."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """No retention line covers the item."""
    covered = {item for line in policy.retention.values() for item in policy.items_in(line.items)}
    for item in policy.items:
        if item not in covered:
            yield Found(
                f"items.{item}", f"no retention line covers `{item}`", "add a line under `retention` that names it"
            )


RULE = Rule("retention-missing", "warning", find)
