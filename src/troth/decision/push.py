"""The same masks as a WHERE clause, so that a database lists everyone whom a question may be answered yes for.

`allowed` and `whom` ask the own database. `predicate` is text for anybody's SQL engine, over the exported table of
states: one row a person, with the version that binds them and their facts in columns `word0`, `word1` … of 62 bits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.decision.compile import Alternative, Masks
from troth.decision.model import Question
from troth.subjects import tables
from troth.subjects.facts import words


def allowed(masks: Masks, question: Question, subject: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """True for those rows whose `subject` column names a person for whom the answer is yes.

    One version's masks speak for the people whom that version binds; `decision.service` knows who they are.
    """
    return sa.or_(sa.false(), *(_alternative(each, subject) for each in masks.of(question)))


def whom(masks: Masks, question: Question, among: Collection[str] | None = None) -> sa.Select[str]:
    """The ids of all people, or of those `among` whom there are, for whom these masks say yes, in order."""
    subject = tables.subject.c.id
    query = sa.select(subject).where(allowed(masks, question, subject)).order_by(subject)
    return query if among is None else query.where(subject.in_(list(among)))


def _alternative(alternative: Alternative, subject: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    need, forbid = words(alternative.need), words(alternative.forbid)
    return sa.and_(
        sa.true(),
        *(_word(subject, number, _all_of(value)) for number, value in need.items()),
        *(sa.not_(_word(subject, number, _any_of(value))) for number, value in forbid.items()),
    )


def _word(subject: sa.ColumnElement[str], number: int, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    c = tables.word.c
    return sa.exists().where(c.subject == subject, c.word == number, condition)


def _all_of(mask: int) -> sa.ColumnElement[bool]:
    return _masked(mask) == _number(mask)


def _any_of(mask: int) -> sa.ColumnElement[bool]:
    return _masked(mask) != _number(0)


def _masked(mask: int) -> sa.ColumnElement[int]:
    return tables.word.c.value.bitwise_and(_number(mask))


def _number(value: int) -> sa.ColumnElement[int]:
    return sa.literal(value, sa.BigInteger)


@dataclass(frozen=True)
class Dialect:
    """How an SQL engine quotes: names in `quote`; whether a backslash in a text means something."""

    quote: str
    backslash: bool

    def name(self, *parts: str) -> str:
        """A name, or a path of names, that cannot be taken for anything else."""
        return ".".join(f"{self.quote}{part.replace(self.quote, self.quote * 2)}{self.quote}" for part in parts)

    def text(self, value: str) -> str:
        """A text that ends where it ends."""
        # Spark joins two texts where others read a doubled quote.
        signs: dict[str, str | int | None] = {"\\": "\\\\", "'": "\\'"} if self.backslash else {"'": "''"}
        safe = value.translate(str.maketrans(signs))
        return f"'{safe}'"


DIALECTS: Mapping[str, Dialect] = {
    "postgresql": Dialect('"', backslash=False),
    "mysql": Dialect("`", backslash=True),
    "sqlite": Dialect('"', backslash=False),
    "duckdb": Dialect('"', backslash=False),
    "spark": Dialect("`", backslash=True),
}
NOBODY = "1 = 0"


def dialect_named(name: str) -> Dialect:
    """The dialect. Raises InputError `decision.unknown-dialect`."""
    if name not in DIALECTS:
        raise InputError(
            "decision.unknown-dialect", f"`{name[:40]}` is no dialect", hint=f"one of {', '.join(DIALECTS)}"
        )
    return DIALECTS[name]


def word_column(number: int) -> str:
    """The column of the exported table that holds the word of this number."""
    return f"word{number}"


def predicate(dialect: Dialect, masks: Mapping[str, Masks], question: Question, *, table: str) -> str:
    """What is true of those rows of the exported table of states, called `table`, for whom the answer is yes.

    `masks` are those of every version that may bind somebody, by its id.
    """
    found = []
    for version, of in sorted(masks.items()):
        # What is needed and forbidden at once is true of nobody.
        ways = dict.fromkeys((each.need, each.forbid) for each in of.of(question) if not each.need & each.forbid)
        yes = " OR ".join(f"({_way(dialect, table, *way)})" for way in ways)
        if yes:
            found.append(f"({dialect.name(table, 'version')} = {dialect.text(version)} AND ({yes}))")
    return " OR ".join(found) or NOBODY


def _way(dialect: Dialect, table: str, need: int, forbid: int) -> str:
    needed, forbidden = words(need), words(forbid)
    conditions = []
    for number in sorted(needed.keys() | forbidden.keys()):
        # One comparison a word: of the bits that are looked at, exactly the needed ones are there.
        wanted, looked = needed.get(number, 0), needed.get(number, 0) | forbidden.get(number, 0)
        conditions.append(f"({dialect.name(table, word_column(number))} & {looked}) = {wanted}")
    return " AND ".join(conditions)
