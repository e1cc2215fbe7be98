from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.notice.numbers import numeral


@pytest.mark.parametrize(
    ("path", "chinese", "english"),
    [
        ((1,), "一、", "1."),
        ((10,), "十、", "10."),
        ((1, 2), "(二)", "1.2"),
        ((5, 12), "(十二)", "5.12"),
        ((3, 20), "(二十)", "3.20"),
        ((3, 99), "(九十九)", "3.99"),
        ((3, 100), "(100)", "3.100"),
    ],
)
def test_sections_are_numbered_as_each_language_numbers_them(path: tuple[int, ...], chinese: str, english: str) -> None:
    wide = chinese.replace("(", "\uff08").replace(")", "\uff09")
    assert numeral(path, "zh") == wide
    assert numeral(path, "en") == english


@given(st.integers(1, 200), st.integers(1, 200), st.sampled_from(["zh", "en"]))
def test_no_two_sections_have_the_same_number(one: int, other: int, language: str) -> None:
    assert (numeral((one,), language) == numeral((other,), language)) == (one == other)
    assert (numeral((1, one), language) == numeral((1, other), language)) == (one == other)
