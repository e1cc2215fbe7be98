"""Limits on what a stranger may try: a token bucket for each caller, in the memory of this process."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class _Bucket:
    left: float
    at: datetime


class Limit:
    """At most `burst` tries at once, and one more every `every`; each caller by itself.

    Callers are kept by hash, so that no identifier lies in memory. At most `callers` are remembered; the one that
    was quiet for longest is forgotten first.
    """

    def __init__(self, burst: int, every: timedelta, *, callers: int = 10_000) -> None:
        self._burst = burst
        self._every = every
        self._callers = callers
        self._buckets: OrderedDict[bytes, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str, at: datetime) -> timedelta:
        """Count one try of `caller`; zero lets it through, anything else is how long to wait before the next."""
        key = hashlib.blake2b(caller.encode(), digest_size=16).digest()
        with self._lock:
            bucket = self._buckets.pop(key, None) or _Bucket(self._burst, at)
            self._buckets[key] = bucket
            if len(self._buckets) > self._callers:
                self._buckets.popitem(last=False)
            return self._take(bucket, at)

    def __len__(self) -> int:
        return len(self._buckets)

    def _take(self, bucket: _Bucket, at: datetime) -> timedelta:
        gained = max(at - bucket.at, timedelta()) / self._every
        bucket.left, bucket.at = min(self._burst, bucket.left + gained), at
        if bucket.left < 1:
            return (1 - bucket.left) * self._every
        bucket.left -= 1
        return timedelta()
