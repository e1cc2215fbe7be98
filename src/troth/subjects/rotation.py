"""The lookup key that outlives master keys, and bringing all wrapped keys under today's master key.

Rotation touches nothing but wrapped keys: what is sealed stays byte for byte. It goes in batches, each a transaction
with its entry, and needs no memory of how far it came: what is left to do says so by its first bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.subjects import tables
from troth.subjects.vault import KEY_SIZE, PREFIX_SIZE, Vault, prefix

_ONLY = 1
_LOOKUP = "lookup"  # what the lookup key is bound to when it is wrapped; no subject is called so
_SUBJECT, _LOOKUP_KEY = tables.subject.c, tables.lookup_key.c


def with_lookup_key(work: Work, vault: Vault) -> Vault:
    """The vault with the lookup key of this database, which is made the first time.

    Raises IntegrityError if the master keys are not those of this database.
    """
    wrapped = _wrapped_lookup(work)
    if wrapped is None:
        one_writer(work)
        wrapped = _wrapped_lookup(work) or _make(work, vault)
    return vault.looking_up_by(vault.unwrap(wrapped, _LOOKUP))


def follow(work: Work, vault: Vault) -> None:
    """Let the vault wrap under the master key that another process brought in, before the old one is forgotten.

    The lookup key is the first to be brought under it, so it tells.
    """
    wrapped = _wrapped_lookup(work)
    if wrapped is not None and not wrapped.startswith(prefix(vault.current)):
        vault.unwrap(wrapped, _LOOKUP)


def rewrap(work: Work, vault: Vault, limit: int) -> int:
    """Bring up to `limit` wrapped keys under the vault's current master key; returns how many, 0 when all are."""
    one_writer(work)
    done = _rewrap_lookup(work, vault) + _rewrap_subjects(work, vault, limit)
    if done:
        journal.append(work, "keys.rewrapped", {"master": f"master-{vault.current}", "keys": done})
    return done


def wrapped_under(work: Work) -> Mapping[str, int]:
    """How many keys are wrapped under each master key, by its id."""
    counts: dict[str, int] = {}
    for column in (_SUBJECT.wrapped_key, _LOOKUP_KEY.wrapped_key):
        start = _start(column)
        query = sa.select(start, sa.func.count()).where(column.is_not(None)).group_by(start)
        for begins, number in work.db.execute(query):
            master = bytes(begins)[1:].hex()
            counts[master] = counts.get(master, 0) + number
    return counts


def _rewrap_subjects(work: Work, vault: Vault, limit: int) -> int:
    other = _start(_SUBJECT.wrapped_key) != prefix(vault.current)
    query = sa.select(_SUBJECT.id, _SUBJECT.wrapped_key).where(_SUBJECT.wrapped_key.is_not(None), other)
    rows = work.db.execute(query.order_by(_SUBJECT.id).limit(limit)).all()
    changed = [{"of": row.id, "now": _again(work, vault, bytes(row.wrapped_key), row.id)} for row in rows]
    if changed:
        here = _SUBJECT.id == sa.bindparam("of")
        work.db.execute(tables.subject.update().where(here).values(wrapped_key=sa.bindparam("now")), changed)
    return len(changed)


def _rewrap_lookup(work: Work, vault: Vault) -> int:
    wrapped = _wrapped_lookup(work)
    if wrapped is None or wrapped.startswith(prefix(vault.current)):
        return 0
    work.db.execute(tables.lookup_key.update().values(wrapped_key=_again(work, vault, wrapped, _LOOKUP)))
    return 1


def _again(work: Work, vault: Vault, wrapped: bytes, whose: str) -> bytes:
    return vault.wrap(vault.unwrap(wrapped, whose), whose, work.entropy)


def _wrapped_lookup(work: Work) -> bytes | None:
    found = work.db.scalar(sa.select(_LOOKUP_KEY.wrapped_key).where(_LOOKUP_KEY.number == _ONLY))
    return None if found is None else bytes(found)


def _make(work: Work, vault: Vault) -> bytes:
    wrapped = vault.wrap(work.entropy(KEY_SIZE), _LOOKUP, work.entropy)
    work.db.execute(tables.lookup_key.insert().values(number=_ONLY, wrapped_key=wrapped))
    return wrapped


def _start(column: sa.ColumnElement[bytes]) -> sa.ColumnElement[bytes]:
    return sa.func.substr(column, 1, PREFIX_SIZE, type_=sa.LargeBinary)
