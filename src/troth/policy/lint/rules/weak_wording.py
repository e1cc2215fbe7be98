"""Words that promise and leave a way out: as the case may be, if we decide, best efforts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import texts
from troth.policy.model import Policy

_ENGLISH = (
    "if we decide", "at our discretion", "sole discretion", "as we deem", "deem reasonable", "as we see fit",
    "best effort", "best efforts", "do our best", "as the case may be", "certain cost", "certain costs",
    "impractical", "unrealistic", "other reasonable", "where possible", "as far as possible", "a certain period",
    "to the extent possible", "to the extent feasible", "commercially reasonable", "or the law permits",
)  # fmt: skip
_CHINESE = (
    "以我们决定", "我们决定是否", "自行决定", "视情", "酌情", "尽力", "尽可能", "不切实际", "其他合理", "我们认为合理",
    "一定成本", "一定期限", "适当的期限", "或法律允许",
)  # fmt: skip
_WORDS = re.compile("|".join((*(rf"\b{each}\b" for each in _ENGLISH), *_CHINESE)), re.IGNORECASE)

SAYS = Wording(
    says={
        "en": "the wording {weak} leaves open what is promised",
        "zh": "措辞{weak}使承诺的内容悬而未决",
    },
    hint={
        "en": "say under which conditions, or leave it out",
        "zh": "写明在哪些条件下，或予以删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A text holds a phrase that lets its author decide later what it means. Where the languages differ is left out."""
    for path, text in texts(policy):
        weak = sorted({found for words in text.values() for found in _WORDS.findall(words)})
        if weak and not path.endswith(".vaguely"):  # that has a rule of its own
            yield SAYS.at(path, weak=weak)


RULE = Rule("weak-wording", "note", find)
