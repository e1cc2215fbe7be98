"""Backups keep what was erased, for as long as they last."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`backups` of a right names no figure."""
    for right in policy.rights.values():
        if right.backups is not None and not _has_figure(right.backups):
            yield Found(
                f"rights.{right.id}.backups",
                "nothing says how long backups keep what was erased",
                "state a figure, such as `within 30 days`",
            )


def _has_figure(text: Text) -> bool:
    return any(character.isdigit() for words in text.values() for character in words)


RULE = Rule("backups-without-deadline", "note", find)
