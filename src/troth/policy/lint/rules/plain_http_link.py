"""A link that anybody on the way can change."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{link}` is not encrypted",
        "zh": "`{link}`未加密",
    },
    hint={
        "en": "link to the `https://` address",
        "zh": "请改用`https://`地址",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A web address of the policy begins with `http://`."""
    links = {
        "controller.contacts.website": policy.controller.contacts.website,
        **{f"recipients.{each.id}.policy": each.link for each in policy.recipients.values()},
        **{f"technologies.{each.id}.link": each.link for each in policy.technologies.values()},
    }
    for clause, link in links.items():
        if link is not None and link.startswith("http://"):
            yield SAYS.at(clause, link=link)


RULE = Rule("plain-http-link", "warning", find)
