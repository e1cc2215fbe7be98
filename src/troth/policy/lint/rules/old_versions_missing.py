"""Nobody can read again what was promised before."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the policy can change, and does not say that old versions stay readable",
        "zh": "政策可能变更，却未说明旧版本仍可查阅",
    },
    hint={
        "en": "write `keeps_versions: true` once they are",
        "zh": "旧版本可供查阅后，请写明`keeps_versions: true`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """The policy speaks of changes and does not keep its old versions readable."""
    changes = policy.changes
    if (changes.tell or changes.material or changes.refuse_means) and not changes.keeps_versions:
        yield SAYS.at("changes")


RULE = Rule("old-versions-missing", "note", find)
