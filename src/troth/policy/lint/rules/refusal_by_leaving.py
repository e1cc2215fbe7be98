"""The only way to refuse is to leave."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_LEAVING = re.compile(
    r"注销|退出登录|停止使用|卸载|log out|sign out|close (your|the) account|delete (your|the) account"
    r"|stop using|uninstall",
    re.IGNORECASE,
)


def find(policy: Policy) -> Iterator[Found]:
    """Every way to refuse a technology, or what refusing a change means, is to give up the service."""
    for technology in policy.technologies.values():
        if technology.refuse_by and all(_leaves(way) for way in technology.refuse_by.values()):
            yield _found(f"technologies.{technology.id}.refuse_by", f"`{technology.id}` can be refused only by leaving")
    means = policy.changes.refuse_means
    if means is not None and _leaves(means):
        yield _found("changes.refuse_means", "a change can be refused only by leaving")


def _leaves(text: Text) -> bool:
    return any(_LEAVING.search(words) for words in text.values())


def _found(clause: str, message: str) -> Found:
    return Found(clause, message, "offer a way to refuse it and stay")


RULE = Rule("refusal-by-leaving", "warning", find)
