"""Facts about a subject as bits of one integer, so that a decision is a few masks.

A fact is a name such as `account.open` or `consent.push.separate`. Its bit is allocated when it is first said of
anybody, once and for ever; bit 0 is never given away, so that a mask may demand it to demand the impossible. The
integer is stored in words of 62 bits, which every SQL database keeps in a signed BIGINT and can mask.

Whoever keeps a copy of all states follows the numbers of their changes: a later commit never has a lower number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.subjects import tables

WORD_BITS = 62
NEVER = 0
"""The bit that no fact has: needing it is never satisfied."""

Changes = Mapping[str, tuple[Collection[str], Collection[str]]]
"""By subject: what becomes true of them, what untrue."""

_NAME = re.compile(r"[a-z][A-Za-z0-9_.-]*")  # holds any id that a policy may declare
_MAX_NAME = 200
_AT_ONCE = 500  # values in one list of a statement; every database takes that many


@dataclass(frozen=True)
class Change:
    """The state of a subject after the change that has this number."""

    subject: str
    number: int
    state: int


@dataclass(frozen=True)
class Expiry:
    """A fact of a subject that ends at an instant."""

    subject: str
    fact: str
    at: datetime


def facts(work: Work, subject: str) -> frozenset[str]:
    """What is true of the subject now; nothing of an unknown one."""
    held = state(work, subject)
    return frozenset(name for name, bit in bits(work).items() if held >> bit & 1)


def facts_of(work: Work, people: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """The same for many, in a few statements however many they are."""
    known = bits(work).items()
    states = _states(work, people)
    return {one: frozenset(name for name, bit in known if held >> bit & 1) for one, held in states.items()}


def state(work: Work, subject: str) -> int:
    """The same as an integer, one bit a fact; `bits` says which."""
    return _states(work, [subject])[subject]


def bits(work: Work) -> Mapping[str, int]:
    """The bit of every fact that was ever said of anybody."""
    rows = work.db.execute(sa.select(tables.fact.c.name, tables.fact.c.bit))
    return {row.name: row.bit for row in rows}


def words(mask: int) -> Mapping[int, int]:
    """A mask as the words that are not zero, by number."""
    found = {}
    number = 0
    while mask:
        if value := mask & ((1 << WORD_BITS) - 1):
            found[number] = value
        mask, number = mask >> WORD_BITS, number + 1
    return found


def change(work: Work, subject: str, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
    """Make facts true (`add`) and untrue (`remove`) from now on; a name in both becomes true.

    What is said anew lasts until it is taken back, whatever expiry it had before: see `expire_at`.

    Raises:
        InputError: `subjects.bad-fact` for a name that cannot be a fact, `subjects.unknown` for the subject.
    """
    change_all(work, {subject: (add, remove)})


def change_all(work: Work, changes: Changes) -> None:
    """The same as `change` for one subject after the other, in a few statements however many they are.

    Raises as `change` does, and then nothing is changed for anybody.
    """
    one_writer(work)
    people = list(changes)
    _check_known(work, people)
    numbers = _allocate(work, (name for add, _ in changes.values() for name in add))
    before = _states(work, people)
    after = {one: _changed(before[one], *changes[one], numbers) for one in people}
    _store(work, before, after)
    lasting = _forget_expiry(work, changes)
    _number(work, [one for one in people if before[one] != after[one] or one in lasting])


def latest_change(work: Work) -> int:
    """The number of the last change of anybody's state; 0 before the first."""
    return work.db.scalar(sa.select(sa.func.max(tables.change.c.number))) or 0


def changed_since(work: Work, number: int, limit: int) -> tuple[Change, ...]:
    """Up to `limit` subjects whose last change came after change `number`, earliest first, with their state now."""
    c = tables.change.c
    rows = work.db.execute(sa.select(c.subject, c.number).where(c.number > number).order_by(c.number).limit(limit))
    numbers = {row.subject: row.number for row in rows}
    states = _states(work, list(numbers))
    return tuple(Change(subject, at, states[subject]) for subject, at in numbers.items())


def expire_at(work: Work, subject: str, fact: str, at: datetime) -> None:
    """Let a fact of the subject end at an instant; `due` finds it then. Saying the fact anew drops the expiry.

    Raises InputError `subjects.not-a-fact` if the fact is not true of the subject.
    """
    one_writer(work)
    if fact not in facts(work, subject):
        hint = "say the fact first, then when it ends"
        raise InputError("subjects.not-a-fact", f"`{fact}` is not true of `{subject}`", hint=hint)
    c = tables.expiry.c
    work.db.execute(tables.expiry.delete().where(c.subject == subject, c.fact == fact))
    work.db.execute(tables.expiry.insert().values(subject=subject, fact=fact, at=at))
    _number(work, [subject])  # whoever follows changes must hear of the end before it comes


def due(work: Work, at: datetime, limit: int) -> tuple[Expiry, ...]:
    """Up to `limit` facts that end at `at` or ended before, earliest first; removing a fact takes it off the list."""
    c = tables.expiry.c
    query = sa.select(c.subject, c.fact, c.at).where(c.at <= at).order_by(c.at, c.subject, c.fact).limit(limit)
    return tuple(Expiry(row.subject, row.fact, row.at) for row in work.db.execute(query))


def _states(work: Work, people: Sequence[str]) -> dict[str, int]:
    c = tables.word.c
    states = dict.fromkeys(people, 0)
    for some in _pages(people):
        for row in work.db.execute(sa.select(c.subject, c.word, c.value).where(c.subject.in_(some))):
            states[row.subject] |= row.value << (row.word * WORD_BITS)
    return states


def _allocate(work: Work, names: Iterable[str]) -> Mapping[str, int]:
    known = dict(bits(work))
    new = [name for name in dict.fromkeys(names) if name not in known]
    for name in new:
        _check_name(name)
        known[name] = 1 + max(known.values(), default=NEVER)
    if new:
        work.db.execute(tables.fact.insert(), [{"name": name, "bit": known[name]} for name in new])
    return known


def _changed(before: int, add: Collection[str], remove: Collection[str], numbers: Mapping[str, int]) -> int:
    gone = _mask(numbers[name] for name in remove if name in numbers)
    return (before & ~gone) | _mask(numbers[name] for name in add)


def _store(work: Work, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    old = {(one, number): value for one, state in before.items() for number, value in words(state).items()}
    new = {(one, number): value for one, state in after.items() for number, value in words(state).items()}
    c = tables.word.c
    here = (c.subject == sa.bindparam("of")) & (c.word == sa.bindparam("at"))
    gone = [{"of": one, "at": number} for one, number in old.keys() - new.keys()]
    made = [{"subject": key[0], "word": key[1], "value": new[key]} for key in new if key not in old]
    other = [{"of": key[0], "at": key[1], "now": new[key]} for key in new if key in old and old[key] != new[key]]
    for statement, rows in (
        (tables.word.delete().where(here), gone),
        (tables.word.insert(), made),
        (tables.word.update().where(here).values(value=sa.bindparam("now")), other),
    ):
        if rows:
            work.db.execute(statement, rows)


def _forget_expiry(work: Work, changes: Changes) -> set[str]:
    """Drop the ends of what is said anew; gives the people who had any."""
    c = tables.expiry.c
    said = {one: {*add, *remove} for one, (add, remove) in changes.items()}
    stale = [
        {"of": row.subject, "what": row.fact}
        for some in _pages(list(changes))
        for row in work.db.execute(sa.select(c.subject, c.fact).where(c.subject.in_(some)))
        if row.fact in said[row.subject]
    ]
    if stale:
        here = (c.subject == sa.bindparam("of")) & (c.fact == sa.bindparam("what"))
        work.db.execute(tables.expiry.delete().where(here), stale)
    return {row["of"] for row in stale}


def _number(work: Work, people: Sequence[str]) -> None:
    """Give every one of `people` the next number; the writer's lock makes numbers follow commits."""
    if not people:
        return
    last = latest_change(work)
    for some in _pages(people):
        work.db.execute(tables.change.delete().where(tables.change.c.subject.in_(some)))
    rows = [{"subject": one, "number": number} for number, one in enumerate(people, start=last + 1)]
    work.db.execute(tables.change.insert(), rows)


def _mask(numbers: Iterable[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def _pages(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(people), _AT_ONCE):
        yield people[start : start + _AT_ONCE]


def _check_known(work: Work, people: Sequence[str]) -> None:
    c = tables.subject.c
    known = {one for some in _pages(people) for one in work.db.scalars(sa.select(c.id).where(c.id.in_(some)))}
    for one in people:
        if one not in known:
            raise InputError("subjects.unknown", f"there is no subject `{one}`")


def _check_name(name: str) -> None:
    if len(name) > _MAX_NAME or not _NAME.fullmatch(name):
        raise InputError("subjects.bad-fact", f"`{name}` cannot be a fact", hint="name it like `account.open`")
