"""The keys of programs: bearer tokens of which the settings hold the name and the SHA-256 only."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from starlette.requests import Request

from troth.base.errors import RefusedError


class KeyNeededError(RefusedError):
    """The request carries no key that the settings know."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            "web.key-needed",
            "no program is known by that key",
            hint="send `Authorization: Bearer KEY`; TROTH_API_KEYS names the programs and the hashes of their keys",
        )


def program(request: Request) -> str:
    """The name of the program whose key the request carries. Raises KeyNeededError."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    keys: tuple[str, ...] = request.app.state.application.settings.api_keys
    found = known(keys, token.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise KeyNeededError
    return found


def known(keys: Iterable[str], token: str) -> str | None:
    """Whose key `token` is. Every key is looked at, so that the time taken tells nothing about any of them."""
    given = hashlib.sha256(token.encode()).hexdigest().encode()
    found = None
    for key in keys:
        name, _, kept = key.partition(":")
        if hmac.compare_digest(kept.encode(), given):
            found = name
    return found
