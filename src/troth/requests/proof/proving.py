"""Identity and authority are shown, or not: the request goes on, or it ends."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from troth.base.errors import InputError
from troth.base.text import said
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.requests import deadline, limits, record, texts
from troth.requests.kinds import Kind
from troth.requests.machine import Event, State, move
from troth.requests.model import Request
from troth.requests.opening import set_going
from troth.requests.ports import Jobs
from troth.requests.proof import evidence, identity, standing
from troth.requests.telling.words import DECLARATION
from troth.subjects import facts
from troth.subjects.vault import Vault

_LONGEST_NAME = 200
_FAILED: Mapping[str, str] = {
    "identity": "requests.not-proved-identity",
    "authority": "requests.not-proved-authority",
    "kinship": "requests.not-proved-kinship",
    "death": "requests.not-proved-death",
    "points": "requests.not-proved-points",
    "declaration": "requests.not-proved-declaration",
}
"""What an ended request says of the proof that did not suffice."""


def prove(work: Work, vault: Vault, request_id: str, proofs: Collection[str], *, by: str | None, jobs: Jobs) -> Request:
    """Say which proofs were seen. With the last one the request goes on as if the person had asked it themselves.

    A request that lay under a stand-in becomes the person's then; one that cannot be theirs is refused. What was shown
    is deleted, as far as it served this only.

    Raises:
        InputError: `requests.unknown`, `requests.unknown-proof`.
        ConflictError: `requests.not-possible` where nothing has to be shown any more.
    """
    one_writer(work)
    request = record.load(work, request_id)
    move(request.state, Event.PROVE)
    if identity.seen(work, request_id, proofs):
        record.note(work, request, "show", by=by)
        return record.load(work, request_id)
    request = standing.settle(work, vault, request, by=by)
    if request.state is State.DOUBTED:
        request = _resume(work, vault, request, by, jobs)
    elif not request.closed:
        request = _go_on(work, vault, record.advance(work, vault, request, Event.PROVE, by=by), jobs)
    evidence.discard(work, request_id)
    return request


def reject(work: Work, vault: Vault, request_id: str, reason: str, *, by: str, failed: str | None = None) -> Request:
    """End a request whose sender could not show who they are, or that they may ask; the reason is told.

    `failed` names the proof that did not suffice.

    Raises:
        InputError: `requests.unknown`, `requests.empty-text`; `requests.unknown-proof` for one that is not missing.
        ConflictError: `requests.not-possible`.
    """
    one_writer(work)
    request = record.load(work, request_id)
    if failed is not None and failed not in identity.missing(work, request_id):
        hint = "name one that is still to be shown"
        raise InputError("requests.unknown-proof", f"`{failed[:40]}` has been shown, or is not asked for", hint=hint)
    texts.say(work, vault, request, "reason", reason)
    code = "requests.not-proved" if failed is None else _FAILED[failed]
    ended = record.advance(work, vault, request, Event.REFUSE, code=code, by=by)
    evidence.discard(work, request_id)
    return ended


def declare(work: Work, vault: Vault, request_id: str, name: str, *, language: str, jobs: Jobs) -> Request:
    """Keep a declaration that somebody signed with their name: the words that they were shown, and when.

    Raises:
        InputError: `identity.no-name`; `requests.unknown-proof` where none is asked for.
        ConflictError: `requests.not-possible`.
    """
    one_writer(work)
    request = record.load(work, request_id)
    signed = name.strip()
    if not signed or len(signed) > _LONGEST_NAME:
        raise InputError("identity.no-name", "the declaration is not signed", hint="type your full name")
    if "declaration" not in identity.missing(work, request_id):
        raise InputError("requests.unknown-proof", "no declaration is asked for here", hint="look at the request")
    kept = {"text": declaration(request, language), "language": language, "name": signed, "at": work.at.isoformat()}
    plain = json.dumps({**kept, "policy": request.version}, ensure_ascii=False, sort_keys=True)
    evidence.keep(work, vault, request, "declaration", plain.encode())
    return prove(work, vault, request_id, ["declaration"], by=None, jobs=jobs)


def declaration(request: Request, language: str) -> str:
    """The words that are signed for a request."""
    return said(DECLARATION, language).format(reference=request.reference)


def confirm(work: Work, vault: Vault, request_id: str, *, jobs: Jobs) -> Request:
    """The person says, signed in, that the agent asks for them: nothing else has to be shown (11 CCR § 7063(a)).

    The caller has made sure that the request names them (`parties.naming`). Raises as `prove` does.
    """
    return prove(work, vault, request_id, identity.missing(work, request_id), by="person", jobs=jobs)


def deny(work: Work, vault: Vault, request_id: str) -> Request:
    """The person says, signed in, that nobody asks for them. The caller has made sure as for `confirm`."""
    one_writer(work)
    request = record.load(work, request_id)
    ended = record.advance(work, vault, request, Event.REFUSE, code="requests.not-appointed", by="person")
    evidence.discard(work, request_id)
    return ended


def _resume(work: Work, vault: Vault, doubted: Request, by: str | None, jobs: Jobs) -> Request:
    if doubted.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, doubted.subject, add=("account.closing",))
    moved = record.advance(work, vault, doubted, Event.PROVE, by=by)
    jobs.enqueue(work, doubted.id)  # the move took the lease
    return moved


def _go_on(work: Work, vault: Vault, shown: Request, jobs: Jobs) -> Request:
    _begin_late_limits(work, shown)
    promised = record.promised(work, shown)
    return set_going(work, vault, promised, record.load(work, shown.id), texts.asked(work, vault, shown), jobs=jobs)


def _begin_late_limits(work: Work, request: Request) -> None:
    """What the policy counts from the proof begins now."""
    policy = record.promised(work, request).policy
    running = {one.clause for one in request.deadlines}
    now = deadline.deadlines(policy, request.kind, work.at)
    limits.begin(work, request.id, [one for one in now if one.clause not in running])
