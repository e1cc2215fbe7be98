"""Opens the store that a data map describes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from troth.base.errors import InputError
from troth.datamap.model import StoreMap
from troth.datamap.pseudonym import store_key
from troth.stores.http.store import HttpStore
from troth.stores.mailbox.store import Desk, MailboxStore
from troth.stores.model import Rehearsing
from troth.stores.sql.connection import open_engine
from troth.stores.sql.store import SqlStore

_SHORTEST = 32


def open_store(found: StoreMap, resolve: Callable[[str], str], *, desk: Desk | None = None) -> Rehearsing:
    """The store of a map. `resolve` turns the reference in its `url` (`env:NAME`, `file:PATH`) into the URL itself.

    `desk` is where tasks lie; without it a store where somebody answers is opened, and has no answers. Nothing is
    connected yet. Raises what `resolve` raises, and InputError `stores.bad-url`, `stores.weak-key`.
    """
    url, found = resolve(found.url), _keyed(found, resolve)
    if found.kind == "files":
        # DuckDB and Arrow are heavy; whoever has no files shall not wait for them at every start.
        from troth.stores.files.place import Place  # noqa: PLC0415
        from troth.stores.files.store import FileStore  # noqa: PLC0415

        return FileStore(found, Place(url))
    if found.kind == "http":
        return HttpStore(found, url)
    if found.kind == "mailbox":
        return MailboxStore(found, url, desk)
    return SqlStore(found, open_engine(url))


def _keyed(found: StoreMap, resolve: Callable[[str], str]) -> StoreMap:
    """The map with the key of its pseudonyms, if it makes any."""
    if found.pseudonyms is None:
        return found
    secret = resolve(found.pseudonyms)
    if len(secret) < _SHORTEST:
        hint = f"put at least {_SHORTEST} random characters there, and keep them: other ones make other pseudonyms"
        raise InputError(
            "stores.weak-key", f"the secret for pseudonyms of store `{found.name}` is too short", hint=hint
        )
    return replace(found, key=store_key(found.name, secret))
