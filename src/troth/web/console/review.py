"""What staff do with one request: read what was written, ask, answer, refuse, extend, acknowledge, assign, hold.

What a person wrote and what they are known by is shown only when somebody asks for it; that is written down, in the
timeline and the journal. Every form carries the last step that was seen: of two people who decide at once, the second
is told what the first did, and nothing of theirs is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.errors import InputError, RefusedError
from troth.base.text import said
from troth.base.work import Work
from troth.consent.matter import matters
from troth.consent.optouts.optout import OPT_OUTS
from troth.policy.model import Policy
from troth.requests import holds, record
from troth.requests.deciding import approval, review
from troth.requests.deciding.eyes import Act
from troth.requests.desk import assignment, counting
from troth.requests.details import Details
from troth.requests.details import read as read_details
from troth.requests.proof import evidence, parties, proving
from troth.requests.texts import Said, texts
from troth.subjects import service as subjects
from troth.web.access import DecidingVisit, DeclaredRoute, OfficerVisit
from troth.web.console.request import More, known, shown
from troth.web.console.seeing import colleagues, me
from troth.web.failures import MissingError, wants_json
from troth.web.pages import go, page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_Text = Annotated[str, Form()]
_Seen = Annotated[int | None, Form()]


@router.post("/console/requests/{request_id}/read")
def read(visit: DecidingVisit, request_id: str) -> Response:
    """What was written, in the open; who read it, and when, is written down."""
    with visit.app.begin() as work:
        request = known(work, request_id)
        record.note(work, request, "read", by=me(visit))
        policy = record.promised(work, request).policy
        spoken = [_shown(visit, policy, one) for one in texts(work, visit.app.vault, request)]
        party = parties.of(work, visit.app.vault, request)
        shown_ = [(one.id, one.sort, visit.words.moment(one.at)) for one in evidence.of(work, request.id)]
    return page(visit, "console/texts.html", request=request, spoken=spoken, party=party, evidence=shown_)


@router.post("/console/requests/{request_id}/reveal")
def reveal(visit: DecidingVisit, request_id: str) -> Response:
    """What the person is known by, in the open; who asked for it, and when, is written down."""
    with visit.app.begin() as work:
        request = known(work, request_id)
        if subjects.is_shredded(work, request.subject):
            raise MissingError
        record.note(work, request, "reveal", by=me(visit))
        found = subjects.identifiers(work, visit.app.vault, request.subject)
        return shown(visit, work, request, More(revealed=found))


@router.post("/console/requests/{request_id}/count")
def count(visit: DecidingVisit, request_id: str) -> Response:
    """What carrying it out would touch, counted in every store; nothing is changed."""
    with visit.app.begin() as work:
        known(work, request_id)
    found = counting.count(visit.app.begin, visit.app.vault, visit.app.stores, request_id)
    with visit.app.begin() as work:
        return shown(visit, work, known(work, request_id), More(counted=found))


@router.post("/console/requests/{request_id}/assign")
def assign(visit: DecidingVisit, request_id: str, to: _Text = "") -> Response:
    """Have somebody look after it, or nobody."""
    chosen = to if to in colleagues(visit) else None
    return do(visit, request_id, None, {}, lambda work: assignment.assign(work, request_id, chosen, by=me(visit)))


@router.post("/console/requests/{request_id}/ask")
def ask(visit: DecidingVisit, request_id: str, text: _Text = "", seen: _Seen = None) -> Response:
    """Ask the person what they mean."""
    return do(
        visit,
        request_id,
        seen,
        {"text": text},
        lambda work: review.ask(work, visit.app.vault, request_id, text, by=me(visit)),
    )


@router.post("/console/requests/{request_id}/answer")
def answer(visit: DecidingVisit, request_id: str, text: _Text = "", seen: _Seen = None) -> Response:
    """Write the answer, which ends the request."""
    return decide(visit, request_id, seen, "answer", {"text": text})


@router.post("/console/requests/{request_id}/prove")
def prove(
    visit: DecidingVisit, request_id: str, proofs: Annotated[tuple[str, ...], Form()] = (), seen: _Seen = None
) -> Response:
    """Say which proofs were seen; with the last one the request goes on."""
    app, by = visit.app, me(visit)
    return do(
        visit,
        request_id,
        seen,
        {},
        lambda work: proving.prove(work, app.vault, request_id, proofs, by=by, jobs=app.jobs),
    )


@router.post("/console/requests/{request_id}/reject")
def reject(
    visit: DecidingVisit, request_id: str, reason: _Text = "", proof: _Text = "", seen: _Seen = None
) -> Response:
    """End it, because it could not be shown who asks or that they may."""
    return decide(visit, request_id, seen, "reject", {"reason": reason, "proof": proof})


@router.post("/console/requests/{request_id}/refuse")
def refuse(
    visit: DecidingVisit,
    request_id: str,
    *,
    ground: _Text = "",
    reason: _Text = "",
    evidence: _Text = "",
    seen: _Seen = None,
) -> Response:
    """Refuse it on a ground of the policy."""
    return decide(visit, request_id, seen, "refuse", {"ground": ground, "reason": reason, "evidence": evidence})


@router.post("/console/requests/{request_id}/extend")
def extend(visit: DecidingVisit, request_id: str, reason: _Text = "", seen: _Seen = None) -> Response:
    """Take longer, and say why."""
    return decide(visit, request_id, seen, "extend", {"reason": reason})


@router.post("/console/requests/{request_id}/acknowledge")
def acknowledge(visit: DecidingVisit, request_id: str) -> Response:
    """Say that the person was told that the request arrived."""
    return do(visit, request_id, None, {}, lambda work: review.acknowledge(work, request_id, by=me(visit)))


@router.post("/console/requests/{request_id}/hold")
def hold(visit: OfficerVisit, request_id: str, reason: _Text = "") -> Response:
    """Forbid for now that anything of the person is erased."""
    app = visit.app
    return do(
        visit,
        request_id,
        None,
        {"reason": reason},
        lambda work: holds.place(work, app.vault, known(work, request_id).subject, reason, by=me(visit)),
    )


@router.post("/console/requests/{request_id}/release/{hold_id}")
def release(visit: OfficerVisit, request_id: str, hold_id: str) -> Response:
    """Lift a hold; what it blocked goes on by itself."""

    def lift(work: Work) -> None:
        held = holds.holds_on(work, known(work, request_id).subject)
        if hold_id not in {one.id for one in held}:
            raise MissingError
        holds.release(work, visit.app.vault, hold_id, by=me(visit), jobs=visit.app.jobs)

    return do(visit, request_id, None, {}, lift)


def decide(visit: Visit, request_id: str, seen: int | None, act: Act, given: Mapping[str, str]) -> Response:
    """Do it, or have a second person agree first."""
    two_pairs, app = visit.app.settings.two_pairs, visit.app
    return do(
        visit,
        request_id,
        seen,
        given,
        lambda work: approval.act(work, app.vault, request_id, act, given, by=me(visit), two_pairs=two_pairs),
    )


def do(
    visit: Visit, request_id: str, seen: int | None, typed: Mapping[str, str], act: Callable[[Work], object]
) -> Response:
    """Do it if the request stands where it was seen; what cannot be done is said on its page, with what was typed."""
    try:
        with visit.app.begin() as work:
            known(work, request_id)
            if seen is not None:
                record.seen(work, request_id, seen)
            act(work)
    except (InputError, RefusedError) as fault:
        if wants_json(visit.request):
            raise
        with visit.app.begin() as work:
            return shown(visit, work, known(work, request_id), More(fault=fault, typed=typed))
    return go(f"/console/requests/{request_id}")


def _shown(visit: Visit, policy: Policy, one: Said) -> dict[str, str]:
    text = one.text.reveal()
    if one.role == "details":
        text = _told(visit, policy, read_details(text))
    return {"role": one.role, "at": visit.words.moment(one.at), "text": text}


def _told(visit: Visit, policy: Policy, held: Details) -> str:
    """What was asked for exactly, by what people call it."""
    kinds = (policy.purposes, matters(policy), policy.exemptions)
    labels = {**OPT_OUTS, **{name: one.label for known in kinds for name, one in known.items()}}
    language = visit.words.language
    named = [name for name in (*held.purposes, *held.matters, held.exempt) if name]
    chosen = visit.words("list.comma").join(said(labels[one], language) if one in labels else one for one in named)
    return "\n".join(part for part in (chosen, held.text) if part)
