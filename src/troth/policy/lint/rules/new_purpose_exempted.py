"""A new purpose always asks for consent, and some uses never do."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "a new purpose needs consent, but {count} cases of `consent_free` need none: which comes first?",
        "zh": "新目的须征得同意，`consent_free`却有{count}种情形无需同意：以哪个为准",
    },
    hint={
        "en": "say in `statements` or in the limits of the cases that they go before the rule, or drop them",
        "zh": "在`statements`或各情形的限制中写明其优先于该规则，或予以删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`changes.new_purpose` needs consent while `consent_free` frees use of it."""
    free = [case.id for case in policy.consent_free.values() if "use" in case.actions]
    if policy.changes.new_purpose != "none" and free:
        yield SAYS.at("changes.new_purpose", count=len(free))


RULE = Rule("new-purpose-exempted", "note", find)
