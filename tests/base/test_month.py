from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from troth.base.month import Month


@given(st.integers(1, 9999), st.integers(1, 12))
def test_a_month_compares_as_its_first_day_and_is_written_without_it(year: int, month: int) -> None:
    found, first = Month(year, month, 1), date(year, month, 1)
    assert found == first
    assert date.fromisoformat(f"{found.written}-01") == first


def test_months_and_days_have_one_order() -> None:
    assert sorted([date(2022, 10, 2), Month(2022, 10, 1), date(2022, 9, 30)]) == [
        date(2022, 9, 30), date(2022, 10, 1), date(2022, 10, 2),
    ]  # fmt: skip
    assert Month(2022, 10, 1) + timedelta(days=1) == date(2022, 10, 2)
