"""The list of requests as a table for a spreadsheet. Nothing in it says whose a request is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from troth.base.errors import RefusedError
from troth.base.work import Work
from troth.requests.desk.filters import Filter
from troth.requests.desk.lists import assignees, listing
from troth.requests.model import Request

MOST = 50_000
"""Rows of one table; a longer one is refused, never cut off."""

_PAGE = 500

COLUMNS = ("reference", "id", "kind", "state", "version", "channel", "law", "opened", "due", "closed", "late", "ground")
"""What everybody who may see the list sees; `assignee` comes last for those who may know their colleagues."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def table(work: Work, wanted: Filter, zone: tzinfo, *, names: bool) -> tuple[str, int]:
    """The wanted requests as CSV, the newest first, and their number; `names` adds who looks after each.

    Raises:
        InputError: as `lists.listing`.
        RefusedError: `requests.too-many-rows`.
    """
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow((*COLUMNS, "assignee") if names else COLUMNS)
    number = 0
    for page in _pages(work, wanted):
        number += len(page)
        if number > MOST:
            hint = "choose a shorter time, one kind or one state"
            raise RefusedError("requests.too-many-rows", f"there are more than {MOST} requests", hint=hint)
        given = assignees(work, [one.id for one in page]) if names else {}
        writer.writerows(_row(one, work.at, zone, given if names else None) for one in page)
    return written.getvalue(), number


def guarded(cell: str) -> str:
    """The cell such that no spreadsheet takes it for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _pages(work: Work, wanted: Filter) -> Iterator[Sequence[Request]]:
    last: str | None = None
    while True:
        page = listing(work, wanted=wanted, after=last, limit=_PAGE)
        if page:
            yield page
        if len(page) < _PAGE:
            return
        last = page[-1].id


def _row(request: Request, at: datetime, zone: tzinfo, given: Mapping[str, str] | None) -> list[str]:
    due = request.due
    late = any((one.met_at or at) > one.due_at for one in request.deadlines if one.paused_at is None)
    laws = sorted({one.clause.partition(":")[0] for one in request.deadlines if one.source == "law"})
    cells = [
        request.reference,
        request.id,
        request.kind.value,
        request.state.value,
        request.version,
        request.channel,
        " ".join(laws),
        _at(request.opened_at, zone),
        _at(due.due_at if due else None, zone),
        _at(request.closed_at, zone),
        "late" if late else "",
        request.blocked or "",
    ]
    return [guarded(cell) for cell in (cells if given is None else [*cells, given.get(request.id, "")])]


def _at(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""
