"""Sessions on the server. The browser holds a random token; the database holds only what the token opens.

Two keys are derived from the token: one finds the row, one opens it. A copy of the database therefore tells
nobody who is signed in, and a stolen row cannot be used.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from troth.base.canonical import canonical
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.web.tables import web_session

_TOKEN_BYTES = 32
_NONCE_BYTES = 12
_TOUCH_AFTER = timedelta(minutes=1)  # a page seen within a minute of the last writes nothing

_FIND = sa.select(web_session).where(  # built once: it is asked with every page
    web_session.c.found_by == sa.bindparam("wanted"),
    web_session.c.kind == sa.bindparam("of_kind"),
    web_session.c.ends_at > sa.bindparam("now"),
)


class Kind(StrEnum):
    """What a session is for. Each has a cookie of its own, so that one browser may hold several."""

    PERSON = "person"
    STAFF = "staff"
    PERSON_CODE = "person-code"
    STAFF_CODE = "staff-code"
    PERSON_OPENID = "person-openid"
    GUEST_CODE = "guest-code"
    PASSKEY = "passkey"
    PASSKEY_NEW = "passkey-new"


@dataclass(frozen=True)
class Lifetime:
    """How long a session lasts without use, and at all."""

    idle: timedelta
    whole: timedelta


_SIGNED_IN = Lifetime(idle=timedelta(minutes=30), whole=timedelta(hours=8))
_WAITING = Lifetime(idle=timedelta(minutes=10), whole=timedelta(minutes=10))  # as long as the code it waits for

LIFETIMES: Mapping[Kind, Lifetime] = {
    Kind.PERSON: _SIGNED_IN,
    Kind.STAFF: _SIGNED_IN,
    Kind.PERSON_CODE: _WAITING,
    Kind.STAFF_CODE: _WAITING,
    Kind.PERSON_OPENID: _WAITING,
    Kind.GUEST_CODE: _WAITING,
    Kind.PASSKEY: _WAITING,
    Kind.PASSKEY_NEW: _WAITING,
}


@dataclass(frozen=True)
class Session:
    """An open session: its kind and what was put into it. A `stale` one ends soon unless `keep_alive` is told of it."""

    kind: Kind
    token: Sensitive[str]
    holds: Sensitive[Mapping[str, str]]
    stale: bool = False

    def __getitem__(self, name: str) -> str:
        return self.holds.reveal()[name]


def open_session(work: Work, kind: Kind, holds: Mapping[str, str]) -> Sensitive[str]:
    """Start a session and give its token. Rows that have ended are removed on the way."""
    token, nonce = work.entropy(_TOKEN_BYTES), work.entropy(_NONCE_BYTES)
    work.db.execute(sa.delete(web_session).where(web_session.c.ends_at <= work.at))
    work.db.execute(
        sa.insert(web_session).values(
            found_by=_derive(token, b"find").hex(),
            kind=kind,
            sealed=nonce + AESGCM(_derive(token, b"seal")).encrypt(nonce, canonical(dict(holds)), kind.encode()),
            opened_at=work.at,
            seen_at=work.at,
            ends_at=_ends(kind, opened=work.at, seen=work.at),
        )
    )
    return Sensitive(base64.urlsafe_b64encode(token).decode().rstrip("="))


def find_session(work: Work, kind: Kind, token: str) -> Session | None:
    """The session that `token` opens, if it is of this kind and has not ended."""
    secret = _decoded(token)
    if secret is None:
        return None
    wanted = {"wanted": _derive(secret, b"find").hex(), "of_kind": kind.value, "now": work.at}
    row = work.db.execute(_FIND, wanted).one_or_none()
    if row is None:
        return None
    holds = _unsealed(row.sealed, secret, kind)
    if holds is None:
        return None
    return Session(kind, Sensitive(token), Sensitive(holds), stale=work.at - row.seen_at >= _TOUCH_AFTER)


def keep_alive(work: Work, session: Session) -> None:
    """Let a session that was used last longer; what has ended stays so."""
    secret = _decoded(session.token.reveal())
    if secret is None or not session.stale:
        return
    wanted = {"wanted": _derive(secret, b"find").hex(), "of_kind": session.kind.value, "now": work.at}
    row = work.db.execute(_FIND, wanted).one_or_none()
    if row is not None:
        ends = _ends(session.kind, opened=row.opened_at, seen=work.at)
        here = web_session.c.found_by == row.found_by
        work.db.execute(sa.update(web_session).where(here).values(seen_at=work.at, ends_at=ends))


def end_session(work: Work, session: Session) -> None:
    """End the session now; its token opens nothing any more."""
    secret = _decoded(session.token.reveal())
    if secret is not None:
        work.db.execute(sa.delete(web_session).where(web_session.c.found_by == _derive(secret, b"find").hex()))


def _ends(kind: Kind, *, opened: datetime, seen: datetime) -> datetime:
    lifetime = LIFETIMES[kind]
    return min(opened + lifetime.whole, seen + lifetime.idle)


def _derive(secret: bytes, use: bytes) -> bytes:
    return hmac.digest(secret, b"troth web session: " + use, "sha256")


def _decoded(token: str) -> bytes | None:
    try:
        secret = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) == _TOKEN_BYTES else None


def _unsealed(sealed: bytes, secret: bytes, kind: Kind) -> Mapping[str, str] | None:
    nonce, sealed_text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        plain = AESGCM(_derive(secret, b"seal")).decrypt(nonce, sealed_text, kind.encode())
    except InvalidTag:
        return None  # a row that was tampered with is no session
    holds: Mapping[str, str] = json.loads(plain)
    return holds
