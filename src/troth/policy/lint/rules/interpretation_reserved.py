"""The company keeps the right to say what its policy means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_WORDS = re.compile(
    r"解释(和修改|、修改|与修改)?权|解释和修改的?权|right to interpret|final interpretation|power of interpretation",
    re.IGNORECASE,
)


def find(policy: Policy) -> Iterator[Found]:
    """A text reserves the interpretation of the policy."""
    languages = frozenset(policy.languages)
    for path, value in policy.addresses.items():
        if not isinstance(value, dict) or not value or not value.keys() <= languages or path.startswith("differs."):
            continue
        if any(_WORDS.search(str(text)) for text in value.values()):
            yield Found(
                path,
                "the company reserves the right to say what the policy means",
                "leave it out: a promise means what its reader may understand",
            )


RULE = Rule("interpretation-reserved", "warning", find)
