"""Proposals: an act that waits until a second person agrees. Written, listed, decided and expired; never acted on here.

What goes with the act (a reason, an answer) is sealed with the person's key and goes when that is destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.deciding.eyes import OF_WORKERS, Act, needed
from troth.requests.kinds import Kind
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

LASTS = timedelta(days=7)
"""How long a proposal waits for a second person; after that the first has to make it again."""

Outcome = Literal["approved", "declined", "expired"]

WAITS = "requests.waits-for-approval"
"""Why a worker waits with what needs two people."""

_c = tables.request_proposal.c


@dataclass(frozen=True)
class Proposal:
    """One act on one request, proposed by somebody; `outcome` is None while it waits."""

    id: str
    request: str
    act: Act
    by: str
    at: datetime
    stand: int
    expires_at: datetime
    outcome: Outcome | None
    decided_by: str | None
    decided_at: datetime | None


def alone(two_pairs: Collection[str], kind: Kind, act: Act) -> None:
    """Let one person do it by themselves, where nothing can be proposed.

    Raises RefusedError `requests.waits-for-approval` where two must agree.
    """
    if needed(two_pairs, kind, act):
        hint = "propose to refuse the whole request, and have somebody else approve it"
        raise RefusedError(WAITS, f"`{act}` needs two people", hint=hint)


def add(work: Work, vault: Vault, request_id: str, act: Act, given: Mapping[str, str], *, by: str) -> Proposal:
    """Write down that somebody wants this done. Journaled; nothing else happens.

    Raises:
        ConflictError: `requests.proposed-already` while the same act waits, `requests.not-possible` for a closed one.
        RefusedError: `subjects.shredded`.
    """
    one_writer(work)
    expire(work)
    request = record.load(work, request_id)
    if request.closed:
        raise ConflictError("requests.not-possible", "the request is closed", hint="nothing is left to do")
    if any(one.act == act for one in waiting(work, request_id)):
        hint = "let somebody else approve or decline it"
        raise ConflictError("requests.proposed-already", f"`{act}` waits for a second person already", hint=hint)
    made = work.new_id("prp")
    record.note(work, request, "propose", code=act, by=by)
    plain = json.dumps(dict(given), ensure_ascii=False).encode()
    work.db.execute(
        sa.insert(tables.request_proposal).values(
            id=made,
            request=request_id,
            act=act,
            sealed=subjects.seal(work, vault, request.subject, plain, context=_context(made)),
            by=by,
            at=work.at,
            stand=record.stand(work, request_id),
            expires_at=work.at + LASTS,
        )
    )
    return get(work, made)


def get(work: Work, proposal_id: str) -> Proposal:
    """The proposal with that id. Raises InputError `requests.unknown-proposal`."""
    found = _found(work, _selected().where(_c.id == proposal_id))
    if not found:
        raise InputError("requests.unknown-proposal", "there is no such proposal", hint="look at the request again")
    return found[0]


def waiting(work: Work, request_id: str) -> tuple[Proposal, ...]:
    """What waits for a second person on a request, the oldest first."""
    chosen = _selected().where(_c.request == request_id, _c.outcome.is_(None), _c.expires_at > work.at)
    return _found(work, chosen.order_by(_c.at, _c.id))


def given(work: Work, vault: Vault, proposal: Proposal) -> Mapping[str, str]:
    """What goes with the act. Raises RefusedError `subjects.shredded`."""
    sealed = work.db.scalar(sa.select(_c.sealed).where(_c.id == proposal.id))
    assert sealed is not None
    subject = record.load(work, proposal.request).subject
    found: dict[str, str] = json.loads(
        subjects.unseal(work, vault, subject, bytes(sealed), context=_context(proposal.id))
    )
    return found


def decide(work: Work, proposal_id: str, outcome: Literal["approved", "declined"], *, by: str) -> Proposal:
    """Write what the second person said. Whoever proposed may take it back, but not approve it.

    Raises:
        InputError: `requests.unknown-proposal`.
        RefusedError: `requests.same-person`.
        ConflictError: `requests.proposal-over` once it was decided or its time is over, `requests.moved-meanwhile` when
            something happened to the request since.
    """
    one_writer(work)
    proposal = get(work, proposal_id)
    if proposal.outcome is not None or proposal.expires_at <= work.at:
        raise ConflictError("requests.proposal-over", "nothing waits for a decision any more", hint="propose it again")
    if outcome == "approved":
        _may_approve(work, proposal, by)
    decided = {"outcome": outcome, "decided_by": by, "decided_at": work.at}
    work.db.execute(sa.update(tables.request_proposal).where(_c.id == proposal_id).values(decided))
    request = record.load(work, proposal.request)
    record.note(work, request, "approve" if outcome == "approved" else "decline", code=proposal.act, by=by)
    return get(work, proposal_id)


def expire(work: Work) -> int:
    """Write down of every proposal whose time is over that nobody agreed to it; gives their number."""
    over = _selected().where(_c.outcome.is_(None), _c.expires_at <= work.at).order_by(_c.at, _c.id)
    found = _found(work, over)
    for one in found:
        request = record.load(work, one.request)
        if not request.closed:
            record.note(work, request, "expire", code=one.act)
        work.db.execute(sa.update(tables.request_proposal).where(_c.id == one.id).values(outcome="expired"))
    return len(found)


def approved(work: Work, request_id: str, acts: Collection[Act]) -> bool:
    """Whether two people have agreed to one of these acts on the request."""
    said = sa.select(_c.id).where(_c.request == request_id, _c.act.in_(list(acts)), _c.outcome == "approved")
    return work.db.execute(said.limit(1)).first() is not None


def _may_approve(work: Work, proposal: Proposal, by: str) -> None:
    if by.casefold() == proposal.by.casefold():
        hint = "a second pair of eyes is somebody else's"
        raise RefusedError("requests.same-person", "whoever proposed it cannot approve it", hint=hint)
    if record.load(work, proposal.request).closed:
        raise ConflictError("requests.not-possible", "the request is closed", hint="nothing is left to do")
    # A worker that tries again moves the request; what it waits to do is still the same.
    if proposal.act not in OF_WORKERS and record.stand(work, proposal.request) != proposal.stand:
        hint = "look at the request again, and propose it anew if it is still right"
        raise ConflictError("requests.moved-meanwhile", "the request has moved since it was proposed", hint=hint)


def _selected() -> sa.Select[tuple[object, ...]]:
    return sa.select(*(_c[one.name] for one in fields(Proposal)))


def _found(work: Work, chosen: sa.Select[tuple[object, ...]]) -> tuple[Proposal, ...]:
    return tuple(Proposal(**row) for row in work.db.execute(chosen).mappings())


def _context(proposal_id: str) -> str:
    return f"proposal:{proposal_id}"
