"""A cookie without an end."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_STORED = frozenset({"cookie", "storage"})

SAYS = Wording(
    says={
        "en": "nothing says how long `{technology}` stays on the device",
        "zh": "未说明`{technology}`在设备上保留多久",
    },
    hint={
        "en": "state a period under `lasts`",
        "zh": "请在`lasts`中写明期限",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """What is stored on the device has no `lasts`."""
    for technology in policy.technologies.values():
        if technology.kind in _STORED and technology.lasts is None:
            yield SAYS.at(f"technologies.{technology.id}", technology=technology.id)


RULE = Rule("cookie-lifetime-missing", "note", find)
