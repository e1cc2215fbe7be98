"""One-time codes that show that somebody reads the mail or the messages of an identifier.

A code is asked for and tried in the same words whether the identifier is known or not, so nobody learns from it who
is registered. Only a keyed hash of it is stored.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from enum import Enum, auto

import sqlalchemy as sa

from troth.base.errors import RefusedError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.subjects import tables
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault

VALID_FOR = timedelta(minutes=10)
ATTEMPTS = 5
DIGITS = 6

_RANDOM_BYTES = 8  # 64 bits folded onto a million codes: no code is likelier than another by more than 1 in 10**13


class Outcome(Enum):
    """What came of trying a code."""

    REDEEMED = auto()
    WRONG = auto()
    EXPIRED = auto()
    SPENT = auto()


def issue(work: Work, vault: Vault, identifier: Identifier, *, aim: str) -> str:
    """A new code of six digits for `identifier`, good for ten minutes and for one `aim`; voids the one before."""
    one_writer(work)
    number = int.from_bytes(work.entropy(_RANDOM_BYTES), "big") % 10**DIGITS
    code = f"{number:0{DIGITS}}"
    lookup = _lookup(vault, identifier, aim)
    work.db.execute(tables.code.delete().where(sa.or_(tables.code.c.lookup == lookup, _long_gone(work))))
    work.db.execute(
        tables.code.insert().values(
            lookup=lookup,
            identifier=vault.finder(identifier.kind, identifier.value.reveal()),
            hash=_hash(vault, identifier, aim, code),
            expires_at=work.at + VALID_FOR,
            attempts=0,
            spent=False,
        )
    )
    return code


def redeem(work: Work, vault: Vault, identifier: Identifier, code: str, *, aim: str) -> None:
    """Use a code up, or count a wrong try.

    The count is kept only if the caller's transaction commits: catch the error *inside* the unit of work, or every
    try is the first.

    Raises:
        RefusedError: `subjects.code-wrong`, `subjects.code-expired`, or `subjects.code-spent` (used, or tried five
            times).
    """
    outcome = _attempt(work, vault, identifier, code, aim)
    if outcome is Outcome.WRONG:
        hint = "look at the newest message and type its code again"
        raise RefusedError("subjects.code-wrong", "the code is not right", hint=hint)
    if outcome is Outcome.EXPIRED:
        raise RefusedError("subjects.code-expired", "the code is too old", hint="ask for a new code")
    if outcome is Outcome.SPENT:
        raise RefusedError("subjects.code-spent", "the code cannot be used any more", hint="ask for a new code")


def _attempt(work: Work, vault: Vault, identifier: Identifier, code: str, aim: str) -> Outcome:
    one_writer(work)
    lookup = _lookup(vault, identifier, aim)
    given = _hash(vault, identifier, aim, code.strip())
    row = work.db.execute(sa.select(tables.code).where(tables.code.c.lookup == lookup)).first()
    if row is None:
        return Outcome.WRONG
    right = hmac.compare_digest(bytes(row.hash), given)
    if row.spent or row.attempts >= ATTEMPTS:
        return Outcome.SPENT
    if work.at >= row.expires_at:
        return Outcome.EXPIRED
    tried = tables.code.update().where(tables.code.c.lookup == lookup)
    work.db.execute(tried.values(attempts=row.attempts + 1, spent=right))
    return Outcome.REDEEMED if right else Outcome.WRONG


def _long_gone(work: Work) -> sa.ColumnElement[bool]:
    return tables.code.c.expires_at < work.at - VALID_FOR


def _lookup(vault: Vault, identifier: Identifier, aim: str) -> bytes:
    return vault.lookup("code", aim, identifier.kind, identifier.value.reveal())


def _hash(vault: Vault, identifier: Identifier, aim: str, code: str) -> bytes:
    return vault.lookup("code value", aim, identifier.kind, identifier.value.reveal(), code)
