"""Which acts need two pairs of eyes. Pure: an act is one word, and a setting lists those words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, get_args

from troth.requests.kinds import Kind, Way

Act = Literal["refuse", "keep", "reject", "answer", "extend", "erase", "package"]
"""What may be made to wait for a second person: acts of the staff, and what workers carry out by themselves."""

ACTS: tuple[Act, ...] = get_args(Act)

OF_WORKERS: tuple[Act, ...] = ("erase", "package")
"""Nobody of the staff does these; where they need two people, the worker waits until two have said yes."""

BY_WAY: Mapping[Way, Act] = {Way.PACKAGE: "package", Way.DOCUMENT: "package", Way.ERASE: "erase"}
"""Which of them it is, by the way in which a request is fulfilled."""


def needed(two_pairs: Collection[str], kind: Kind, act: Act) -> bool:
    """Whether a second person must agree: to this act on every kind (`refuse`), or on this one (`erasure.refuse`).

    Where two must agree to refuse a request, two must agree to refuse a part of it (`keep`).
    """
    alike = ("refuse", "keep") if act == "keep" else (act,)
    return any(one in two_pairs or f"{kind.value}.{one}" in two_pairs for one in alike)


def known(word: str) -> bool:
    """Whether `word` is an act, or a kind, a dot and an act."""
    kind, dot, act = word.rpartition(".")
    return act in ACTS and (not dot or kind in list(Kind))
