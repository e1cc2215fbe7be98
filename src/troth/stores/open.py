"""Opens the store that a data map describes."""

from __future__ import annotations

from collections.abc import Callable

from troth.datamap.model import StoreMap
from troth.stores.model import Store
from troth.stores.sql.connection import open_engine
from troth.stores.sql.store import SqlStore


def open_store(found: StoreMap, resolve: Callable[[str], str]) -> Store:
    """The store of a map. `resolve` turns the reference in its `url` (`env:NAME`, `file:PATH`) into the URL itself.

    Nothing is connected yet. Raises what `resolve` raises, and InputError `stores.bad-url`.
    """
    return SqlStore(found, open_engine(resolve(found.url)))
