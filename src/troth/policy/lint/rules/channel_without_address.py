"""A right is used by a channel whose address is not given."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "`{right}` is used by {lost}, and no address for that is given",
        "zh": "行使`{right}`须通过{lost}，但没有给出相应的地址或号码",
    },
    hint={
        "en": "state it under `controller.contacts`, an e-mail address also as `email` of the right",
        "zh": "请在`controller.contacts`中写明，电子邮箱也可用该项权利的`email`写明",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`by` of a right names e-mail, telephone or post, and neither it nor the contacts have such an address."""
    contacts = policy.controller.contacts
    given = {"email": contacts.email, "phone": contacts.phone, "post": contacts.post}
    for right in policy.rights.values():
        there = {**given, "email": right.email or given["email"]}
        lost = [channel for channel in right.by if channel in there and there[channel] is None]
        if lost:
            yield SAYS.at(f"rights.{right.id}.by", right=right.id, lost=lost)


RULE = Rule("channel-without-address", "warning", find)
