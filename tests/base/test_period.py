from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.errors import InputError
from troth.base.period import UNITS, Period, Unit, parse_period

PERIODS = st.builds(Period, st.integers(1, 150), st.sampled_from(UNITS))


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("7 days", 7, "days"),
        ("1 day", 1, "days"),
        ("90 calendar days", 90, "days"),
        ("30 working days", 30, "working_days_cn"),
        ("30 Working-Days", 30, "working_days_cn"),
        ("10 business days", 10, "business_days_us"),
        ("1 month", 1, "months"),
        ("12 months", 12, "months"),
        ("24 hours", 24, "hours"),
        ("3 years", 3, "years"),
        ("  15   working  days ", 15, "working_days_cn"),
        ("30天", 30, "days"),
        ("30日", 30, "days"),
        ("30 个自然日", 30, "days"),
        ("15个工作日", 15, "working_days_cn"),
        ("10个美国工作日", 10, "business_days_us"),
        ("6个月", 6, "months"),
        ("48小时", 48, "hours"),
        ("3年", 3, "years"),
        ("７天", 7, "days"),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, amount: int, unit: Unit) -> None:
    assert parse_period(text) == Period(amount, unit)


@pytest.mark.parametrize("text", ["", "days", "7", "7 moons", "seven days", "7 days 2 hours", "-7 days", "1.5 months"])
def test_what_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_period(text)
    assert caught.value.code == "period.unreadable"
    assert f"`{text}`" in caught.value.message
    assert "30 days" in caught.value.hint


@pytest.mark.parametrize("text", ["0 days", "0个工作日", "151 years", "9999999 days", "1801 months"])
def test_a_length_of_time_that_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_period(text)
    assert caught.value.code == "period.out-of-range"


@given(PERIODS, st.sampled_from(["zh", "en"]))
def test_what_is_said_in_either_language_is_read_back_as_the_same_period(period: Period, language: str) -> None:
    assert parse_period(period.words(language)) == period


@given(PERIODS)
def test_a_language_without_words_of_its_own_is_given_english(period: Period) -> None:
    assert period.words("fr") == period.words("en") == str(period)


def test_one_is_singular_in_english() -> None:
    assert [Period(n, "months").words("en") for n in (1, 2)] == ["1 month", "2 months"]


@given(PERIODS, PERIODS)
def test_two_periods_are_ordered_exactly_when_they_are_comparable(one: Period, other: Period) -> None:
    if one.comparable(other):
        assert (one < other) + (other < one) + (one <= other <= one) == 1
        assert (one > other) == (other < one)
        assert (one >= other) == (not one < other)
    else:
        with pytest.raises(TypeError):
            assert one < other
        with pytest.raises(TypeError):
            assert one <= other
        with pytest.raises(TypeError):
            assert one > other
        with pytest.raises(TypeError):
            assert one >= other


def test_working_days_are_not_comparable_with_days() -> None:
    assert not Period(15, "working_days_cn").comparable(Period(21, "days"))
    assert not Period(15, "working_days_cn").comparable(Period(15, "business_days_us"))


def test_a_year_is_as_long_as_twelve_months_but_stated_otherwise() -> None:
    year, months = Period(1, "years"), Period(12, "months")
    assert year <= months <= year
    assert year != months
    assert year > Period(11, "months")
