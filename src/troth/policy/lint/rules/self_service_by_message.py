"""What a person is said to do alone is a message to the staff."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{right}` is called something that one does oneself, but the way is {by}",
        "zh": "`{right}`称可由本人自行完成，途径却是{by}",
    },
    hint={
        "en": "offer it in the product, or do not call it self-service",
        "zh": "在产品中提供，否则不要称为自行完成",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A right that is called one's own doing has no channel of one's own."""
    for right in policy.rights.values():
        if right.by_yourself and not {"self-service", "website"}.intersection(right.by):
            yield SAYS.at(f"rights.{right.id}.by", right=right.id, by=right.by)


RULE = Rule("self-service-by-message", "warning", find)
