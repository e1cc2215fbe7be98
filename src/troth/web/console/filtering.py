"""The filter of the console's lists as its form and its links carry it. What nobody offered is left out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Form

from troth.regimes import regimes
from troth.requests.desk.filters import NOBODY, Filter
from troth.requests.kinds import Kind
from troth.requests.machine import State

_Word = Annotated[str, Form()]


@dataclass(frozen=True)
class Asked:
    """What the form asks for; an empty word asks for nothing. Days are as the browser's field gives them.

    `assignee` is the mark of a colleague, and `who` is that colleague.
    """

    state: str = ""
    kind: str = ""
    law: str = ""
    assignee: str = ""
    since: str = ""
    until: str = ""
    who: str = ""

    def wanted(self, zone: tzinfo) -> Filter:
        """The filter; days begin in `zone`, and the last one counts whole."""
        return Filter(
            state=self.state or None,
            kind=self.kind or None,
            law=self.law or None,
            assignee=self.who or None,
            since=_midnight(self.since, zone),
            until=_midnight(self.until, zone, plus=timedelta(days=1)),
        )

    @property
    def given(self) -> dict[str, str]:
        """What is asked for, by the names of the form's fields."""
        return {name: value for name, value in asdict(self).items() if value and name != "who"}

    def query(self, **more: str) -> str:
        """The same as a query of an address, with more."""
        return urlencode(self.given | more)


def mark(colleague: str) -> str:
    """What stands for a colleague in an address: addresses are kept in logs and histories, and theirs is personal."""
    return hashlib.sha256(colleague.encode()).hexdigest()[:12]


def _filter_form(
    *, state: _Word = "", kind: _Word = "", law: _Word = "", assignee: _Word = "", since: _Word = "", until: _Word = ""
) -> dict[str, str]:
    return {"state": state, "kind": kind, "law": law, "assignee": assignee, "since": since, "until": until}


FilterForm = Annotated[dict[str, str], Depends(_filter_form)]
"""The fields of the filter where they come with a form that is sent."""


def asked(form: Mapping[str, object], staff: Collection[str]) -> Asked:
    """What a form or an address asks for, as far as it was on offer; `staff` is who may be asked for by name."""
    marked = {NOBODY: NOBODY, **{mark(one): one for one in staff}}
    offered: Mapping[str, Collection[str]] = {
        "state": list(State),
        "kind": list(Kind),
        "law": regimes(),
        "assignee": marked,
    }
    said = {name: str(form.get(name, "")) for name in offered}
    days = {name: _day(str(form.get(name, ""))) for name in ("since", "until")}
    known = {name: value if value in offered[name] else "" for name, value in said.items()}
    return Asked(**known, **days, who=marked.get(known["assignee"], ""))


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return ""


def _midnight(day: str, zone: tzinfo, *, plus: timedelta = timedelta()) -> datetime | None:
    if not day:
        return None
    try:
        return datetime.combine(date.fromisoformat(day) + plus, time(), zone).astimezone(UTC)
    except OverflowError:  # a day beyond the end of the calendar
        return None
