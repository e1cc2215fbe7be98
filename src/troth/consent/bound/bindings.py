"""Which version binds whom, read from the own database: for one person, for some, and for everybody at once.

The rule is `troth.consent.bound.binding`. Of many people only those are given whom another version binds than the one
in force; where publishing and time have taken everybody on, that is nobody, and they are not even looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from troth.base.schema import Instant
from troth.base.work import Work
from troth.consent.bound.binding import Bound, Link, Person, Told, Ways, bound, followed, holding, start, ways
from troth.consent.tables import acceptance, told
from troth.subjects import facts
from troth.subjects.audience import audience_fact
from troth.subjects.facts import WORD_BITS
from troth.subjects.tables import subject as subject_table
from troth.subjects.tables import word
from troth.versions import service as versions
from troth.versions.model import Version
from troth.versions.tables import version as version_table

_PAGE: Final = 20_000  # rows that are in memory at once
_AT_ONCE: Final = 500  # values in one list of a statement; every database takes that many

_ways: Final[dict[str, Ways]] = {}
"""By hash of the policy: a few words for each that was ever published, so that its text is read once."""


@dataclass(frozen=True)
class Bindings:
    """The people whom another version binds than the one in force: by subject its id, and, of those whom time alone
    moves on, the first instant at which it does."""

    versions: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def next_change(self) -> datetime | None:
        """The first instant at which somebody is bound by another version though nothing was done."""
        return min(self.until.values(), default=None)


def bound_number(work: Work, version: Version, subject: str) -> int:
    """The number of the version that binds a person when `version` is in force."""
    if version.number == 1:
        return 1
    accepted = _accepted(work, version, subject)
    if accepted is not None and accepted >= version.number:
        return accepted
    links = chain(work, version)
    return bound(links, _person(work, version, links, subject, accepted), work.at).number


def bindings(work: Work, version: Version) -> Bindings:
    """Everybody whom another version binds when `version` is in force."""
    return _gathered(version, _read(work, version, None))


def bindings_of(work: Work, version: Version, people: Sequence[str]) -> Bindings:
    """The same of some people only."""
    some = (people[place : place + _AT_ONCE] for place in range(0, len(people), _AT_ONCE))
    return _gathered(version, itertools.chain.from_iterable(_read(work, version, each) for each in some))


def chain(work: Work, version: Version) -> tuple[Link, ...]:
    """The published versions of a policy up to `version`, oldest first."""
    c = version_table.c
    query = sa.select(c.id, c.number, c.published_at, c.hash).where(c.name == version.name, c.number <= version.number)
    rows = work.db.execute(query.order_by(c.number))
    return tuple(Link(row.number, row.published_at, _ways_of(work, row.id, row.hash)) for row in rows.all())


def _ways_of(work: Work, version: str, policy_hash: str) -> Ways:
    if policy_hash not in _ways:
        _ways[policy_hash] = ways(versions.get(work, version).policy)
    return _ways[policy_hash]


def _accepted(work: Work, version: Version, subject: str) -> int | None:
    c = acceptance.c
    query = (
        sa.select(version_table.c.number)
        .join_from(acceptance, version_table)
        .where(c.subject == subject, c.policy == version.name, c.document == "policy")
    )
    return work.db.scalar(query.order_by(c.entry.desc()).limit(1))


def _person(work: Work, version: Version, links: Sequence[Link], subject: str, accepted: int | None) -> Person:
    """All that the rule asks of a person under these links, read only where they ask for it."""
    s = subject_table.c
    came = work.db.scalar(sa.select(s.registered_at).where(s.id == subject))
    held = facts.facts(work, subject) if _names(links) else frozenset[str]()
    audiences = frozenset(name for name in _names(links) if audience_fact(name) in held)
    return Person(accepted, came, audiences, _heard(work, version, subject) if _one_by_one(links) else ())


def _heard(work: Work, version: Version, subject: str) -> Told:
    t, v = told.c, version_table.c
    query = sa.select(v.number, t.at).join_from(told, version_table).where(t.subject == subject, v.name == version.name)
    return tuple((row.number, row.at) for row in work.db.execute(query))


def _names(links: Sequence[Link]) -> set[str]:
    return {name for one in links for name in one.ways if name is not None}


def _one_by_one(links: Sequence[Link]) -> bool:
    return any(way.deemed and not way.public for one in links for way in one.ways.values())


def _gathered(version: Version, found: Iterable[tuple[str, Bound]]) -> Bindings:
    ids: dict[int, str] = {}
    bound_by: dict[str, str] = {}
    until: dict[str, datetime] = {}
    for subject, one in found:
        if one.number == version.number:
            continue
        bound_by[subject] = ids.setdefault(one.number, f"{version.name}:{one.number}")
        if one.until is not None:
            until[subject] = one.until
    return Bindings(bound_by, until)


def _read(work: Work, version: Version, people: Sequence[str] | None) -> Iterator[tuple[str, Bound]]:
    """Those who may be bound by another version, and by which they are."""
    if version.number == 1:
        return
    links = chain(work, version)
    held = holding(links, work.at)
    if not held and not _is_followed(work, version):
        return
    stands = _Stands(work, version, links, held, people)
    memory: dict[tuple[Any, ...], Bound] = {}
    for query in stands.queries():
        for subject, person in stands.people(query):
            first = start(links, person)
            key = (first, person.audiences, person.told)
            if key not in memory:
                memory[key] = followed(links, *key, work.at)
            yield subject, memory[key]


def _is_followed(work: Work, version: Version) -> bool:
    c = version_table.c
    return bool(work.db.scalar(sa.select(sa.exists().where(c.name == version.name, c.number > version.number))))


class _Stands:
    """Reads the people who may be held by one of the versions `held`, all or some of them."""

    def __init__(
        self,
        work: Work,
        version: Version,
        links: tuple[Link, ...],
        held: Mapping[int, frozenset[str | None]],
        people: Sequence[str] | None,
    ) -> None:
        self._work, self._version, self._links, self._some = work, version, links, people
        self._last = max(held, default=0)
        self._audiences = frozenset[str | None]().union(*held.values())
        names = _names(links)
        bits = facts.bits(work) if names else {}
        self._bits = {name: bits[audience_fact(name)] for name in names if audience_fact(name) in bits}

    def queries(self) -> Iterator[sa.Select[str, int | None, datetime | None]]:
        """Subject, the number of the version accepted last, and when they came: first who accepted, then who did not.

        Of the latter only those may be held who came while a version was in force that is deemed to be accepted.
        """
        v = version_table.c
        earlier = sa.and_(v.number <= self._last, self._concerned(acceptance.c.subject))
        yield self._accepted().where(sa.or_(v.number > self._version.number, earlier))
        if any(way.deemed for one in self._links[: self._last] for way in one.ways.values()):
            yield self._came().where(subject_table.c.registered_at < self._links[self._last].published_at)

    def people(self, query: sa.Select[str, int | None, datetime | None]) -> Iterator[tuple[str, Person]]:
        """The people whom the query finds, with all that the rule asks of them."""
        rows = self._work.db.execute(self._joined(query).execution_options(yield_per=_PAGE))
        for subject, group in itertools.groupby(rows, key=lambda row: row[0]):
            parts = list(group)
            heard = {(row.told_number, row.told_at) for row in parts if row.told_number is not None}
            state = {row.word: row.value for row in parts if row.word is not None}
            person = Person(parts[0].accepted, parts[0].came, self._named(state), tuple(sorted(heard)))
            yield subject, person

    def _accepted(self) -> sa.Select[str, int | None, datetime | None]:
        c, later = acceptance.c, acceptance.alias("later")
        again = sa.exists().where(
            later.c.subject == c.subject,
            later.c.policy == c.policy,
            later.c.document == c.document,
            later.c.entry > c.entry,
        )
        query = sa.select(
            c.subject.label("subject"),
            version_table.c.number.label("accepted"),
            sa.cast(sa.null(), Instant).label("came"),
        ).join_from(acceptance, version_table)
        return query.where(c.policy == self._version.name, c.document == "policy", ~again, self._among(c.subject))

    def _came(self) -> sa.Select[str, int | None, datetime | None]:
        s, c = subject_table.c, acceptance.c
        accepted = sa.exists().where(c.subject == s.id, c.policy == self._version.name, c.document == "policy")
        query = sa.select(
            s.id.label("subject"), sa.cast(sa.null(), sa.Integer).label("accepted"), s.registered_at.label("came")
        )
        return query.where(~accepted, self._among(s.id), self._concerned(s.id))

    def _joined(self, query: sa.Select[str, int | None, datetime | None]) -> sa.Select[Any]:
        """One row for each word with audiences and each telling of a person, in order of subject."""
        found, heard = query.subquery(), version_table.alias("heard")
        told_of = sa.select(told.c.subject, heard.c.number, told.c.at).join_from(
            told, heard, sa.and_(told.c.version == heard.c.id, heard.c.name == self._version.name)
        )
        if not _one_by_one(self._links):
            told_of = told_of.where(sa.false())
        tellings = told_of.subquery()
        numbers = sorted({bit // WORD_BITS for bit in self._bits.values()})
        return (
            sa.select(
                found.c.subject,
                found.c.accepted,
                found.c.came,
                word.c.word,
                word.c.value,
                tellings.c.number.label("told_number"),
                tellings.c.at.label("told_at"),
            )
            .select_from(found)
            .outerjoin(word, sa.and_(word.c.subject == found.c.subject, word.c.word.in_(numbers)))
            .outerjoin(tellings, tellings.c.subject == found.c.subject)
            .order_by(found.c.subject)
        )

    def _among(self, subject: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        return sa.true() if self._some is None else subject.in_(self._some)

    def _concerned(self, subject: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """Whether the person may be held at all: where the general rules hold nobody, its audiences' people alone."""
        if None in self._audiences:
            return sa.true()
        mask = sum(1 << bit for name, bit in self._bits.items() if name in self._audiences)
        c = word.c
        here = (
            sa.and_(c.word == number, c.value.bitwise_and(sa.literal(value, sa.BigInteger)) != 0)
            for number, value in facts.words(mask).items()
        )
        return sa.exists().where(c.subject == subject, sa.or_(sa.false(), *here))

    def _named(self, state: Mapping[int, int]) -> frozenset[str]:
        return frozenset(
            name for name, bit in self._bits.items() if state.get(bit // WORD_BITS, 0) >> (bit % WORD_BITS) & 1
        )
