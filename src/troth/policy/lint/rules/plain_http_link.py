"""A link that anybody on the way can change."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """A web address of the policy begins with `http://`."""
    links = {
        "controller.contacts.website": policy.controller.contacts.website,
        **{f"recipients.{each.id}.policy": each.link for each in policy.recipients.values()},
        **{f"technologies.{each.id}.link": each.link for each in policy.technologies.values()},
    }
    for clause, link in links.items():
        if link is not None and link.startswith("http://"):
            yield Found(clause, f"`{link}` is not encrypted", "link to the `https://` address")


RULE = Rule("plain-http-link", "warning", find)
