"""A key management service that wraps the master key: HashiCorp Vault's transit engine, or what speaks its API.

The service never sees personal data: it opens the master key once when Troth starts.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from http import HTTPStatus

import httpx
from pydantic import SecretStr

from troth.base.errors import IntegrityError, UnavailableError

_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True)
class TransitKeys:
    """Vault's transit engine (HTTP API v1): `POST /v1/transit/encrypt/KEY`, `…/decrypt/KEY` with `X-Vault-Token`."""

    url: str
    token: SecretStr
    key: str

    def wrap(self, key: bytes) -> str:
        """The key under the service's own: text such as `vault:v1:…`. Raises as `unwrap` does."""
        return self._call("encrypt", "plaintext", base64.b64encode(key).decode(), "ciphertext")

    def unwrap(self, wrapped: str) -> bytes:
        """What was wrapped.

        Raises:
            IntegrityError: `keys.kms-refused`: the service does not open it.
            UnavailableError: `keys.kms-unavailable`: it does not answer, is sealed, or does not know the token.
        """
        try:
            return base64.b64decode(self._call("decrypt", "ciphertext", wrapped, "plaintext"), validate=True)
        except binascii.Error:
            raise _unavailable("answered what is no key") from None

    def _call(self, act: str, given: str, value: str, wanted: str) -> str:
        place = f"{self.url.rstrip('/')}/v1/transit/{act}/{self.key}"
        headers = {"X-Vault-Token": self.token.get_secret_value()}
        try:
            answer = httpx.post(place, json={given: value}, headers=headers, timeout=_TIMEOUT)
            if answer.status_code == HTTPStatus.BAD_REQUEST:
                hint = "check that TROTH_KMS_KEY names the key that wrapped it, and its least version"
                raise IntegrityError("keys.kms-refused", "the key service does not open the master key", hint=hint)
            found = answer.raise_for_status().json()["data"][wanted]
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            raise _unavailable(f"did not do its part ({type(error).__name__})") from None
        if not isinstance(found, str):
            raise _unavailable("answered what is no key")
        return found


def _unavailable(what: str) -> UnavailableError:
    hint = "check TROTH_KMS_URL and TROTH_KMS_TOKEN, and that the service is unsealed"
    return UnavailableError("keys.kms-unavailable", f"the key service {what}", hint=hint)
