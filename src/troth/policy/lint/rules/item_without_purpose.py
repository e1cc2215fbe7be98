"""An item is declared, but nothing says why it is handled."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{item}` has no purpose, so every use of it is refused",
        "zh": "`{item}`没有目的，因此任何使用都会被拒绝",
    },
    hint={
        "en": "let a function need it, or leave it out",
        "zh": "让某项功能需要它，或予以删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """No function, no recipient and no flow line names the item or a category above it; `all` names none."""
    named = {item for function in policy.functions.values() for item in (*function.needs, *function.optional)}
    named.update(item for recipient in policy.recipients.values() for item in recipient.receives)
    for line in policy.flows.values():
        if "all" not in line.items:
            named.update(policy.items_in(line.items))
    for matrix in policy.matrices.values():
        named.update(item for names in matrix.purposes.values() for item in policy.items_in(names))
        named.update(policy.items_in(tuple(matrix.to)))
    for item in policy.items:
        if item not in named:
            yield SAYS.at(f"items.{item}", item=item)


RULE = Rule("item-without-purpose", "warning", find)
