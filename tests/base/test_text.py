from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from troth.base.text import LANGUAGES, said

TEXTS = st.dictionaries(st.sampled_from(["zh", "en", "de"]), st.text(min_size=1), min_size=1)


@given(TEXTS, st.sampled_from(["zh", "en", "de", "fr"]))
def test_a_person_is_shown_something_never_nothing(text: dict[str, str], language: str) -> None:
    shown = said(text, language)
    assert shown
    assert shown == text.get(language, next(iter(text.values())))


def test_an_empty_translation_counts_as_missing() -> None:
    assert said({"zh": "昵称", "en": ""}, "en") == "昵称"


def test_people_are_spoken_to_in_chinese_and_english() -> None:
    assert LANGUAGES == ("zh", "en")
