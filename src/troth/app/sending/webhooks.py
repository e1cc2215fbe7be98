"""Sends what webhooks are to be told, signed as Standard Webhooks has it; what is not taken is sent again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from troth.app.sending.outward import Outward, Reply
from troth.base.canonical import canonical
from troth.base.errors import InputError, TrothError
from troth.base.work import Begin
from troth.requests.exchange import hooks
from troth.requests.exchange.hooks import Message

_log = structlog.get_logger()

PREFIX: Final = "whsec_"
_SHORTEST, _LONGEST = 24, 64
_GONE: Final = 410

Resolve = Callable[[str], str]


def signature(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """What `webhook-signature` says: HMAC-SHA256 over id, time and body.

    Raises:
        InputError: `webhooks.weak-secret`.
    """
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest()).decode()


def tell_webhooks(begin: Begin, outward: Outward, resolve: Resolve) -> int:
    """Make messages of what is new and send what is due; gives the number that was taken.

    A webhook that fails keeps no other waiting: the rest of its own messages are left for later.
    """
    with begin() as work:
        hooks.queue(work)
        waiting = hooks.due(work)
    taken, resting = 0, set[str]()
    for one in waiting:
        if one.webhook not in resting:
            done = _send(begin, outward, resolve, one)
            taken += done is True
            resting |= {one.webhook} if done is False else set()
    return taken


def try_webhook(begin: Begin, outward: Outward, resolve: Resolve, webhook_id: str) -> Reply:
    """Send one message that means nothing, now, and give what came back.

    Raises InputError `webhooks.unknown`, `webhooks.weak-secret` and what `Outward.post` raises.
    """
    with begin() as work:
        found, at, message_id = hooks.find(work, webhook_id), work.at, work.new_id("msg")
    body = canonical({"type": "webhook.test", "timestamp": at.isoformat().replace("+00:00", "Z"), "data": {}})
    return outward.post(found.url, body, _headers(resolve(found.secret), message_id, at, body))


def _send(begin: Begin, outward: Outward, resolve: Resolve, one: Message) -> bool | None:
    """Whether it was taken; None where another worker has it."""
    with begin() as work:
        if not hooks.claim(work, one.id):
            return None
        body, at = hooks.content(work, one.number), work.at
    # Outside the transaction: a slow receiver keeps nobody waiting for our lock.
    try:
        reply = outward.post(one.url, body, _headers(resolve(one.secret), one.id, at, body))
        why = "" if reply.taken else str(reply.status)
    except TrothError as error:
        reply, why = None, error.code
    with begin() as work:
        if reply is not None and reply.status == _GONE:
            hooks.end(work, one.webhook)
        elif why:
            hooks.failed(work, one, why)
        else:
            hooks.sent(work, one)
    if why:
        _log.warning("webhook.not-told", webhook=one.webhook, code=why)
    return not why


def _headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(secret, message_id, at, body),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.strip().startswith(PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        hint = f"put `{PREFIX}` and the base64 of {_SHORTEST} to {_LONGEST} random bytes where the reference leads"
        raise InputError("webhooks.weak-secret", "the webhook's secret is none that can sign", hint=hint)
    return key
