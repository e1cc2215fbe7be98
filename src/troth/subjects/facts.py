"""Facts about a subject as bits of one integer, so that a decision is a few masks.

A fact is a name such as `account.open` or `consent.push.separate`. Its bit is allocated when it is first said of
anybody, once and for ever; bit 0 is never given away, so that a mask may demand it to demand the impossible. The
integer is stored in words of 62 bits, which every SQL database keeps in a signed BIGINT and can mask.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.subjects import tables

WORD_BITS = 62
NEVER = 0
"""The bit that no fact has: needing it is never satisfied."""

_NAME = re.compile(r"[a-z][A-Za-z0-9_.-]*")  # holds any id that a policy may declare
_MAX_NAME = 200


def facts(work: Work, subject: str) -> frozenset[str]:
    """What is true of the subject now; nothing of an unknown one."""
    held = state(work, subject)
    return frozenset(name for name, bit in bits(work).items() if held >> bit & 1)


def state(work: Work, subject: str) -> int:
    """The same as an integer, one bit a fact; `bits` says which."""
    c = tables.word.c
    rows = work.db.execute(sa.select(c.word, c.value).where(c.subject == subject))
    return sum(row.value << (row.word * WORD_BITS) for row in rows)


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

    Raises:
        InputError: `subjects.bad-fact` for a name that cannot be a fact, `subjects.unknown` for the subject.
    """
    one_writer(work)
    _check_known(work, subject)
    numbers = _allocate(work, add)
    before = state(work, subject)
    after = (before & ~_mask(numbers[name] for name in remove if name in numbers)) | _mask(numbers[n] for n in add)
    _store(work, subject, before, after)


def _allocate(work: Work, names: Iterable[str]) -> Mapping[str, int]:
    known = dict(bits(work))
    for name in names:
        if name not in known:
            _check_name(name)
            known[name] = 1 + max(known.values(), default=NEVER)
            work.db.execute(tables.fact.insert().values(name=name, bit=known[name]))
    return known


def _store(work: Work, subject: str, before: int, after: int) -> None:
    old, new = words(before), words(after)
    c = tables.word.c
    for number in sorted(old.keys() | new.keys()):
        row = (c.subject == subject) & (c.word == number)
        if number not in old:
            work.db.execute(tables.word.insert().values(subject=subject, word=number, value=new[number]))
        elif number not in new:
            work.db.execute(tables.word.delete().where(row))
        elif old[number] != new[number]:
            work.db.execute(tables.word.update().where(row).values(value=new[number]))


def _mask(numbers: Iterable[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def _check_known(work: Work, subject: str) -> None:
    if work.db.scalar(sa.select(tables.subject.c.id).where(tables.subject.c.id == subject)) is None:
        raise InputError("subjects.unknown", f"there is no subject `{subject}`")


def _check_name(name: str) -> None:
    if len(name) > _MAX_NAME or not _NAME.fullmatch(name):
        raise InputError("subjects.bad-fact", f"`{name}` cannot be a fact", hint="name it like `account.open`")
