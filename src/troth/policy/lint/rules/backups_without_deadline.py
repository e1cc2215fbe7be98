"""Backups keep what was erased, for as long as they last."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "nothing says how long backups keep what was erased",
        "zh": "未说明已删除的信息在备份中还会保留多久",
    },
    hint={
        "en": "state a figure, such as `within 30 days`",
        "zh": "请写明期限，例如`30天内`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`backups` of a right names no figure."""
    for right in policy.rights.values():
        if right.backups is not None and not _has_figure(right.backups):
            yield SAYS.at(f"rights.{right.id}.backups")


def _has_figure(text: Text) -> bool:
    return any(character.isdigit() for words in text.values() for character in words)


RULE = Rule("backups-without-deadline", "note", find)
