"""What needs somebody today: open requests by what is to be done, the least time left first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.requests.desk.attention import Todo, attention, counted
from troth.requests.desk.lists import assignees
from troth.requests.model import Request
from troth.web.access import DeclaredRoute, StaffVisit
from troth.web.console.filtering import asked
from troth.web.console.listing import choices
from troth.web.console.seeing import colleagues, sees_names
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.told import Told, line

router = APIRouter(route_class=DeclaredRoute)

_SHOWN: Final = 20
_PAGE: Final = 50


@dataclass(frozen=True)
class Group:
    """What is to be done, with how many, and the first of them."""

    todo: Todo
    number: int
    requests: Sequence[Told]
    onward: str | None


@router.get("/console")
def home(visit: StaffVisit, todo: str = "", after: str = "") -> Response:
    """Everything that needs somebody, group by group; or one group, a page at a time."""
    wanted = asked(visit.request.query_params, colleagues(visit))
    filtered = wanted.wanted(visit.words.zone)
    only = Todo(todo) if todo in list(Todo) else None
    with visit.app.read() as work:
        number = counted(work, wanted=filtered)
        found: dict[Todo, tuple[Request, ...]] = {}
        for one in [only] if only else [one for one in Todo if number.todo[one]]:
            try:
                limit = _PAGE + 1 if only else _SHOWN
                found[one] = attention(work, one, wanted=filtered, after=after or None, limit=limit)
            except InputError:
                raise MissingError from None
        names = assignees(work, [one.id for group in found.values() for one in group]) if sees_names(visit) else {}
        groups = [
            Group(
                one,
                number.todo[one],
                [line(visit.words, request, work.at) for request in requests[:_PAGE]],
                requests[_PAGE - 1].id if len(requests) > _PAGE else None,
            )
            for one, requests in found.items()
        ]
    return page(
        visit,
        "console/home.html",
        groups=groups,
        total=sum(number.todo.values()),
        running=number.running,
        only=only,
        names=names,
        wanted=wanted,
        choices=choices(visit),
        address="/console",
    )
