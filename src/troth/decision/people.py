"""Everybody as decisions see them: their facts as one integer, and the version that binds them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from troth.base.work import Work
from troth.consent.tables import acceptance
from troth.subjects import tables
from troth.subjects.facts import WORD_BITS
from troth.versions.model import Version
from troth.versions.tables import version as version_table

_PAGE = 20_000  # rows that are in memory at once


@dataclass(frozen=True)
class Accepted:
    """That a person accepted a version; `entry` is its place in the journal, and the order of acceptances."""

    entry: int
    subject: str
    version: str


def states(work: Work) -> Iterator[tuple[str, int]]:
    """Every subject with any facts and their state, however many they are."""
    c = tables.word.c
    for subject, _, state in _joined(work, sa.select(c.subject, sa.literal(""), c.word, c.value)):
        yield subject, state


def bound_states(work: Work, version: Version) -> Iterator[tuple[str, str, int]]:
    """The same with the id of the version that binds each of them, when `version` is in force."""
    c = tables.word.c
    return _joined(work, sa.select(c.subject, binding(version, c.subject), c.word, c.value))


def _joined(work: Work, query: sa.Select[str, str, int, int]) -> Iterator[tuple[str, str, int]]:
    """One row a subject of many rows in order of subject, the words put together."""
    c = tables.word.c
    rows = work.db.execute(query.order_by(c.subject, c.word).execution_options(yield_per=_PAGE))
    for subject, parts in itertools.groupby(rows, key=lambda row: row[0]):
        one = list(parts)
        yield subject, one[0][1], sum(row[3] << (row[2] * WORD_BITS) for row in one)


def ended(work: Work, bits: Mapping[str, int], subject: str | None = None) -> Mapping[str, int]:
    """By subject, as a mask, the facts that have run out and were not swept away yet; of one subject or of all."""
    c = tables.expiry.c
    query = sa.select(c.subject, c.fact).where(c.at <= work.at)
    found: dict[str, int] = {}
    for row in work.db.execute(query if subject is None else query.where(c.subject == subject)):
        found[row.subject] = found.get(row.subject, 0) | 1 << bits[row.fact]
    return found


def accepted_since(work: Work, version: Version, entry: int) -> Iterator[Accepted]:
    """Acceptances of any version of the same policy after the journal's `entry`, oldest first; none where a policy does
    not pin people to what they accepted."""
    if version.policy.acceptance != "explicit":
        return
    c = acceptance.c
    query = (
        sa.select(c.entry, c.subject, c.version)
        .where(c.policy == version.name, c.document == "policy", c.entry > entry)
        .order_by(c.entry)
    )
    for row in work.db.execute(query.execution_options(yield_per=_PAGE)):
        yield Accepted(row.entry, row.subject, row.version)


def binding(version: Version, subject: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """The id of the version that binds the person whom the column `subject` names, when `version` is in force."""
    if version.policy.acceptance != "explicit":
        return sa.literal(version.id)
    c = acceptance.c
    last = (
        sa.select(c.version)
        .where(c.subject == subject, c.policy == version.name, c.document == "policy")
        .order_by(c.entry.desc())
        .limit(1)
        .scalar_subquery()
    )
    return sa.func.coalesce(last, version.id)


def newest(work: Work, policy: str) -> str | None:
    """The id of the version of a policy that was published last."""
    c = version_table.c
    return work.db.scalar(sa.select(c.id).where(c.name == policy).order_by(c.number.desc()).limit(1))


def versions_in_use(work: Work, version: Version) -> tuple[str, ...]:
    """The ids of the versions that may bind somebody: the one in force, and those that somebody accepted."""
    if version.policy.acceptance != "explicit":
        return (version.id,)
    c = acceptance.c
    query = sa.select(c.version).where(c.policy == version.name, c.document == "policy").distinct()
    return tuple(sorted({version.id, *work.db.scalars(query)}))
