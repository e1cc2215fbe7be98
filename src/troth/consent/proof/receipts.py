"""Issues receipts: from the ledger and the journal, signed as far as the journal goes."""

from __future__ import annotations

import json
from typing import Any

from troth.base.errors import InputError, RefusedError
from troth.base.work import Work
from troth.consent.ledger import event_by_id, text_of
from troth.consent.proof.linked import linked
from troth.consent.proof.receipt import Parts, Place, compose
from troth.journal import checkpoint as checkpoints
from troth.journal import service as journal
from troth.journal.model import Signer
from troth.subjects.service import is_shredded


def receipt(work: Work, signer: Signer, event_id: str, language: str) -> dict[str, Any]:
    """What a person is given as proof of a choice (ISO/IEC TS 27560), with its place in the signed journal.

    `language` is that of the labels, where the policy speaks it; the text shown stays in the language it was shown in.
    Signs the journal where the last checkpoint does not reach the event.

    Raises:
        InputError: `consent.unknown-event`.
        RefusedError: `consent.receipt-erased` once the person was erased; receipts given before still verify.
        IntegrityError: `journal.regressed`.
    """
    event = event_by_id(work, event_id)
    if event is None:
        hint = "ids are like `evt-4f2k…`; `troth consent history` lists them"
        raise InputError("consent.unknown-event", f"there is no choice `{event_id[:60]}`", hint=hint)
    if is_shredded(work, event.subject):
        hint = "receipts given before still verify"
        raise RefusedError("consent.receipt-erased", "of a person who was erased no receipt is given", hint=hint)
    (entry,) = journal.entries(work, event.entry, 1)
    terms: dict[str, str] = json.loads(text_of(work, event.terms))
    spoken = next(each for each in (language, event.language, *terms) if each in terms)
    body = json.loads(text_of(work, terms[spoken]))
    place = _place(work, signer, entry.index)
    return compose(Parts(entry.leaf.decode(), spoken, body, terms, text_of(work, event.prompt), place))


def receipt_ld(work: Work, signer: Signer, event_id: str, language: str) -> dict[str, Any]:
    """The same as JSON-LD. Raises as `receipt` does."""
    return linked(receipt(work, signer, event_id, language))


def _place(work: Work, signer: Signer, index: int) -> Place:
    signed = _covering(work, signer, index)
    size = checkpoints.read(signed).size
    proof = tuple(node.hex() for node in journal.inclusion(work, index, size))
    return Place(index, size, proof, signed)


def _covering(work: Work, signer: Signer, index: int) -> str:
    """A checkpoint that reaches the entry: the last one if it does, or a new one."""
    latest = journal.latest_checkpoint(work)
    if latest is not None and checkpoints.read(latest).size > index:
        return latest
    return journal.checkpoint(work, signer)
