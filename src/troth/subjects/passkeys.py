"""Passkeys (W3C WebAuthn): a person signs in with what their device or key keeps, and what it asks of them.

A challenge belongs to one session and is used once, whatever comes of it: the caller ends that session first. The
device has to have verified who holds it. Of each passkey its id and public key are kept, sealed with the person's key;
it is found by a keyed hash of its id, and goes with the person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from troth.base.errors import InputError, RefusedError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.subjects import service as subjects
from troth.subjects import tables
from troth.subjects.vault import Vault

MOST: Final = 10
"""Passkeys of one person: a telephone, a computer, a key or two, and some that they have forgotten."""

CHALLENGE_BYTES: Final = 32
_LONGEST_ANSWER: Final = 20_000
_LONGEST_NAME: Final = 60
_TIMEOUT_MS: Final = 5 * 60 * 1000
_MUST = UserVerificationRequirement.REQUIRED
_c = tables.passkey.c


@dataclass(frozen=True)
class Site:
    """Where passkeys hold: the origin of our pages, its host, and the name that devices show."""

    origin: str
    host: str
    name: str


@dataclass(frozen=True)
class Passkey:
    """One passkey as its owner sees it; `name` is what they call it."""

    id: str
    name: str
    made_at: datetime
    used_at: datetime | None


def site(base_url: str, name: str) -> Site | None:
    """The site of our pages; None where browsers give it no passkeys: without HTTPS, or by a number for an address."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    named = any(sign.isalpha() for sign in host) and ":" not in host
    if not named or (parts.scheme != "https" and host != "localhost"):
        return None
    return Site(f"{parts.scheme}://{parts.netloc}", host, name)


def options_to_add(work: Work, vault: Vault, place: Site, subject: str, *, called: str, challenge: bytes) -> str:
    """What the browser is asked to make a new passkey by, as JSON; a device that has one of ours makes no second.

    `called` is what the device shows of the account. Raises RefusedError `passkeys.too-many`; `subjects.shredded`.
    """
    known = _opened(work, vault, subject)
    if len(known) >= MOST:
        raise RefusedError("passkeys.too-many", f"there are {MOST} passkeys already", hint="remove one first")
    made = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=vault.lookup("passkey user", subject),
        user_name=called,
        user_display_name=called,
        challenge=challenge,
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_MUST
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one["id"])) for one in known],
    )
    return webauthn.options_to_json(made)


def add(work: Work, vault: Vault, place: Site, subject: str, answer: str, *, challenge: bytes, name: str) -> Passkey:
    """Take a new passkey from the browser's answer. Journaled, without anything that tells it.

    Raises:
        RefusedError: `passkeys.refused` where the answer does not verify, or the passkey is known already;
            `passkeys.too-many`; `subjects.shredded`.
    """
    given = _parsed(answer)
    try:
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise _refused() from error
    one_writer(work)
    lookup = _lookup(vault, made.credential_id)
    if len(_rows(work, subject)) >= MOST or work.db.execute(sa.select(_c.id).where(_c.lookup == lookup)).first():
        raise _refused()
    number = work.new_id("key")
    held = {"id": bytes_to_base64url(made.credential_id), "key": bytes_to_base64url(made.credential_public_key)}
    values = {
        "lookup": lookup,
        "subject": subject,
        "id": number,
        "sealed": _sealed(work, vault, subject, number, {**held, "name": name.strip()[:_LONGEST_NAME]}),
        "uses": made.sign_count,
        "made_at": work.at,
    }
    work.db.execute(sa.insert(tables.passkey).values(values))
    _journal(work, vault, subject, number, "subject.passkey-added")
    return _passkey(vault, work, subject, number)


def options_to_sign_in(place: Site, *, challenge: bytes) -> str:
    """What the browser is asked to sign in by, as JSON: the same for everybody, it names nobody."""
    asked = webauthn.generate_authentication_options(
        rp_id=place.host, challenge=challenge, timeout=_TIMEOUT_MS, user_verification=_MUST
    )
    return webauthn.options_to_json(asked)


def sign_in(work: Work, vault: Vault, place: Site, answer: str, *, challenge: bytes) -> str:
    """The subject whose passkey signed the challenge.

    A device that counts must have counted on since the last time: one that has not may be a copy, and is refused.

    Raises RefusedError `passkeys.refused`, in the same words whatever is wrong.
    """
    given = _parsed(answer)
    one_writer(work)
    row = work.db.execute(sa.select(tables.passkey).where(_c.lookup == _lookup(vault, _id(given)))).first()
    if row is None:
        raise _refused()
    held = _held(work, vault, row.subject, row.id, bytes(row.sealed))
    try:
        done = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(held["key"]),
            credential_current_sign_count=row.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise _refused() from error
    mine = sa.update(tables.passkey).where(_c.lookup == row.lookup)
    work.db.execute(mine.values(uses=done.new_sign_count, used_at=work.at))
    return str(row.subject)


def passkeys(work: Work, vault: Vault, subject: str) -> tuple[Passkey, ...]:
    """The person's passkeys, the oldest first. Raises RefusedError `subjects.shredded`."""
    return tuple(
        Passkey(row.id, _held(work, vault, subject, row.id, bytes(row.sealed))["name"], row.made_at, row.used_at)
        for row in _rows(work, subject)
    )


def remove(work: Work, vault: Vault, subject: str, passkey_id: str) -> None:
    """Let a passkey open nothing any more. Raises InputError `passkeys.unknown`, also for somebody else's."""
    one_writer(work)
    mine = sa.and_(_c.subject == subject, _c.id == passkey_id)
    if work.db.execute(sa.delete(tables.passkey).where(mine)).rowcount != 1:
        raise InputError("passkeys.unknown", "there is no such passkey", hint="look at the list: it may be removed")
    _journal(work, vault, subject, passkey_id, "subject.passkey-removed")


def _parsed(answer: str) -> dict[str, Any]:
    """What the browser sent, if it is JSON of the right shape; the library looks at the rest."""
    try:
        given = json.loads(answer) if len(answer) <= _LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("response"), dict):
        raise _refused()
    return given


def _id(given: Mapping[str, Any]) -> bytes:
    try:
        return base64url_to_bytes(str(given.get("id", "")))
    except ValueError:
        raise _refused() from None


def _passkey(vault: Vault, work: Work, subject: str, number: str) -> Passkey:
    return next(one for one in passkeys(work, vault, subject) if one.id == number)


def _rows(work: Work, subject: str) -> list[sa.Row[tuple[Any, ...]]]:
    chosen = sa.select(tables.passkey).where(_c.subject == subject)
    return list(work.db.execute(chosen.order_by(_c.made_at, _c.id)))


def _opened(work: Work, vault: Vault, subject: str) -> list[Mapping[str, str]]:
    return [_held(work, vault, subject, row.id, bytes(row.sealed)) for row in _rows(work, subject)]


def _held(work: Work, vault: Vault, subject: str, number: str, sealed: bytes) -> Mapping[str, str]:
    held: Mapping[str, str] = json.loads(subjects.unseal(work, vault, subject, sealed, context=_context(number)))
    return held


def _sealed(work: Work, vault: Vault, subject: str, number: str, held: Mapping[str, str]) -> bytes:
    plain = json.dumps(held, ensure_ascii=False).encode()
    return subjects.seal(work, vault, subject, plain, context=_context(number))


def _journal(work: Work, vault: Vault, subject: str, number: str, kind: str) -> None:
    journal.append(work, kind, {"passkey": number, "subject": subjects.commitment(work, vault, subject, number)})


def _lookup(vault: Vault, credential: bytes) -> bytes:
    return vault.lookup("passkey", bytes_to_base64url(credential))


def _context(number: str) -> str:
    return f"passkey:{number}"


def _refused() -> RefusedError:
    return RefusedError("passkeys.refused", "the passkey was not accepted", hint="try again, or sign in with a code")
