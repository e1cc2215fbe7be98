"""Requests in words: never more time than there is, never silence, and the same facts in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.period import UNITS, Period
from troth.base.text import LANGUAGES, Language
from troth.requests.kinds import Kind
from troth.requests.machine import FINAL, Event, State
from troth.requests.model import Deadline, Note, Request, Step
from troth.web.i18n import Words
from troth.web.told import SOON, left, period, tell

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
EN, ZH = Words("en", ZONE), Words("zh", ZONE)
OFFSETS = st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400))


def request(
    kind: Kind = Kind.COPY,
    state: State = State.IN_PROGRESS,
    *,
    blocked: str | None = None,
    due: tuple[timedelta, ...] = (timedelta(days=9),),
    act: timedelta | None = None,
) -> Request:
    deadlines = tuple(Deadline("law", "cn:request.answer", "15 working days", NOW + one, False) for one in due)
    return Request(
        id="req-a",
        reference="K-AAAA-AA",
        subject="sub-lin",
        kind=kind,
        state=state,
        version="kaiconn:1",
        language="zh",
        channel="portal",
        opened_at=NOW,
        act_at=NOW + act if act is not None else None,
        blocked=blocked,
        closed_at=NOW if state in FINAL else None,
        deadlines=deadlines,
    )


@given(OFFSETS)
def test_late_soon_and_fine_are_told_apart_by_the_time_that_is_left(offset: timedelta) -> None:
    level = left(EN, NOW + offset, NOW).level
    assert level == ("late" if offset < timedelta() else "soon" if offset < SOON else "fine")


@given(OFFSETS, OFFSETS)
def test_less_time_never_looks_better(one: timedelta, other: timedelta) -> None:
    order = ["late", "soon", "fine"]
    levels = [order.index(left(EN, NOW + offset, NOW).level) for offset in sorted((one, other))]
    assert all(before <= after for before, after in pairwise(levels))


@given(OFFSETS, st.sampled_from(LANGUAGES))
def test_the_colour_is_always_worded_too(offset: timedelta, language: Language) -> None:
    told = left(Words(language, ZONE), NOW + offset, NOW)
    marks = {"late": ("Late", "逾期"), "soon": ("soon", "即将"), "fine": ("left", "还有")}
    assert any(mark in told.words for mark in marks[told.level])


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400)))
def test_nobody_is_told_of_more_time_than_there_is(length: timedelta) -> None:
    number, unit = EN.length(length).replace(",", "").split(" ")
    said = timedelta(**{f"{unit.rstrip('s')}s": int(number)})
    assert said <= length
    assert length - said < timedelta(days=1)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400)))
def test_both_languages_tell_the_same_number(length: timedelta) -> None:
    assert EN.length(length).split(" ")[0] == ZH.length(length).split(" ")[0]


@pytest.mark.parametrize(("kind", "state", "language"), list(product(Kind, State, LANGUAGES)))
def test_every_request_can_be_told_in_every_state_and_language(kind: Kind, state: State, language: Language) -> None:
    told = tell(Words(language, ZONE), request(kind, state, act=timedelta(days=7)), NOW)
    assert told.kind
    assert told.state_words
    assert (told.left is None) is (state in FINAL), "a closed request has no time left and none overdue"
    assert (told.closed is not None) is (state in FINAL)
    assert (told.takes_effect is not None) is (state is State.COOLING_OFF)


@pytest.mark.parametrize(("event", "language"), list(product([*get_args(Note), *Event], LANGUAGES)))
def test_every_step_can_be_told(event: Event | Note, language: Language) -> None:
    step = Step(1, NOW, event, State.IN_PROGRESS, None, 17)
    (told,) = tell(Words(language, ZONE), request(), NOW, (step,)).steps
    assert told.what
    assert told.why is None
    assert told.entry == 17


@given(st.text("abcdefghijklmnopqrstuvwxyz-", max_size=40).map("another.{}".format), st.sampled_from(LANGUAGES))
def test_whatever_holds_a_request_up_there_are_words_for_it(code: str, language: Language) -> None:
    told = tell(Words(language, ZONE), request(state=State.BLOCKED, blocked=code), NOW)
    assert told.why_blocked
    assert code not in told.why_blocked


def test_the_reason_is_told_in_plain_words_and_not_by_its_code() -> None:
    blocked = request(state=State.BLOCKED, blocked="stores.unavailable")
    assert tell(EN, blocked, NOW).why_blocked == "One of the systems that hold the data does not answer at the moment."
    assert tell(ZH, blocked, NOW).why_blocked == "存放数据的一个系统暂时没有响应。"
    assert tell(EN, request(), NOW).why_blocked is None


def test_the_strictest_deadline_counts_and_the_others_stay_visible() -> None:
    told = tell(EN, request(due=(timedelta(days=2), timedelta(days=30))), NOW)
    assert told.left is not None
    assert told.left.words == "Due soon: 2 days left"
    assert [one.left.level for one in told.deadlines if one.left] == ["soon", "fine"]


def test_a_request_without_a_deadline_has_no_time_left_to_tell() -> None:
    assert tell(EN, request(due=()), NOW).left is None


def test_whose_request_it_is_is_not_among_what_is_told() -> None:
    assert "sub-lin" not in repr(tell(EN, request(), NOW))


@given(st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=7)), OFFSETS)
def test_it_can_be_taken_back_exactly_until_it_takes_effect(cooling: timedelta, offset: timedelta) -> None:
    cooling_off = request(Kind.CLOSE_ACCOUNT, State.COOLING_OFF, act=cooling)
    assert tell(EN, cooling_off, NOW + offset).recallable is (offset < cooling)


@pytest.mark.parametrize("unit", UNITS)
def test_a_period_is_told_in_the_language_of_the_page(unit: str) -> None:
    stated = str(Period(15, unit))  # type: ignore[arg-type]  # the parametrisation is its type
    assert period(EN, stated) == stated
    assert period(ZH, stated).startswith("15")
    assert period(ZH, stated) != stated


def test_a_period_that_cannot_be_read_is_left_as_it_was_stated() -> None:
    assert period(ZH, "as soon as practicable") == "as soon as practicable"
