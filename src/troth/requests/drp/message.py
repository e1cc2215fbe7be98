"""Signed messages of agents, checked in the order that the Data Rights Protocol makes binding (§ 3.07). Pure.

Decode; the signature; the agent that signed is the one that is named; we are the business that is named; it was
issued; it has not expired. Whatever fails first is what is told.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from troth.base.errors import RefusedError
from troth.requests.proof.agents import Agent

VERSIONS: Final = ("1.0", "0.9.4")
"""1.0 changed nothing since 0.9.4, so both are the same protocol."""

SIGNATURE_BYTES: Final = 64
_SHOWN: Final = 40


class MessageError(RefusedError):
    """A message that is not taken. `fatal` says that the same message will never be, so that it is not sent again."""

    def __init__(self, code: str, message: str, *, hint: str = "", status: int, fatal: bool = True) -> None:
        super().__init__(code, message, hint=hint)
        self.http_status = status
        self.fatal = fatal


@dataclass(frozen=True)
class Envelope:
    """A message that passed: what it says, until when it may come, and the digest by which it is known again."""

    content: Mapping[str, Any]
    expires_at: datetime
    digest: bytes


def decode(body: bytes) -> bytes:
    """The signature and the message after it.

    Base64 can be written in more than one way; only the one that encoders write is taken, so that a message that was
    changed anywhere is refused.

    Raises MessageError `drp.not-base64`.
    """
    try:
        signed = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        signed = b""
    if len(signed) <= SIGNATURE_BYTES or base64.b64encode(signed) != body:
        hint = "send base64 of the signature and the JSON after it, on one line"
        raise MessageError("drp.not-base64", "the message does not decode", hint=hint, status=400)
    return signed


def verified(signed: bytes, agent: Agent) -> dict[str, Any]:
    """The JSON object that the agent signed. Raises MessageError `drp.signature`, `drp.not-json`."""
    try:
        plain = VerifyKey(agent.verify_key).verify(signed)
    except (BadSignatureError, ValueError):
        hint = "sign with the key that the directory has for you"
        raise MessageError("drp.signature", "the signature does not verify", hint=hint, status=403) from None
    try:
        value = json.loads(plain)
        json.dumps(value, ensure_ascii=False).encode()  # a half of a surrogate pair is no text and is kept nowhere
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise MessageError("drp.not-json", "what is signed is no JSON object", status=400)
    return value


def checked(value: Mapping[str, Any], signed: bytes, *, agent: str, business: str, at: datetime) -> Envelope:
    """The message, if it comes from that agent, is for this business, and is good now.

    Raises:
        MessageError: `drp.other-agent`, `drp.other-business`, `drp.bad-time`, `drp.not-issued`, `drp.expired`,
            `drp.version`.
    """
    if value.get("agent-id") != agent:
        hint = "`agent-id` must name the agent whose token and key are used"
        raise MessageError("drp.other-agent", "the message is another agent's", hint=hint, status=403)
    if not business or value.get("business-id") != business:
        hint = "`business-id` must name us as the directory does"
        raise MessageError("drp.other-business", "the message is for another business", hint=hint, status=403)
    if instant(value, "issued-at") > at:
        hint = "set your clock right; `issued-at` lies ahead of us"
        raise MessageError("drp.not-issued", "the message is not issued yet", hint=hint, status=400, fatal=False)
    expires_at = instant(value, "expires-at")
    if expires_at <= at:
        raise MessageError("drp.expired", "the message has expired", hint="sign a new one", status=400)
    if value.get("drp.version") not in VERSIONS:
        hint = f"`drp.version` must be `{VERSIONS[0]}`"
        raise MessageError("drp.version", "the message is of another version of the protocol", hint=hint, status=400)
    return Envelope(value, expires_at, hashlib.sha256(signed).digest())


def instant(value: Mapping[str, Any], key: str) -> datetime:
    """A member that is an instant: ISO 8601 with an offset. Raises MessageError `drp.bad-time`."""
    try:
        found = datetime.fromisoformat(value.get(key, ""))
        local = found.tzinfo is None
        found = found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        local = True
        found = datetime.min.replace(tzinfo=UTC)
    if local:
        hint = "write it as 2026-03-02T01:00:00Z"
        raise MessageError("drp.bad-time", f"`{key}` is no instant with an offset", hint=hint, status=400)
    return found
