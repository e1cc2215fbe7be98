"""A right is used by a channel whose address is not given."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`by` of a right names e-mail, telephone or post, and the contacts have no such address."""
    contacts = policy.controller.contacts
    given = {"email": contacts.email, "phone": contacts.phone, "post": contacts.post}
    for right in policy.rights.values():
        lost = [channel for channel in right.by if channel in given and given[channel] is None]
        if lost:
            yield Found(
                f"rights.{right.id}.by",
                f"`{right.id}` is used by {quoted(lost)}, and no address for that is given",
                "state it under `controller.contacts`",
            )


RULE = Rule("channel-without-address", "warning", find)
