"""Words of the language as the wordings of rules say them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from troth.base.text import Text
from troth.policy.sections.words import Grade

_GRADES: Mapping[Grade, str] = {
    "none": "无需同意",
    "deemed": "默示同意",
    "general": "一般同意",
    "explicit": "明示同意",
    "separate": "单独同意",
    "guardian-verified": "经核实的监护人同意",
}


def grade_words(grade: Grade) -> Text:
    """A grade of consent as a sentence says it."""
    return {"en": grade, "zh": _GRADES[grade]}


def bare(words: Iterable[str]) -> Text:
    """Several words one after the other, without quotation marks."""
    each = list(words)
    return {"en": ", ".join(each), "zh": "、".join(each)}
