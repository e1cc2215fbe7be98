"""Ending a restriction: the person may at any time, the controller once the person was told (GDPR art. 18(3))."""

from __future__ import annotations

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.requests import record, texts
from troth.requests.choices import RESTRICTED
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.telling import letters
from troth.subjects import facts
from troth.subjects.vault import Vault


def announce(work: Work, vault: Vault, request_id: str, reason: str, *, by: str) -> Request:
    """Tell the person that the restriction will end, and why; it goes on until `lift`.

    Raises:
        InputError: `requests.unknown`, `requests.empty-text`, `requests.not-a-restriction`.
        ConflictError: `requests.not-restricted` where none stands.
    """
    request = _standing(work, request_id)
    texts.say(work, vault, request, "reason", reason)
    letters.write(work, request, "lift")
    record.note(work, request, "announce", by=by)
    return request


def lift(work: Work, request_id: str, *, by: str) -> Request:
    """End it, once the letter that announced it has gone out.

    Raises:
        RefusedError: `requests.not-told` before that.
        InputError, ConflictError: as `announce` does.
    """
    request = _standing(work, request_id)
    if not any(one.about == "lift" and one.sent_at is not None for one in letters.of(work, request.id)):
        hint = "announce it, and lift it when the letter has been sent"
        raise RefusedError("requests.not-told", "the person has not been told that the restriction ends", hint=hint)
    return _end(work, request, by=by)


def end_own(work: Work, request_id: str) -> Request:
    """The person ends their own restriction. The caller has made sure that it is theirs. Raises as `announce`."""
    return _end(work, _standing(work, request_id), by=None)


def stands(work: Work, request: Request) -> bool:
    """Whether the request restricts the use of the person's data now."""
    is_done = request.kind is Kind.RESTRICTION and request.state is State.FULFILLED
    return is_done and RESTRICTED in facts.facts(work, request.subject)


def _standing(work: Work, request_id: str) -> Request:
    one_writer(work)
    request = record.load(work, request_id)
    if request.kind is not Kind.RESTRICTION:
        hint = "name the request by which the restriction was asked for"
        raise InputError("requests.not-a-restriction", "the request asks for no restriction", hint=hint)
    if not stands(work, request):
        raise ConflictError("requests.not-restricted", "no restriction stands", hint="there is nothing to end")
    return request


def _end(work: Work, request: Request, *, by: str | None) -> Request:
    facts.change(work, request.subject, remove=[RESTRICTED])
    record.note(work, request, "lift", by=by)
    return record.load(work, request.id)
