"""The same masks as a WHERE clause, so that a database lists everyone whom a question may be answered yes for.

One version's masks speak for the people whom that version binds; whoever lists people under explicit acceptance
adds that condition.
"""

from __future__ import annotations

import sqlalchemy as sa

from troth.decision.compile import Alternative, Masks
from troth.decision.model import Question
from troth.subjects import tables
from troth.subjects.facts import words


def allowed(masks: Masks, question: Question, subject: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """True for those rows whose `subject` column names a person for whom the answer is yes."""
    return sa.or_(sa.false(), *(_alternative(each, subject) for each in masks.of(question)))


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
