"""A permission must be given for data that nothing needs."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{permission}` must be granted, but no function needs {reads}",
        "zh": "`{permission}`必须授予，但没有任何功能需要{reads}",
    },
    hint={
        "en": "drop `required: true`, or let the function that needs the item say so",
        "zh": "删去`required: true`，或让需要该信息项的功能写明",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A required permission reads items that no function needs."""
    needed = {item for function in policy.functions.values() for item in function.needs}
    for permission in policy.permissions.values():
        if permission.required and permission.reads and not needed.intersection(permission.reads):
            yield SAYS.at(f"permissions.{permission.id}", permission=permission.id, reads=permission.reads)


RULE = Rule("permission-beyond-need", "warning", find)
