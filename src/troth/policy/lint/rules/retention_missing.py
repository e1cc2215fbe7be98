"""Nothing says how long an item is kept."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "no retention line covers `{item}`",
        "zh": "没有任何保存期限条款涵盖`{item}`",
    },
    hint={
        "en": "add a line under `retention` that names it",
        "zh": "请在`retention`中为其补充一行",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """No retention line covers the item."""
    covered = {item for line in policy.retention.values() for item in policy.items_in(line.items)}
    for item in policy.items:
        if item not in covered:
            yield SAYS.at(f"items.{item}", item=item)


RULE = Rule("retention-missing", "warning", find)
