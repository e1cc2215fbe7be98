"""One act on many requests: chosen on the list, looked over on a page, done one by one, told one by one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.text import said
from troth.base.work import Work
from troth.requests import record
from troth.requests.deciding.review import grounds
from troth.requests.desk import bulk
from troth.requests.model import Request
from troth.web.access import DecidingVisit, DeclaredRoute
from troth.web.console.seeing import colleagues, me
from troth.web.i18n import Words
from troth.web.pages import page
from troth.web.told import tell
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_Word = Annotated[str, Form()]
_Chosen = Annotated[tuple[str, ...], Form()]


@router.post("/console/bulk")
def check(visit: DecidingVisit, act: _Word = "", chosen: _Chosen = ()) -> Response:
    """What would be done, to which requests, and what it still needs; nothing is done yet."""
    return _check(visit, bulk.order(act, {}), chosen)


@router.post("/console/bulk/do")
def carry_out(
    visit: DecidingVisit,
    *,
    act: _Word = "",
    chosen: _Chosen = (),
    to: _Word = "",
    reason: _Word = "",
    ground: _Word = "",
    evidence: _Word = "",
) -> Response:
    """Do it, one by one, and tell of each what became of it."""
    given = {"to": to if to in colleagues(visit) else "", "reason": reason, "ground": ground, "evidence": evidence}
    order, app = bulk.order(act, given), visit.app
    if order.act in {"extend", "refuse"} and not reason.strip():
        return _check(visit, order, chosen, fault=True)
    done = bulk.carry_out(app.begin, app.vault, chosen, order, by=me(visit), two_pairs=app.settings.two_pairs)
    with app.begin() as work:
        told = [(tell(visit.words, one.request, work.at), one.proposed, _why(visit.words, one)) for one in done]
    return page(visit, "console/bulk_done.html", act=order.act, done=told)


def _check(visit: Visit, order: bulk.Order, ids: tuple[str, ...], *, fault: bool = False) -> Response:
    with visit.app.begin() as work:
        requests = bulk.chosen(work, ids)
        return page(
            visit,
            "console/bulk.html",
            status=422 if fault else 200,
            act=order.act,
            given=order.given,
            fault=fault,
            requests=[tell(visit.words, one, work.at) for one in requests],
            grounds=_grounds(visit, work, requests) if order.act == "refuse" else [],
            colleagues=colleagues(visit),
        )


def _grounds(visit: Visit, work: Work, requests: tuple[Request, ...]) -> list[tuple[str, str]]:
    """The grounds that hold for every one of them: what refuses one must be open to refuse the next."""
    each = [grounds(record.promised(work, one).policy, one.kind) for one in requests]
    shared = set.intersection(*(set(one) for one in each))
    return [(name, said(one.label, visit.words.language)) for name, one in each[0].items() if name in shared]


def _why(words: Words, done: bulk.Done) -> str | None:
    if done.error is None:
        return None
    return words.member("console.fault", done.error.code) or words("console.fault.other")
