from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from troth.base.canonical import canonical, digest

SAFE_INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | SAFE_INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_bytes_read_back_as_the_same_value(value: Any) -> None:
    plainly = json.dumps(value)  # JSON has one kind of number: 1e16 and 10000000000000000 are the same value
    assert json.loads(canonical(value), parse_int=float) == json.loads(plainly, parse_int=float)


@given(st.dictionaries(WORDS, JSON, min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_keys_never_changes_the_digest(value: dict[str, Any], chance: random.Random) -> None:
    pairs = list(value.items())
    chance.shuffle(pairs)
    assert digest(dict(pairs)) == digest(value)


@given(JSON, JSON)
def test_values_with_other_bytes_have_other_digests(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (canonical(one) == canonical(other))


def test_the_standards_example_has_the_standards_bytes() -> None:
    value = {"numbers": [333333333.33333329, 1e30, 4.5, 2e-3, 1e-27], "literals": [None, True, False]}
    assert canonical(value) == (b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}')


def test_keys_are_ordered_by_utf16_units_as_the_standard_asks() -> None:
    assert canonical({"\U0001f600": 1, "\ufb33": 2, "a": 3}).decode().index("\U0001f600") < canonical(
        {"\U0001f600": 1, "\ufb33": 2, "a": 3}
    ).decode().index("\ufb33")


def test_a_digest_names_its_hash() -> None:
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
