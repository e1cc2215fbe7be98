"""Sends packages to the controllers that people chose; what is not taken is sent again, or left to be fetched."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Final

import httpx
import structlog

from troth.app.sending.outward import Outward, Reply
from troth.base.errors import InputError, IntegrityError, RefusedError, UnavailableError
from troth.base.work import Begin
from troth.journal.model import Signer
from troth.requests.exchange import arrivals, controllers, transfer
from troth.requests.exchange.transfer import Transfer
from troth.requests.fulfilment import errands
from troth.requests.ports import Jobs
from troth.subjects.vault import Vault

_log = structlog.get_logger()

HEADER: Final = "Troth-Transfer"
"""In it goes the signed note, as base64."""

_LATER: Final = frozenset({401, 408, 425, 429})
"""What may be otherwise tomorrow: the receiver has to write us down first, or asks for patience."""


@dataclass(frozen=True)
class Carrier:
    """Who signs, and by what packages go out."""

    signer: Signer
    outward: Outward


def carry_due(begin: Begin, vault: Vault, jobs: Jobs, carrier: Carrier) -> int:
    """Try what is due and drop what arrived and nobody took in; gives the number of packages that were taken."""
    with begin() as work:
        arrivals.expire(work)
        waiting = transfer.due(work)
    return sum(_carry(begin, vault, jobs, carrier, one) for one in waiting)


def _carry(begin: Begin, vault: Vault, jobs: Jobs, carrier: Carrier, one: Transfer) -> bool:
    with begin() as work:
        if not transfer.claim(work, one):
            return False
    try:
        why = _send(begin, vault, carrier, one)
    except UnavailableError as error:
        why = error.code
        with begin() as work:
            transfer.not_sent(work, one, why)
    except (InputError, RefusedError) as error:
        why = error.code
        with begin() as work:
            transfer.refused(work, one, why)
    with begin() as work:
        errands.go_on(work, jobs, one.request)
    if why:
        _log.warning("transfer.not-sent", request=one.request, code=why)
    return why is None


def _send(begin: Begin, vault: Vault, carrier: Carrier, one: Transfer) -> str | None:
    """Send it once. Raises UnavailableError where it may be taken later, another error where it never will."""
    with begin() as work:
        to = controllers.find(work, one.controller)
        body = transfer.content(work, vault, one)
        letter = transfer.letter(work, one, carrier.signer, to, body)
    headers = {"Content-Type": "application/json", HEADER: base64.b64encode(letter.encode()).decode()}
    # Outside the transaction: a slow receiver keeps nobody waiting for our lock.
    receipt = _receipt(carrier.outward.post(to.url or "", body, headers))
    try:
        transfer.check_receipt(receipt, to.verifier, one, body)
    except IntegrityError as error:
        raise UnavailableError(error.code, "the receipt does not verify", hint=error.hint) from None
    with begin() as work:
        transfer.sent(work, vault, one, body, receipt)
    return None


def _receipt(reply: Reply) -> str:
    if reply.status in _LATER or httpx.codes.is_server_error(reply.status) or httpx.codes.is_redirect(reply.status):
        raise UnavailableError("transfers.not-taken", f"the receiver answered {reply.status}", hint="it is tried again")
    if not reply.taken:
        hint = "the person fetches the package"
        raise RefusedError("transfers.refused", f"the receiver answered {reply.status}", hint=hint)
    try:
        return str(json.loads(reply.body)["receipt"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnavailableError(
            "transfers.no-receipt", "the receiver gave no receipt", hint="it is tried again"
        ) from None
