"""Access tokens of an OpenID Connect issuer by which people's data here are read and erased on their behalf.

What a token allows is read in both ways in which issuers say it: as a list of scopes in a claim, and as the permissions
that Keycloak puts under `authorization`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from troth.base.errors import InputError, RefusedError, UnavailableError

_TIMEOUT_SECONDS: Final = 10.0
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_LEEWAY: Final = timedelta(minutes=2)
_KEPT: Final = timedelta(minutes=10)


class TokenRefusedError(RefusedError):
    """The token is not the issuer's, not for us, or not of now."""

    status = 401

    def __init__(self) -> None:
        super().__init__("store.token-refused", "the access token is not taken", hint="get a new one from the issuer")


@dataclass(frozen=True)
class Bearer:
    """Whom a token speaks for, and what it allows."""

    subject: str
    scopes: frozenset[str]


@dataclass
class Issuer:
    """An issuer whose keys are fetched when they are first needed, and again when it has signed with a new one."""

    address: str
    audience: str
    claim: str
    _keys: KeySet | None = None
    _fetched: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise InputError(
                "settings.store-issuer", "the issuer's address is not `https`", hint="see TROTH_STORE_ISSUER"
            )

    def bearer(self, token: str, now: datetime) -> Bearer:
        """Who carries the token. Raises TokenRefusedError, and UnavailableError `store.issuer-unavailable`."""
        claims = self._claims(token, now)
        audience = claims.get("aud")
        for_us = self.audience in (audience if isinstance(audience, list) else [audience])
        subject = claims.get("sub")
        if claims.get("iss") != self.address or not for_us or not isinstance(subject, str) or not _timely(claims, now):
            raise TokenRefusedError
        return Bearer(subject, frozenset(_words(claims.get(self.claim))))

    def _claims(self, token: str, now: datetime) -> Mapping[str, Any]:
        for fresh in (False, True):
            try:
                return jwt.decode(token, self._known(now, fresh=fresh), algorithms=_ALGORITHMS).claims
            except (JoseError, ValueError):
                continue  # once more with keys fetched anew: it may have signed with a new one
        raise TokenRefusedError

    def _known(self, now: datetime, *, fresh: bool) -> KeySet:
        with self._lock:
            old = self._fetched is None or now - self._fetched > (_LEEWAY if fresh else _KEPT)
            if self._keys is None or old:
                self._keys, self._fetched = self._fetch(), now
            return self._keys

    def _fetch(self) -> KeySet:
        configuration = _get(f"{self.address.rstrip('/')}/.well-known/openid-configuration")
        try:
            if configuration["issuer"] != self.address:
                raise _unavailable()
            return KeySet.import_key_set({"keys": _get(configuration["jwks_uri"])["keys"]})
        except (JoseError, ValueError, KeyError, TypeError):
            raise _unavailable() from None


def _get(address: str) -> dict[str, Any]:
    try:
        answer = httpx.get(address, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        raise _unavailable() from None
    if not isinstance(found, dict):
        raise _unavailable()
    return found


def _timely(claims: Mapping[str, Any], now: datetime) -> bool:
    ends, begins = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float) or not isinstance(begins, int | float):
        return False
    return now.timestamp() < ends + _LEEWAY.total_seconds() and begins <= now.timestamp() + _LEEWAY.total_seconds()


def _words(claim: object) -> Iterator[str]:
    """Every word of a claim that lists some, in whichever nest of lists and permissions."""
    if isinstance(claim, str):
        yield from claim.split()
    elif isinstance(claim, list):
        for one in claim:
            yield from _words(one)
    elif isinstance(claim, Mapping):
        for name in ("permissions", "scopes"):
            yield from _words(claim.get(name))


def _unavailable() -> UnavailableError:
    hint = "see that TROTH_STORE_ISSUER is its address and that it runs"
    return UnavailableError(
        "store.issuer-unavailable", "the issuer of access tokens does not answer as it should", hint=hint
    )
