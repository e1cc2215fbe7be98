"""People are told whom to turn to, not where they are."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "whoever wants to use a right is sent to people of whom no address is given",
        "zh": "要行使权利须联系某些人员，却没有给出他们的任何联系方式",
    },
    hint={
        "en": "add an `email`, `phone`, `post` or `website`",
        "zh": "请补充`email`、`phone`、`post`或`website`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`contacts.through` stands alone."""
    contacts = policy.controller.contacts
    if contacts.through is not None and not any((contacts.email, contacts.phone, contacts.post, contacts.website)):
        yield SAYS.at("controller.contacts.through")


RULE = Rule("contact-without-address", "warning", find)
