from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.canonical import canonical
from troth.base.errors import InputError
from troth.journal.admission import MAX_REFERENCE, leaf

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_a_leaf_is_canonical_json_of_version_kind_instant_and_references() -> None:
    made = leaf("policy.published", AT, {"version": "kaiconn:1", "number": 1})
    assert made == (
        b'{"at":"2026-03-02T01:00:00Z","kind":"policy.published","refs":{"number":1,"version":"kaiconn:1"},"v":1}'
    )


@given(
    refs=st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,40}", fullmatch=True),
        st.integers(-(2**53) + 1, 2**53 - 1) | st.from_regex(r"[A-Za-z][A-Za-z0-9._:/=\[\]-]{0,60}", fullmatch=True),
        max_size=8,
    ),
    at=st.datetimes(timezones=st.just(UTC)),
)
def test_every_leaf_is_the_canonical_form_of_what_it_says(refs: dict[str, str | int], at: datetime) -> None:
    made = leaf("thing.happened", at, refs)
    assert made == canonical(json.loads(made))
    assert json.loads(made)["refs"] == refs


def test_the_same_instant_in_another_zone_gives_the_same_leaf() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    assert leaf("a.b", elsewhere, {}) == leaf("a.b", AT, {})


@pytest.mark.parametrize(
    "value",
    [
        "li.lei@mail.example",
        "+8619900000001",
        "8619900000001",
        "199-0000-0001",
        "199.0000.0001",
        "李雷",
        "12 Harbour Road",
        "two words",
        "",
        "line\nbreak",
        "x" * (MAX_REFERENCE + 1),
        "100%",
        "<b>",
        2**53,
        -(2**53),
        True,
    ],
)
def test_what_might_be_personal_or_free_text_does_not_enter(value: str | int) -> None:
    with pytest.raises(InputError) as raised:
        leaf("thing.happened", AT, {"value": value})
    assert raised.value.code == "journal.not-admitted"
    assert not str(value) or str(value) not in f"{raised.value.message} {raised.value.hint}"


@pytest.mark.parametrize(
    "value",
    [
        "sub-abcdefghij234567",
        "sha256:" + "0" * 64,
        "kaiconn:1",
        "functions.push.needs",
        "flows.outside",
        "zh-Hans",
        "2026-03-02",
        "2026-03-02T01:00:00Z",
        "retention.orders[0]",
        "device/identifier",
        "AB==",
        "x" * MAX_REFERENCE,
        0,
        -5,
        2**53 - 1,
    ],
)
def test_references_enter(value: str | int) -> None:
    assert json.loads(leaf("thing.happened", AT, {"value": value}))["refs"] == {"value": value}


@pytest.mark.parametrize("kind", ["", "thing", "Thing.happened", "a.b c", "a..b", "a.b.c.d.e", "a." + "b" * 40])
def test_a_kind_is_named_like_thing_dot_happened(kind: str) -> None:
    with pytest.raises(InputError, match="kind"):
        leaf(kind, AT, {})


@pytest.mark.parametrize("key", ["", "Key", "my key", "1st", "e@mail"])
def test_a_reference_is_named_in_lower_case(key: str) -> None:
    with pytest.raises(InputError, match="name of a reference"):
        leaf("a.b", AT, {key: 1})


def test_a_leaf_cannot_grow_without_bounds() -> None:
    with pytest.raises(InputError, match="number of references"):
        leaf("a.b", AT, {f"k{number}": 1 for number in range(33)})


@given(st.text(max_size=300))
def test_no_text_with_a_space_an_at_sign_or_a_letter_beyond_ascii_enters(text: str) -> None:
    try:
        leaf("a.b", AT, {"value": text})
    except InputError:
        return
    assert text.isascii()
    assert text.isprintable()
    assert not set(text) & set(" @+,;'\"()")
    assert 0 < len(text) <= MAX_REFERENCE
