"""After a store was restored from a backup: whoever was erased since the backup was taken is erased again.

People who came back since are left alone, and nothing is touched that a request left for a ground.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import InputError, IntegrityError
from troth.base.sensitive import Sensitive
from troth.base.work import Begin, Work
from troth.datamap.model import Person
from troth.journal import service as journal
from troth.requests import record, tables
from troth.requests.deciding import partial
from troth.requests.exchange.tombstones import Tombstone, found
from troth.requests.kinds import Kind
from troth.requests.ports import OpenStores
from troth.stores.model import Erased, Listing, Store
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.tables import subject as subject_table
from troth.subjects.vault import Vault
from troth.versions.model import Version

_AT_ONCE = 1000


@dataclass(frozen=True)
class Replayed:
    """What came of one store: how many erased people were found in it again, and rows changed by data set.

    `listed` is False for a store that cannot say whom it holds; somebody has to look there.
    """

    store: str
    people: int
    changed: Mapping[str, int] = field(default_factory=dict)
    listed: bool = True


@dataclass(frozen=True)
class Restore:
    """What is needed to erase again: where, under which promises, since when, and tombstones kept elsewhere."""

    begin: Begin
    vault: Vault
    open_stores: OpenStores
    version: Version
    taken_at: datetime
    kept: Collection[Tombstone] = ()


def replay(restore: Restore, only: Collection[str] = (), *, dry: bool = False) -> tuple[Replayed, ...]:
    """Erase again whom tombstones name, in all stores or `only` these; a `dry` run counts and changes nothing.

    It may be repeated: what was erased is not found again.

    Raises:
        InputError: `restore.unknown-store`.
        UnavailableError: `stores.unavailable`; the stores before it are done.
        IntegrityError: `restore.rows-left`: looking again, something was left.
    """
    stores = restore.open_stores(restore.version)
    for name in only:
        if name not in stores:
            hint = f"use one of {', '.join(sorted(stores))}"
            raise InputError("restore.unknown-store", f"there is no store `{name[:80]}`", hint=hint)
    # Each store is read before any is changed: what one knows of a person may be gone when the next is asked.
    chosen = sorted(only or stores)
    back = {name: _people(restore, stores[name]) for name in chosen}
    return tuple(_store(restore, name, back[name], dry=dry) for name in chosen)


def _store(restore: Restore, name: str, back: Mapping[str, Person] | None, *, dry: bool) -> Replayed:
    if back is None:
        return Replayed(name, 0, listed=False)
    changed: dict[str, int] = {}
    for version, people in _by_maps(restore, back):
        store = restore.open_stores(version)[name]
        if dry:
            _add(changed, store.look(people))
            continue
        _add(changed, _changed(store.erase(people)))
        if any(store.look(people).values()):
            hint = "see whether something still writes there, and run it again"
            raise IntegrityError("restore.rows-left", f"rows are left in `{name}` after erasing again", hint=hint)
    if back and not dry:
        with restore.begin() as work:
            people_rows = {"people": len(back), "rows": sum(changed.values())}
            journal.append(work, "restore.replayed", {"store": name, **people_rows})
            _shred(work, restore.vault, back)
    return Replayed(name, len(back), changed)


def _people(restore: Restore, store: Store) -> dict[str, Person] | None:
    """The erased people who are in the store again, by the request that erased them; None: it cannot say."""
    if not isinstance(store, Listing):
        return None
    back: dict[str, set[tuple[str, str]]] = {}
    for known in _in_batches(store.everybody()):
        with restore.begin() as work:
            for one, (kind, value) in _found(work, restore, known):
                if not _came_back(work, restore.vault, kind, value, one.erased_at):
                    back.setdefault(one.request, set()).add((kind, value))
    return {name: _person(name, values) for name, values in sorted(back.items())}


def _found(
    work: Work, restore: Restore, known: Iterable[tuple[str, str]]
) -> Iterator[tuple[Tombstone, tuple[str, str]]]:
    digests = {restore.vault.finder(kind, value): (kind, value) for kind, value in known}
    elsewhere = [one for one in restore.kept if one.erased_at >= restore.taken_at and one.lookup in digests]
    for one in {*found(work, digests, restore.taken_at), *elsewhere}:
        yield one, digests[one.lookup]


def _came_back(work: Work, vault: Vault, kind: str, value: str, erased_at: datetime) -> bool:
    """Whether somebody registered with that identifier after it was erased."""
    now = subjects.find(work, vault, Identifier(kind, Sensitive(value)))
    if now is None:
        return False
    registered = work.db.scalar(sa.select(subject_table.c.registered_at).where(subject_table.c.id == now))
    return registered is not None and registered > erased_at


def _in_batches(values: Iterable[tuple[str, str]]) -> Iterator[set[tuple[str, str]]]:
    """The values in their normal form; what is no identifier of its kind can be nobody's."""
    batch: set[tuple[str, str]] = set()
    for kind, raw in values:
        try:
            batch.add((kind, identifier(kind, raw).value.reveal()))
        except InputError:
            continue
        if len(batch) >= _AT_ONCE:
            yield batch
            batch = set()
    yield batch


def _by_maps(restore: Restore, back: Mapping[str, Person]) -> Iterator[tuple[Version, list[Person]]]:
    """People with the promises by which they are erased again: those of whom nothing was left for a ground at once."""
    whole: list[Person] = []
    for name, person in back.items():
        narrow = _narrowed(restore, name)
        if narrow is restore.version:
            whole.append(person)
        else:
            yield narrow, [person]
    if whole:
        yield restore.version, whole


def _narrowed(restore: Restore, request_id: str) -> Version:
    with restore.begin() as work:
        if work.db.scalar(sa.select(tables.request.c.id).where(tables.request.c.id == request_id)) is None:
            return restore.version  # Troth's own database was restored, too
        request = record.load(work, request_id)
        return partial.narrowed(restore.version, request, partial.of(work, record.promised(work, request), request_id))


def _shred(work: Work, vault: Vault, back: Mapping[str, Person]) -> None:
    """Who closed their account and is known to Troth again, because its own database was restored, is so no more."""
    closed = sa.select(tables.tombstone.c.request).where(
        tables.tombstone.c.request.in_(list(back)), tables.tombstone.c.kind == Kind.CLOSE_ACCOUNT.value
    )
    for request_id in work.db.scalars(closed.distinct()).all():
        for kind, value in back[request_id].identifiers:
            again = subjects.find(work, vault, Identifier(kind, value))
            if again is not None:
                subjects.shred(work, vault, again)


def _person(request_id: str, values: Iterable[tuple[str, str]]) -> Person:
    return Person(f"erased-by-{request_id}", tuple((kind, Sensitive(value)) for kind, value in sorted(values)))


def _changed(outcome: Iterable[Erased]) -> dict[str, int]:
    changed: dict[str, int] = {}
    for one in outcome:
        changed[one.dataset] = changed.get(one.dataset, 0) + one.changed
    return changed


def _add(totals: dict[str, int], more: Mapping[str, int]) -> None:
    for name, number in more.items():
        totals[name] = totals.get(name, 0) + number
