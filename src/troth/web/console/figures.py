"""Figures: how many requests come and go, how long answers take, why some are refused, how old the open ones are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from babel.dates import format_skeleton
from fastapi import APIRouter
from starlette.responses import Response

from troth.base.text import said
from troth.policy.model import Ground, Policy
from troth.requests.desk.statistics import AGES, Answers, Volume, ages, answers, refusals, volume
from troth.web.access import DeclaredRoute, StaffVisit
from troth.web.console.charts import Chart, Row, chart
from troth.web.i18n import LOCALES, Words
from troth.web.pages import page

router = APIRouter(route_class=DeclaredRoute)

_SPANS: Final = 12
_DAY: Final = timedelta(days=1)
_GROUND: Final = "ground."


@dataclass(frozen=True)
class Figure:
    """One chart with the table beneath it."""

    name: str
    chart: Chart
    rows: Sequence[Sequence[str]]


@router.get("/console/figures")
def figures(visit: StaffVisit, by: str = "week") -> Response:
    """Twelve weeks, or twelve months, up to now."""
    words, months = visit.words, by == "month"
    with visit.app.read() as work:
        bounds = _bounds(work.at, words.zone, months=months)
        since, until = bounds[0], bounds[-1]
        shown = [
            _volume(words, volume(work, bounds), months=months),
            _answers(words, answers(work, since, until)),
            _refusals(words, visit.published.policy if visit.version else None, refusals(work, since, until)),
            _ages(words, ages(work)),
        ]
    return page(visit, "console/figures.html", figures=shown, months=months)


def _volume(words: Words, spans: Sequence[Volume], *, months: bool) -> Figure:
    rows = [
        (_span(words, one.start, months=months), words.number(one.opened), words.number(one.closed)) for one in spans
    ]
    drawn = [
        Row(label, (one.opened, one.closed), (opened, closed))
        for one, (label, opened, closed) in zip(spans, rows, strict=True)
    ]
    return Figure("volume", chart(drawn), rows)


def _answers(words: Words, kinds: Sequence[Answers]) -> Figure:
    rows = [
        (
            words.choice("request.kind", one.kind),
            words.number(one.number),
            words.length(one.median),
            words.length(one.nine_tenths),
            words.length(one.allowed) if one.allowed is not None else "–",
            words.number(one.late),
        )
        for one in kinds
    ]
    drawn = [
        Row(
            row[0],
            (one.median / _DAY, one.nine_tenths / _DAY),
            (row[2], row[3]),
            None if one.allowed is None else one.allowed / _DAY,
        )
        for one, row in zip(kinds, rows, strict=True)
    ]
    return Figure("answers", chart(drawn), rows)


def _refusals(words: Words, policy: Policy | None, codes: Mapping[str, int]) -> Figure:
    rows = [(_reason(words, policy, code), words.number(number)) for code, number in codes.items()]
    drawn = [Row(label, (number,), (told,)) for (label, told), number in zip(rows, codes.values(), strict=True)]
    return Figure("refusals", chart(drawn), rows)


def _ages(words: Words, numbers: Sequence[int]) -> Figure:
    ends = [words.number(age.days) for age in AGES]
    labels = [
        words("figures.younger", end=ends[0]),
        *(words("figures.between", start=start, end=end) for start, end in pairwise(ends)),
        words("figures.older", start=ends[-1]),
    ]
    rows = [(label, words.number(number)) for label, number in zip(labels, numbers, strict=True)]
    drawn = [Row(label, (number,), (told,)) for (label, told), number in zip(rows, numbers, strict=True)]
    return Figure("ages", chart(drawn), rows)


def _reason(words: Words, policy: Policy | None, code: str) -> str:
    """A ground by its label in the policy in force, a rule of ours by its words, and anything else by its code."""
    name = code.removeprefix(_GROUND)
    if code.startswith(_GROUND):
        listed = _grounds(policy) if policy else {}
        return said(listed[name].label, words.language) if name in listed else name
    return words.member("blocked", code) or words("figures.no-ground")


def _grounds(policy: Policy) -> Mapping[str, Ground]:
    of_rights = (right.refuse for right in policy.rights.values())
    return {name: one for listed in (*of_rights, policy.requests.refuse) for name, one in listed.items()}


def _bounds(at: datetime, zone: tzinfo, *, months: bool) -> tuple[datetime, ...]:
    """Where each week or month begins, the first of twelve to the one after the present, as the zone counts days."""
    today = at.astimezone(zone).date()
    if months:
        whole = today.year * 12 + today.month - 1
        days = [today.replace(year=one // 12, month=one % 12 + 1, day=1) for one in range(whole - 11, whole + 2)]
    else:
        monday = today - timedelta(days=today.weekday())
        days = [monday + timedelta(weeks=one) for one in range(1 - _SPANS, 2)]
    return tuple(datetime.combine(day, time(), zone).astimezone(UTC) for day in days)


def _span(words: Words, start: datetime, *, months: bool) -> str:
    locale, day = LOCALES[words.language], start.astimezone(words.zone).date()
    return format_skeleton("yMMM" if months else "MMMd", day, locale=locale)
