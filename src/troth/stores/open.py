"""Opens the store that a data map describes."""

from __future__ import annotations

from collections.abc import Callable

from troth.datamap.model import StoreMap
from troth.stores.http.store import HttpStore
from troth.stores.model import Rehearsing
from troth.stores.sql.connection import open_engine
from troth.stores.sql.store import SqlStore


def open_store(found: StoreMap, resolve: Callable[[str], str]) -> Rehearsing:
    """The store of a map. `resolve` turns the reference in its `url` (`env:NAME`, `file:PATH`) into the URL itself.

    Nothing is connected yet. Raises what `resolve` raises, and InputError `stores.bad-url`.
    """
    url = resolve(found.url)
    if found.kind == "files":
        # DuckDB and Arrow are heavy; whoever has no files shall not wait for them at every start.
        from troth.stores.files.place import Place  # noqa: PLC0415
        from troth.stores.files.store import FileStore  # noqa: PLC0415

        return FileStore(found, Place(url))
    if found.kind == "http":
        return HttpStore(found, url)
    return SqlStore(found, open_engine(url))
