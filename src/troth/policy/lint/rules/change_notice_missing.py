"""Changes are told, and nothing says how long before they bind."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "changes are told, but nothing says how long before they take effect",
        "zh": "变更会告知，但未说明在生效前多久告知",
    },
    hint={
        "en": "state a period under `changes.notice`, such as `30 days`",
        "zh": "请在`changes.notice`中写明期限，例如`30 days`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`changes` tells people of a change and states no `notice`."""
    if policy.changes.tell and policy.changes.notice is None:
        yield SAYS.at("changes")


RULE = Rule("change-notice-missing", "note", find)
