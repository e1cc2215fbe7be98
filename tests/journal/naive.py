"""RFC 6962 § 2.1 written out as its recursion says it: slow, obvious, and independent of the engine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def root(data: Sequence[bytes]) -> bytes:
    if not data:
        return hashlib.sha256(b"").digest()
    if len(data) == 1:
        return leaf(data[0])
    k = _split(len(data))
    return hashlib.sha256(b"\x01" + root(data[:k]) + root(data[k:])).digest()


def path(m: int, data: Sequence[bytes]) -> list[bytes]:
    if len(data) == 1:
        return []
    k = _split(len(data))
    if m < k:
        return [*path(m, data[:k]), root(data[k:])]
    return [*path(m - k, data[k:]), root(data[:k])]


def proof(m: int, data: Sequence[bytes], whole: bool = True) -> list[bytes]:
    if m == len(data):
        return [] if whole else [root(data)]
    k = _split(len(data))
    if m <= k:
        return [*proof(m, data[:k], whole), root(data[k:])]
    return [*proof(m - k, data[k:], False), root(data[:k])]


def _split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k
