"""What the texts of a policy say, for rules that have to read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from troth.base.text import Text
from troth.policy.model import Policy


def texts(policy: Policy) -> Iterator[tuple[str, Text]]:
    """Every text that the policy says, by clause path; what its languages say differently is left out."""
    languages = frozenset(policy.languages)
    for path, value in policy.addresses.items():
        if isinstance(value, dict) and value and value.keys() <= languages and not path.startswith("differs."):
            text = {language: each for language, each in value.items() if isinstance(each, str)}
            if len(text) == len(value):  # `only_in` has languages as keys as well
                yield path, text


def says(text: Text, words: re.Pattern[str]) -> bool:
    """Whether the text has the words in any of its languages."""
    return any(words.search(each) for each in text.values())


def first(lines: Mapping[str, Text], words: re.Pattern[str]) -> str | None:
    """The name of the first line that has the words."""
    return next((name for name, text in sorted(lines.items()) if says(text, words)), None)
