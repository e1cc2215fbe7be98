"""What needs somebody's attention, all requests, and one request with its evidence; no personal data on any page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.text import said
from troth.requests.holds import holds_on
from troth.requests.kinds import WAYS, Way
from troth.requests.machine import State
from troth.requests.model import Certificate, Request
from troth.requests.parties import missing
from troth.requests.progress import Progress, progress
from troth.requests.record import promised
from troth.requests.review import grounds
from troth.requests.service import certificate, due_soonest, get, listing, timeline
from troth.web.access import DECIDE, DeclaredRoute, StaffVisit
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.told import Told, tell

router = APIRouter(route_class=DeclaredRoute)

_PAGE: Final = 50
_MOST: Final = 200
_NEED_SOMEBODY: Final = (State.BLOCKED, State.IN_REVIEW)


@dataclass(frozen=True)
class StoreLine:
    """One dataset of a store in an erasure: rows found, erased, kept for a ground, and left."""

    store: str
    dataset: str
    found: int
    erased: int | None
    kept: int | None
    grounds: tuple[str, ...]
    left: int | None


@router.get("/console")
def attention(visit: StaffVisit) -> Response:
    """Requests that need attention: blocked, late or due soon, by the time that is left."""
    with visit.app.begin() as work:
        near = due_soonest(work, limit=_MOST)
        stuck = [one for state in _NEED_SOMEBODY for one in listing(work, state=state, limit=_MOST)]
        found = {one.id: tell(visit.words, one, work.at) for one in (*near, *stuck)}
    waiting = [one for one in found.values() if _needs_somebody(one)]
    return page(visit, "console/home.html", waiting=waiting, running=len(found) - len(waiting))


@router.get("/console/requests")
def listed(visit: StaffVisit, state: str = "", after: str = "") -> Response:
    """All requests, the newest first, a page at a time; by state."""
    chosen = state if state in list(State) else None
    with visit.app.begin() as work:
        try:
            found = listing(work, state=chosen, after=after or None, limit=_PAGE + 1)
        except InputError:
            raise MissingError from None
        requests = [tell(visit.words, one, work.at) for one in found[:_PAGE]]
    onward = requests[-1].id if len(found) > _PAGE else None
    return page(visit, "console/requests.html", requests=requests, onward=onward, state=chosen, states=list(State))


@router.get("/console/requests/{request_id}")
def show(visit: StaffVisit, request_id: str) -> Response:
    """One request: timeline, deadlines, how far each store has come, and the certificate."""
    with visit.app.begin() as work:
        try:
            request = get(work, request_id)
        except InputError:
            raise MissingError from None
        told = tell(visit.words, request, work.at, timeline(work, request.id))
        evidence = certificate(work, request.id)
        held = holds_on(work, request.subject)
        unproved = missing(work, request.id)
        refusable = grounds(promised(work, request).policy, request.kind)
        lines = certified_lines(evidence) if evidence else store_lines(progress(work, request.id))
    return page(
        visit,
        "console/request.html",
        request=told,
        details=_details(request),
        lines=lines,
        certificate=_certificate(evidence),
        unproved=unproved,
        open=not request.closed and visit.role in DECIDE,
        unacknowledged=any(one.stage == "acknowledge" and one.met_at is None for one in request.deadlines),
        grounds=[(name, said(one.label, visit.words.language)) for name, one in refusable.items()],
        holds=[(one.id, one.reason, visit.words.day(one.placed_at)) for one in held],
        erases=WAYS[request.kind] is Way.ERASE and visit.role == "officer",
    )


def store_lines(stores: Mapping[str, Progress]) -> tuple[StoreLine, ...]:
    """How far an erasure has come, one line a dataset; what is not known yet is None."""
    return tuple(
        _underway(stores[name], dataset)
        for name in sorted(stores)
        for dataset in sorted({*stores[name].expected, *(one.dataset for one in stores[name].erased or ())})
    )


def certified_lines(evidence: Certificate) -> tuple[StoreLine, ...]:
    """The same from the certificate, once there is one: it also knows what a run that was killed had erased."""
    return tuple(
        StoreLine(
            store["store"],
            line["dataset"],
            found=line["found"],
            erased=line["changed"],
            kept=line["kept"],
            grounds=tuple(one["ground"] for one in line["grounds"] if one["ground"]),
            left=line["left"],
        )
        for store in evidence.body["stores"]
        for line in store["datasets"]
    )


def _underway(one: Progress, dataset: str) -> StoreLine:
    expected = one.expected.get(dataset)
    said = [line for line in one.erased or () if line.dataset == dataset]
    return StoreLine(
        one.store,
        dataset,
        found=expected.held if expected else 0,
        erased=sum(line.changed for line in said) if one.erased is not None else None,
        kept=sum(line.kept for line in said) if one.erased is not None else None,
        grounds=tuple(line.ground for line in said if line.kept and line.ground),
        left=one.remaining.get(dataset, 0) if one.remaining is not None else None,
    )


def _needs_somebody(told: Told) -> bool:
    return told.state in _NEED_SOMEBODY or (told.left is not None and told.left.level != "fine")


def _details(request: Request) -> dict[str, str]:
    """The plain facts of a request; whose it is, is not among them."""
    return {"id": request.id, "version": request.version, "channel": request.channel, "language": request.language}


def _certificate(evidence: Certificate | None) -> dict[str, Any] | None:
    return None if evidence is None else {"digest": evidence.digest, "body": evidence.body, "made_at": evidence.made_at}
