"""Nobody can reach the company that promises."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """The controller has no e-mail address, telephone, post address or website, and names nobody to turn to."""
    contacts = policy.controller.contacts
    if not any((contacts.email, contacts.phone, contacts.post, contacts.website, contacts.through)):
        yield Found(
            "controller",
            "the controller has no contact, so no right can be used",
            "add `contacts` with `email`, `phone` or `post`",
        )


RULE = Rule("controller-contact-missing", "error", find)
