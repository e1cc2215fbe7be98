"""What people are asked to do in stores without an interface, and their answers; and who is told what happens.

A task's page says what is asked and where; what finds the person is shown only when somebody asks for it, and that is
written down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.text import said
from troth.base.work import Work
from troth.datamap.model import StoreMap
from troth.requests import record
from troth.requests.exchange import hooks
from troth.requests.fulfilment import errands
from troth.stores.mailbox import service
from troth.stores.mailbox.answers import Rows, read
from troth.stores.mailbox.model import Count, Counts, Task
from troth.stores.mailbox.service import Asked
from troth.versions import service as versions
from troth.web.access import DECIDE, DecidingVisit, DeclaredRoute, StaffVisit
from troth.web.console.seeing import me
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.told import left
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

PREFIX: Final = "/console/tasks/"
LARGEST_ANSWER: Final = 2 * 1024 * 1024
"""Bytes of a form with an answer; longer ones are given to `troth task done`."""

_UNFIT: Final = 422


class Typed(BaseModel):
    """The form of an answer: rows as text, or by dataset how many were done, how many stay, and for which clause."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    rows: str = ""
    of: str = ""
    nothing: str = ""


@router.get("/console/tasks")
def listed(visit: StaffVisit, everything: str = "") -> Response:
    """The tasks that wait for somebody, and the systems that are told what happens."""
    with visit.app.read() as work:
        found = service.listing(work, everything=bool(everything))
        told = hooks.listed(work)
        shown = [(one, left(visit.words, one.due_at, work.at) if one.outcome is None else None) for one in found]
    return page(visit, "console/tasks.html", tasks=shown, everything=everything, webhooks=told)


@router.get("/console/tasks/{task_id}")
def show(visit: StaffVisit, task_id: str) -> Response:
    """One task: what is asked, by when, and the forms for the answer."""
    with visit.app.read() as work:
        return _shown(visit, work, _known(work, task_id))


@router.post("/console/tasks/{task_id}/person")
def reveal(visit: DecidingVisit, task_id: str) -> Response:
    """What finds the person, in the open; who asked for it, and when, is written down."""
    with visit.app.begin() as work:
        task = _known(work, task_id)
        record.note(work, record.load(work, task.errand), "reveal", by=me(visit))
        return _shown(visit, work, task, asked=service.asked(work, visit.app.vault, task))


@router.post("/console/tasks/{task_id}/done")
def done(visit: DecidingVisit, task_id: str, typed: Annotated[Typed, Form()]) -> Response:
    """Record the answer; what waited for it goes on."""

    def answer(work: Work, task: Task) -> None:
        found = service.map_of(work, task)
        sent = _sent(found, typed) if task.act == "access" and not typed.nothing else None
        told = {} if typed.nothing else _numbers(sent, typed)
        if not told and not typed.nothing:
            raise InputError(
                "tasks.no-answer", "it is not said what is held", hint="say how much, or that it is nothing"
            )
        errands.done(work, visit.app.vault, visit.app.jobs, task.id, told, by=me(visit), sent=sent)

    return _do(visit, task_id, answer, typed)


@router.post("/console/tasks/{task_id}/refuse")
def refuse(visit: DecidingVisit, task_id: str, reason: Annotated[str, Form()] = "") -> Response:
    """Record that it cannot be done."""
    app, by = visit.app, me(visit)
    return _do(visit, task_id, lambda work, task: errands.refuse(work, app.vault, app.jobs, task.id, reason, by=by))


def _do(visit: Visit, task_id: str, act: Callable[[Work, Task], object], typed: Typed | None = None) -> Response:
    try:
        with visit.app.begin() as work:
            act(work, _known(work, task_id))
    except InputError as error:
        with visit.app.begin() as work:
            fault = visit.words.member("console.fault", error.code) or visit.words("console.fault.other")
            return _shown(visit, work, _known(work, task_id), fault=fault, typed=typed)
    return go("/console/tasks")


def _known(work: Work, task_id: str) -> Task:
    try:
        return service.find(work, task_id)
    except InputError:
        raise MissingError from None


def _shown(
    visit: Visit,
    work: Work,
    task: Task,
    *,
    asked: Asked | None = None,
    fault: str | None = None,
    typed: Typed | None = None,
) -> Response:
    found, words = service.map_of(work, task), visit.words
    policy = versions.get(work, task.version).policy
    datasets = [(name, said(one.label, words.language), one.erase.ground) for name, one in found.datasets.items()]
    return page(
        visit,
        "console/task.html",
        status=_UNFIT if fault else 200,
        task=task,
        store=said(found.label, words.language),
        datasets=datasets,
        clauses=[name for name in policy.addresses if name.startswith("retention.") and not name.split(".")[2:]],
        asked=asked,
        reason=service.reason(work, visit.app.vault, task) if visit.role in DECIDE else None,
        open=task.outcome in (None, "refused") and visit.role in DECIDE,
        left=left(words, task.due_at, work.at) if task.outcome is None else None,
        fault=fault,
        typed=typed or Typed(),
        lines={line[0]: line[1:] for line in _lines(typed)} if typed else {},
    )


def _sent(found: StoreMap, typed: Typed) -> Rows | None:
    return read(found, typed.rows.encode(), typed.of or None) if typed.rows.strip() else None


def _numbers(sent: Rows | None, typed: Typed) -> Counts:
    if sent is not None:
        return {name: Count(len(rows)) for name, rows in sent.items()}
    lines = _lines(typed)
    told = {name: Count(_number(number), _number(stays), ground or None) for name, number, stays, ground in lines}
    return {name: count for name, count in told.items() if count.done or count.kept}


def _lines(typed: Typed) -> list[tuple[str, str, str, str]]:
    """What stood in the form for each dataset: how many were done, how many stay, and for which clause."""
    none = ("",) * len(typed.names)
    return list(zip(typed.names, typed.numbers or none, typed.kept or none, typed.grounds or none, strict=False))


def _number(text: str) -> int:
    if text.strip() and not (text.strip().isascii() and text.strip().isdigit()):
        raise InputError("tasks.bad-count", "a number of rows cannot be read", hint="write a number")
    return int(text or 0)
