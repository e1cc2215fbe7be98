from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.errors import InputError
from troth.subjects.identifier import identifier


@pytest.mark.parametrize(
    ("kind", "raw", "normal"),
    [
        ("phone", "19900000001", "+8619900000001"),
        ("phone", "+86 199 0000 0001", "+8619900000001"),
        ("phone", "0086-199-0000-0001", "+8619900000001"),
        ("phone", "１９９０００００００１", "+8619900000001"),
        ("phone", "0755 8888 0000", "+8675588880000"),
        ("email", " Li.Lei@Mail.Example ", "li.lei@mail.example"),
        ("email", "lilei＠mail．example", "lilei@mail.example"),
        ("email", "li@中国.example", "li@xn--fiqs8s.example"),
        ("account", " A-17 ", "A-17"),
        ("device", "35-209900-176148-1", "35-209900-176148-1"),
        ("cookie", "c0ffee", "c0ffee"),
    ],
)
def test_what_people_type_has_one_normal_form(kind: str, raw: str, normal: str) -> None:
    found = identifier(kind, raw)
    assert (found.kind, found.value.reveal()) == (kind, normal)


def test_a_number_without_country_code_is_at_home_in_the_given_region() -> None:
    assert identifier("phone", "020 7946 0000", "GB").value.reveal() == "+442079460000"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("phone", ""),
        ("phone", "12"),
        ("phone", "1990000000"),  # a Chinese mobile number with a digit missing
        ("phone", "not a number"),
        ("phone", "+86 199 0000 0001 ext. 5"),
        ("email", ""),
        ("email", "nobody"),
        ("email", "@mail.example"),
        ("email", "a@b"),
        ("email", "a b@mail.example"),
        ("email", "a@-mail.example"),
        ("email", "a@mail..example"),
        ("email", "x" * 65 + "@mail.example"),
        ("email", "x@" + "y" * 64 + ".example"),
        ("email", "x" * 60 + "@" + ".".join(["y" * 60] * 4)),
        ("account", ""),
        ("account", "x" * 255),
        ("device", "a\x00b"),
        ("cookie", "a\nb"),
    ],
)
def test_what_is_no_identifier_is_refused_without_repeating_it(kind: str, raw: str) -> None:
    with pytest.raises(InputError) as raised:
        identifier(kind, raw)
    assert raised.value.code == f"subjects.bad-{kind}"
    assert not raw or raw not in f"{raised.value.message} {raised.value.hint}"


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError) as raised:
        identifier("fax", "1")
    assert raised.value.code == "subjects.unknown-kind"
    assert "phone, email" in raised.value.hint


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(raw: str) -> None:
    for kind in ("phone", "email", "account"):
        try:
            once = identifier(kind, raw)
        except InputError:
            continue
        assert identifier(kind, once.value.reveal()) == once


def test_an_identifier_does_not_show_its_value() -> None:
    assert "19900000001" not in repr(identifier("phone", "19900000001"))
