"""Nobody can reach the company that promises."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the controller has no contact, so no right can be used",
        "zh": "没有个人信息处理者的联系方式，任何权利都无从行使",
    },
    hint={
        "en": "add `contacts` with `email`, `phone` or `post`",
        "zh": "请补充`contacts`，写明`email`、`phone`或`post`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The controller has no e-mail address, telephone, post address or website, and names nobody to turn to."""
    contacts = policy.controller.contacts
    if not any((contacts.email, contacts.phone, contacts.post, contacts.website, contacts.through)):
        yield SAYS.at("controller")


RULE = Rule("controller-contact-missing", "error", find)
