"""Everybody as decisions see them: their facts as one integer, and the version that binds them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from troth.base.work import Work
from troth.consent.service import bindings
from troth.consent.tables import acceptance, told
from troth.subjects import tables
from troth.subjects.facts import WORD_BITS
from troth.versions.model import Version
from troth.versions.tables import version as version_table

_PAGE = 20_000  # rows that are in memory at once


def states(work: Work) -> Iterator[tuple[str, int]]:
    """Every subject with any facts and their state, however many they are."""
    c = tables.word.c
    query = sa.select(c.subject, c.word, c.value).order_by(c.subject, c.word)
    rows = work.db.execute(query.execution_options(yield_per=_PAGE))
    for subject, parts in itertools.groupby(rows, key=lambda row: row.subject):
        yield subject, sum(row.value << (row.word * WORD_BITS) for row in parts)


def bound_states(work: Work, version: Version) -> Iterator[tuple[str, str, int]]:
    """The same with the id of the version that binds each of them, when `version` is in force."""
    bound = bindings(work, version).versions
    for subject, state in states(work):
        yield subject, bound.get(subject, version.id), state


def ended(work: Work, bits: Mapping[str, int], subject: str | None = None) -> Mapping[str, int]:
    """By subject, as a mask, the facts that have run out and were not swept away yet; of one subject or of all."""
    c = tables.expiry.c
    query = sa.select(c.subject, c.fact).where(c.at <= work.at)
    found: dict[str, int] = {}
    for row in work.db.execute(query if subject is None else query.where(c.subject == subject)):
        found[row.subject] = found.get(row.subject, 0) | 1 << bits[row.fact]
    return found


def touched_since(work: Work, policy: str, entry: int) -> Iterator[str]:
    """The people who accepted a version of a policy, or were told of one, at the journal's `entry` or later."""
    a, t = acceptance.c, told.c
    of = sa.select(version_table.c.id).where(version_table.c.name == policy)
    yield from work.db.scalars(sa.select(a.subject).where(a.policy == policy, a.entry >= entry))
    yield from work.db.scalars(sa.select(t.subject).where(t.version.in_(of), t.entry >= entry))


def newest(work: Work, policy: str) -> str | None:
    """The id of the version of a policy that was published last."""
    c = version_table.c
    return work.db.scalar(sa.select(c.id).where(c.name == policy).order_by(c.number.desc()).limit(1))
