"""One language of a text has a figure that another has not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import texts
from troth.policy.lint.words import bare
from troth.policy.model import Policy

_FIGURE = re.compile(r"[0-9]+")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?|[一二三四五六七八九十]+")
_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MONTHS = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_DIGITS = "一二三四五六七八九"

SAYS = Wording(
    says={
        "en": "`{path}` has the figure {odd} in one language and not in another",
        "zh": "`{path}`中的数字{odd}只见于一种语言",
    },
    hint={
        "en": "say the same figures in every language",
        "zh": "各语言应写明相同的数字",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A figure of one language is in another neither in digits nor in words; what `differs` lists has its own rule."""
    for path, text in texts(policy):
        odd = sorted(_odd([*text.values()]), key=int)
        if odd:
            yield SAYS.at(path, path=path, odd=bare(odd))


def _odd(tongues: list[str]) -> set[str]:
    plain = [unicodedata.normalize("NFKC", text).lower().replace(",", "") for text in tongues]
    figures = [{each.lstrip("0") or "0" for each in _FIGURE.findall(text)} for text in plain]
    if not any(figures):
        return set()
    spelled = [{_SPELLED[word] for word in _WORD.findall(text) if word in _SPELLED} for text in plain]
    said = [digits | words for digits, words in zip(figures, spelled, strict=True)]
    return {figure for digits in figures for figure in digits if any(figure not in other for other in said)}


def _spelled() -> Mapping[str, str]:
    """Numbers below a hundred as English and Chinese write them out, and the English months."""
    words = {word: str(number) for number, word in enumerate(_MONTHS, 1)}
    words |= {word: str(number) for number, word in enumerate((*_UNITS, *_TEENS), 1)}
    words |= {word: str(10 * number) for number, word in enumerate(_TENS, 2)}
    words |= {f"{ten}-{unit}": str(10 * i + j) for i, ten in enumerate(_TENS, 2) for j, unit in enumerate(_UNITS, 1)}
    words |= {digit: str(number) for number, digit in enumerate(_DIGITS, 1)}
    for tens in range(1, 10):
        head = ("" if tens == 1 else _DIGITS[tens - 1]) + "十"
        words |= {head + unit: str(10 * tens + i) for i, unit in enumerate(("", *_DIGITS))}
    return words


_SPELLED = _spelled()
RULE = Rule("figures-differ", "warning", find)
