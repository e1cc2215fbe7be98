from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.sensitive import MASK, Sensitive


@given(st.text(min_size=1))
def test_no_way_of_printing_shows_the_value(value: str) -> None:
    hidden = Sensitive(value)
    assert {str(hidden), repr(hidden), f"{hidden}", f"{hidden:>40}", f"{hidden!r}"} == {MASK}
    assert repr([hidden]) == f"[{MASK}]"
    assert repr(ValueError(hidden)) == f"ValueError({MASK})"


@given(st.text())
def test_the_value_comes_out_only_when_asked_by_name(value: str) -> None:
    assert Sensitive(value).reveal() == value
    assert not hasattr(Sensitive(value), "__dict__")


@given(st.text(), st.text())
def test_two_are_equal_exactly_when_their_values_are(one: str, other: str) -> None:
    assert (Sensitive(one) == Sensitive(other)) == (one == other)
    assert Sensitive(one) != one
    assert len({Sensitive(one), Sensitive(one)}) == 1


def test_it_is_neither_pickled_nor_copied_by_pickling() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Sensitive("secret"))
    with pytest.raises(TypeError, match="not pickled"):
        copy.deepcopy(Sensitive("secret"))
