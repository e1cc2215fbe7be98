"""Every value of a driver can be said in JSON, and means the same."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.canonical import canonical
from troth.stores.sql.plain import plain


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, None),
        (True, True),
        ("词", "词"),
        (7, 7),
        (2**53, 2**53),
        (2**53 + 1, "9007199254740993"),
        (-(2**63), "-9223372036854775808"),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (Decimal("1.10"), "1.10"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (datetime(2026, 1, 2, 3, 4, 5, 6), "2026-01-02T03:04:05.000006"),  # noqa: DTZ001 -- as drivers give it
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4), "03:04:00"),
        (timedelta(hours=1), "1:00:00"),
        (b"\x00\xff", "AP8="),
        (memoryview(b"ab"), "YWI="),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_values_of_each_kind(value: object, said: object) -> None:
    assert plain(value) == said
    assert type(plain(value)) is type(said)


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.decimals(), st.datetimes()
    )
)
def test_what_is_plain_is_canonical_json_and_plain_again(value: object) -> None:
    said = plain(value)
    assert plain(said) == said
    if not (isinstance(said, str) and any("\ud800" <= sign <= "\udfff" for sign in said)):
        (read,) = json.loads(canonical([said]))
        assert (float(read) if isinstance(said, float) else read) == said
