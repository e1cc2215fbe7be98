"""A cookie without an end."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_STORED = frozenset({"cookie", "storage"})


def find(policy: Policy) -> Iterator[Found]:
    """What is stored on the device has no `lasts`."""
    for technology in policy.technologies.values():
        if technology.kind in _STORED and technology.lasts is None:
            yield Found(
                f"technologies.{technology.id}",
                f"nothing says how long `{technology.id}` stays on the device",
                "state a period under `lasts`",
            )


RULE = Rule("cookie-lifetime-missing", "note", find)
