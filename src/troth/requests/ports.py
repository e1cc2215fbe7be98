"""What requests need of the world: somewhere to put work, and the stores that hold the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from troth.base.work import Work
from troth.stores.model import Store
from troth.versions.model import Version

Stores = Mapping[str, Store]
"""The stores of a version by name."""

OpenStores = Callable[[Version], Stores]
"""Opens the stores that a version's data maps describe; raises `UnavailableError` when one cannot be opened."""


class Jobs(Protocol):
    """Where work is put so that a worker does it soon."""

    def enqueue(self, work: Work, *request_ids: str) -> None:
        """Ask for one run of each request, in the caller's transaction: if that rolls back, nothing was asked."""
        ...
