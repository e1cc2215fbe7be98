"""Signing in with an account that people have already: OpenID Connect, the authorization code flow with PKCE.

The library checks what the provider signed; what is checked of it here are the claims (OpenID Connect Core § 3.1.3.7).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import SecretStr

from troth.base.errors import InputError, RefusedError, UnavailableError
from troth.base.sensitive import Sensitive

_TIMEOUT_SECONDS = 10.0
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_LEEWAY = timedelta(minutes=2)
"""Two machines' clocks may differ a little."""

SCOPE = "openid email phone"


@dataclass(frozen=True)
class Known:
    """What a provider vouches for: only what it says that it verified."""

    email: Sensitive[str] | None
    phone: Sensitive[str] | None


@dataclass(frozen=True)
class Attempt:
    """One try to sign in; kept on the server until the browser comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class OpenId:
    """A provider, as the settings name it."""

    issuer: str
    client_id: str
    client_secret: SecretStr

    def __post_init__(self) -> None:
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise InputError(
                "settings.openid-issuer", "the OpenID provider's address is not `https`", hint="see TROTH_OPENID_ISSUER"
            )

    def address(self, attempt: Attempt, back: str) -> str:
        """Where to send the browser; it comes `back` with a code. Raises UnavailableError `openid.unavailable`."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = self._configuration()["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def redeem(self, code: str, attempt: Attempt, back: str, now: datetime) -> Known:
        """What the provider says of whoever came back with `code`.

        Raises:
            RefusedError: `openid.refused` for a code that it does not take, or a token that is not for us or now.
            UnavailableError: `openid.unavailable`.
        """
        configuration = self._configuration()
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        token = self._post(configuration["token_endpoint"], {**sent, "code_verifier": attempt.verifier})
        keys = self._keys(configuration["jwks_uri"])
        return _known(self._claims(str(token.get("id_token", "")), keys, attempt.nonce, now))

    def _keys(self, address: str) -> KeySet:
        found = self._get(address).get("keys")
        try:
            return KeySet.import_key_set({"keys": found if isinstance(found, list) else []})
        except (JoseError, ValueError, KeyError, TypeError):
            raise _unavailable() from None

    def _claims(self, token: str, keys: KeySet, nonce: str, now: datetime) -> dict[str, Any]:
        try:
            claims = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
        except (JoseError, ValueError):
            raise _refused() from None
        audience = claims.get("aud")
        for_us = self.client_id in (audience if isinstance(audience, list) else [audience])
        if claims.get("iss") != self.issuer or not for_us or claims.get("nonce") != nonce or not _timely(claims, now):
            raise _refused()
        return dict(claims)

    def _configuration(self) -> dict[str, str]:
        found = self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise _unavailable()
        return found

    def _get(self, address: str) -> dict[str, Any]:
        try:
            answer = httpx.get(address, timeout=_TIMEOUT_SECONDS)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            raise _unavailable() from None
        return found

    def _post(self, address: str, form: dict[str, str]) -> dict[str, Any]:
        who = (self.client_id, self.client_secret.get_secret_value())
        try:
            answer = httpx.post(address, data=form, auth=who, timeout=_TIMEOUT_SECONDS)
            found: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError):
            raise _unavailable() from None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _unavailable()
        if answer.is_error:
            raise _refused()
        return found


def _timely(claims: dict[str, Any], now: datetime) -> bool:
    ends, begins = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float) or not isinstance(begins, int | float):
        return False
    return now.timestamp() < ends + _LEEWAY.total_seconds() and begins <= now.timestamp() + _LEEWAY.total_seconds()


def _known(claims: dict[str, Any]) -> Known:
    def vouched(name: str) -> Sensitive[str] | None:
        value, sure = claims.get(name), claims.get(f"{name}_verified")
        return Sensitive(value) if isinstance(value, str) and sure is True else None

    return Known(vouched("email"), vouched("phone_number"))


def _refused() -> RefusedError:
    return RefusedError("openid.refused", "the provider did not vouch for this sign-in", hint="sign in once more")


def _unavailable() -> UnavailableError:
    hint = "sign in with a code instead, or see TROTH_OPENID_ISSUER"
    return UnavailableError("openid.unavailable", "the sign-in service does not answer as it should", hint=hint)
