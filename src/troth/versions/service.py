"""Publishing policies, and reading what was published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from troth.base.canonical import canonical, digest
from troth.base.errors import InputError, IntegrityError, RefusedError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.lint import lint
from troth.policy.model import Policy
from troth.policy.read import from_value
from troth.versions import tables
from troth.versions.model import Version

__all__ = [
    "Version",
    "all_versions",
    "current",
    "first_published",
    "get",
    "in_force_at",
    "prevailing",
    "publish",
    "published",
]

_KEPT = 64  # policies that stay parsed in memory

_whole: dict[tuple[Any, ...], Version] = {}
"""By all that is stored of them but their texts: versions that were read whole and found to be what was published."""


def publish(work: Work, policy: Policy, maps: Mapping[str, Any], *, by: str) -> Version:
    """Make `policy` and its data maps the current version. What is current already is given back, nothing written.

    Raises:
        RefusedError: `versions.unfit` when lint finds errors in it, `versions.earlier` when it is dated before the
            version it would follow.
    """
    _refuse_unfit(policy)
    one_writer(work)
    before = _latest(work, policy.name)
    if before is not None:
        if (before.hash, digest(before.maps)) == (policy.hash, digest(maps)):
            return before
        _refuse_earlier(policy, before)
    number = before.number + 1 if before else 1
    made = f"{policy.name}:{number}"
    refs = {"version": made, "hash": policy.hash, "maps": digest(maps)}
    entry = journal.append(work, "policy.published", refs)
    work.db.execute(
        tables.version.insert().values(
            id=made,
            name=policy.name,
            number=number,
            hash=policy.hash,
            maps_hash=digest(maps),
            policy=canonical(policy.value).decode(),
            maps=canonical(maps).decode(),
            published_at=work.at,
            published_by=by,
            entry=entry.index,
        )
    )
    return get(work, made)


def current(work: Work, name: str | None = None) -> Version:
    """The version that was published last; without a name, of the only policy there is.

    Raises InputError `versions.none`, `versions.unknown` or `versions.ambiguous`.
    """
    names = _names(work)
    if not names:
        raise InputError("versions.none", "no policy has been published", hint="publish one: `troth publish FOLDER`")
    if name is None and len(names) > 1:
        raise InputError("versions.ambiguous", "there is more than one policy", hint=f"name one of {', '.join(names)}")
    found = _latest(work, name or names[0])
    if found is None:
        raise InputError("versions.unknown", f"there is no policy `{name}`", hint=f"name one of {', '.join(names)}")
    return found


def published(work: Work) -> tuple[Version, ...]:
    """The current version of every policy, by name."""
    return tuple(current(work, name) for name in _names(work))


def first_published(work: Work) -> str | None:
    """The name of the policy that was published before all others; None while there is none."""
    c = tables.version.c
    return work.db.scalar(sa.select(c.name).order_by(c.entry).limit(1))


def prevailing(work: Work, name: str | None) -> Version | None:
    """The version in force of that policy, or of the one that was published before all others; None for none.

    It is asked for with every page: what was read and checked once is not read again while its hashes stand.
    """
    c, other = tables.version.c, tables.version.alias("other").c
    first = sa.select(other.name).order_by(other.entry).limit(1).scalar_subquery()
    heads = sa.select(c.id, c.hash, c.maps_hash, c.entry, c.published_at).order_by(c.number.desc()).limit(1)
    head = work.db.execute(heads.where(c.name == (name or first))).first()
    if head is None:
        return None
    if (key := tuple(head)) not in _whole:
        if len(_whole) >= _KEPT:
            _whole.clear()
        _whole[key] = get(work, head.id)
    return _whole[key]


def get(work: Work, version_id: str) -> Version:
    """One version by its id. Raises InputError `versions.unknown`."""
    row = work.db.execute(sa.select(tables.version).where(tables.version.c.id == version_id)).first()
    if row is None:
        raise InputError("versions.unknown", f"there is no version `{version_id}`", hint="ids are like `kaiconn:1`")
    return _version(row)


def in_force_at(work: Work, name: str, at: datetime) -> Version | None:
    """The version of one policy that was in force at an instant; None before the first and for an unknown name."""
    c = tables.version.c
    query = sa.select(tables.version).where(c.name == name, c.published_at <= at)
    row = work.db.execute(query.order_by(c.number.desc()).limit(1)).first()
    return None if row is None else _version(row)


def all_versions(work: Work, name: str) -> tuple[Version, ...]:
    """All versions of one policy, oldest first; none for an unknown name."""
    c = tables.version.c
    rows = work.db.execute(sa.select(tables.version).where(c.name == name).order_by(c.number))
    return tuple(_version(row) for row in rows)


def _names(work: Work) -> tuple[str, ...]:
    return tuple(work.db.scalars(sa.select(tables.version.c.name).distinct().order_by(tables.version.c.name)))


def _latest(work: Work, name: str) -> Version | None:
    c = tables.version.c
    row = work.db.execute(sa.select(tables.version).where(c.name == name).order_by(c.number.desc()).limit(1)).first()
    return None if row is None else _version(row)


def _version(row: sa.Row[Any]) -> Version:
    if (_hash(row.policy), _hash(row.maps)) != (row.hash, row.maps_hash):
        hint = "restore the own database from a backup; the hash is in the journal"
        raise IntegrityError("versions.altered", f"version `{row.id}` is not what was published", hint=hint)
    policy, maps = _policy(row.policy), _maps(row.maps)
    return Version(row.id, row.name, row.number, policy, maps, row.hash, row.published_at, row.entry)


def _hash(text: str) -> str:
    """What `digest` gives for the value that the canonical JSON `text` was made from."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


@lru_cache(maxsize=_KEPT)
def _policy(text: str) -> Policy:
    return from_value(json.loads(text))


def _maps(text: str) -> Mapping[str, Any]:
    maps: Mapping[str, Any] = json.loads(text)
    return maps


def _refuse_unfit(policy: Policy) -> None:
    errors = [finding for finding in lint(policy) if finding.severity == "error"]
    if errors:
        first = errors[0]
        raise RefusedError(
            "versions.unfit",
            f"the policy has {len(errors)} errors; the first is `{first.rule}` at `{first.clause}`: {first.message}",
            hint="`troth check FOLDER` lists them; mend them and publish again",
        )


def _refuse_earlier(policy: Policy, before: Version) -> None:
    if policy.updated < before.policy.updated:
        raise RefusedError(
            "versions.earlier",
            f"the policy is dated `{policy.updated}`, before `{before.id}` of `{before.policy.updated}`",
            hint="date it to the day on which it was changed",
        )
