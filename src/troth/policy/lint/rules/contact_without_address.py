"""People are told whom to turn to, not where they are."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`contacts.through` stands alone."""
    contacts = policy.controller.contacts
    if contacts.through is not None and not any((contacts.email, contacts.phone, contacts.post, contacts.website)):
        yield Found(
            "controller.contacts.through",
            "whoever wants to use a right is sent to people of whom no address is given",
            "add an `email`, `phone`, `post` or `website`",
        )


RULE = Rule("contact-without-address", "warning", find)
