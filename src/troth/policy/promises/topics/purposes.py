"""Why data is handled, and that it is for nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, pair
from troth.policy.promises.words import CONSENTS


def find(teller: Teller) -> Iterator[Derived]:
    """The list of only purposes, and what a new purpose needs."""
    policy = teller.policy
    if policy.only_purposes:
        yield teller.promise(
            "only_purposes", "only-purposes",
            "个人信息只用于以下目的：{purposes}。", "Data is used for these purposes only: {purposes}.",
            purposes=teller.purposes(policy.only_purposes),
        )  # fmt: skip
    if policy.changes.new_purpose != "none":
        yield teller.promise(
            "changes.new_purpose", "asked-again",
            "用于新的目的之前，须取得{consent}。", "Before data serves a new purpose, {consent} is asked for.",
            consent=pair(CONSENTS[policy.changes.new_purpose]),
        )  # fmt: skip
