"""All requests: a page at a time, filtered; found by reference or by person; taken away as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests.desk import looks
from troth.requests.desk.export import table
from troth.requests.desk.lists import assignees
from troth.requests.model import Request
from troth.requests.service import by_reference, get, listing
from troth.subjects.identifier import Identifier, identifier
from troth.web.access import DecidingVisit, DeclaredRoute, ReadingVisit, StaffVisit
from troth.web.console.filtering import Asked, FilterForm, asked
from troth.web.console.listing import choices
from troth.web.console.seeing import colleagues, me, sees_names
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.told import line
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_PAGE: Final = 50
_BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"  # without it spreadsheets read Chinese as something else


@router.get("/console/requests")
def listed(visit: StaffVisit, after: str = "") -> Response:
    """All requests, the newest first, a page at a time."""
    wanted = asked(visit.request.query_params, colleagues(visit))
    with visit.app.read() as work:
        try:
            found = listing(work, wanted=wanted.wanted(visit.words.zone), after=after or None, limit=_PAGE + 1)
        except InputError:
            raise MissingError from None
        return _shown(visit, work, found, wanted)


@router.post("/console/find")
def find(visit: DecidingVisit, what: Annotated[str, Form()] = "") -> Response:
    """A request by its reference or id; everything of a person by what they are known by, which is written down.

    It is a form that is sent, not an address: what finds a person stands in no log and no history.
    """
    with visit.app.begin() as work:
        named = _named(work, what)
        if named is not None:
            return go(f"/console/requests/{named.id}")
        who = _who(what)
        found = looks.search(work, visit.app.vault, who, by=me(visit)) if who else ()
        told = [line(visit.words, one, work.at) for one in found]
        names = assignees(work, [one.id for one in found])
    return page(visit, "console/found.html", requests=told, names=names, choices=choices(visit))


@router.post("/console/export")
def export(visit: ReadingVisit, form: FilterForm) -> Response:
    """The list as CSV, as it is filtered; that it was taken away is written down."""
    wanted = asked(form, colleagues(visit)).wanted(visit.words.zone)
    with visit.app.begin() as work:
        text, number = table(work, wanted, visit.words.zone, names=sees_names(visit))
        looks.note(work, "list", found=number, by=me(visit))
    name = f"requests-{work.at.astimezone(visit.words.zone):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(f"{_BOM}{text}", media_type="text/csv; charset=utf-8", headers=headers)


def _shown(visit: Visit, work: Work, found: Sequence[Request], wanted: Asked) -> Response:
    shown = found[:_PAGE]
    return page(
        visit,
        "console/requests.html",
        requests=[line(visit.words, one, work.at) for one in shown],
        names=assignees(work, [one.id for one in shown]) if sees_names(visit) else {},
        onward=shown[-1].id if len(found) > _PAGE else None,
        wanted=wanted,
        choices=choices(visit),
        address="/console/requests",
    )


def _named(work: Work, what: str) -> Request | None:
    for look in (by_reference, get):
        try:
            return look(work, what.strip())
        except InputError:
            continue
    return None


def _who(what: str) -> Identifier | None:
    """What a person is known by: a kind and a colon before it, or else an e-mail address or a telephone number."""
    kind, colon, value = what.strip().partition(":")
    if not colon:
        kind, value = "email" if "@" in what else "phone", what
    try:
        return identifier(kind, value)
    except InputError:
        return None
