"""How the policy itself changes."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.promises.model import Derived
from troth.policy.promises.teller import Teller, period, plain, plains, words
from troth.policy.promises.words import CHANNELS


def find(teller: Teller) -> Iterator[Derived]:
    """Which changes are told, how, when, what refusing means, and whether old versions stay."""
    changes = teller.policy.changes
    if changes.material:
        yield teller.promise(
            "changes.material", "accepted-again",
            "重大变更是指：{texts}。", "A change is major where: {texts}.", texts=plains(changes.material),
        )  # fmt: skip
    if changes.tell:
        yield teller.promise(
            "changes.tell", "change-told",
            "变更的告知方式：{channels}。",
            "Of a change you are told {channels}.", channels=words(CHANNELS, changes.tell),
        )  # fmt: skip
    if changes.when is not None:
        yield teller.promise(
            "changes.when", "change-told",
            "变更的告知时间：{text}。", "When you are told of a change: {text}.", text=plain(changes.when),
        )  # fmt: skip
    if changes.notice is not None:
        yield teller.promise(
            "changes.notice", "change-told",
            "变更提前{period}告知。",
            "A change is told {period} before it takes effect.", period=period(changes.notice),
        )  # fmt: skip
    if changes.refuse_means is not None:
        yield teller.promise(
            "changes.refuse_means", "notice-says",
            "不同意变更的：{text}。", "Who refuses a change: {text}.", text=plain(changes.refuse_means),
        )  # fmt: skip
    if changes.keeps_versions:
        yield teller.promise(
            "changes.keeps_versions", "old-versions-readable", "旧版本一直可读。", "Old versions stay readable."
        )
