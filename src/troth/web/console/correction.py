"""A correction on the console: what is held beside what it should be, item by item; accept, or refuse on a ground."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.text import said
from troth.policy.model import Policy
from troth.requests import record
from troth.requests.deciding import correction_review, proposals
from troth.requests.deciding.review import grounds
from troth.requests.fulfilment import changes
from troth.requests.fulfilment.changes import Change
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import State
from troth.web.access import DecidingVisit, DeclaredRoute
from troth.web.console.request import known
from troth.web.console.review import do
from troth.web.console.seeing import me
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_Text = Annotated[str, Form()]
_Items = Annotated[tuple[str, ...], Form()]
_Seen = Annotated[int | None, Form()]


@router.post("/console/requests/{request_id}/changes")
def show(visit: DecidingVisit, request_id: str) -> Response:
    """The old values beside the new ones; who looked at them, and when, is written down."""
    with visit.app.begin() as work:
        request = known(work, request_id)
        if WAYS[request.kind] is not Way.CORRECT:
            raise MissingError
        record.note(work, request, "read", by=me(visit))
        found = changes.of(work, visit.app.vault, request)
        policy = record.promised(work, request).policy
        last = record.stand(work, request_id)
    named = grounds(policy, request.kind)
    return page(
        visit,
        "console/changes.html",
        request=request,
        changes=[_told(visit, policy, one) for one in found],
        open=request.state is State.DECIDING and bool(changes.waiting(found)),
        grounds=[(name, said(one.label, visit.words.language)) for name, one in named.items()],
        last=last,
    )


@router.post("/console/requests/{request_id}/changes/accept")
def accept(
    visit: DecidingVisit, request_id: str, items: _Items = (), evidence: _Text = "", seen: _Seen = None
) -> Response:
    """Let these changes be carried out."""
    app, by = visit.app, me(visit)
    return do(
        visit,
        request_id,
        seen,
        {"evidence": evidence},
        lambda work: correction_review.accept(
            work, app.vault, request_id, items, evidence=evidence, by=by, jobs=app.jobs
        ),
    )


@router.post("/console/requests/{request_id}/changes/refuse")
def refuse(
    visit: DecidingVisit,
    request_id: str,
    *,
    items: _Items = (),
    ground: _Text = "",
    reason: _Text = "",
    evidence: _Text = "",
    seen: _Seen = None,
) -> Response:
    """Leave these as they are, on a ground of the policy."""
    app, by = visit.app, me(visit)
    return do(
        visit,
        request_id,
        seen,
        {"reason": reason, "evidence": evidence},
        lambda work: correction_review.refuse(
            work,
            app.vault,
            _alone(visit, known(work, request_id).id),
            items,
            ground,
            reason=reason,
            evidence=evidence,
            by=by,
            jobs=app.jobs,
        ),
    )


def _alone(visit: Visit, request_id: str) -> str:
    """The request, if one person may refuse a part of a correction by themselves."""
    proposals.alone(visit.app.settings.two_pairs, Kind.CORRECTION, "refuse")
    return request_id


def _told(visit: Visit, policy: Policy, one: Change) -> dict[str, object]:
    known_item = policy.items.get(one.item)
    return {
        "item": one.item,
        "label": said(known_item.label, visit.words.language) if known_item else one.item,
        "old": [each.reveal() for each in one.old or ()],
        "new": one.new.reveal(),
        "state": one.state,
        "proved": one.proved,
        "why": visit.words.member("blocked", one.why) if one.why and one.state == "review" else None,
        "by": one.by,
    }
