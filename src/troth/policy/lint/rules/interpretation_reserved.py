"""The company keeps the right to say what its policy means."""

from __future__ import annotations

import re
from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.lint.texts import says, texts
from troth.policy.model import Policy

_WORDS = re.compile(
    r"解释(和修改|、修改|与修改)?权|解释和修改的?权|right to interpret|final interpretation|power of interpretation",
    re.IGNORECASE,
)

SAYS = Wording(
    says={
        "en": "the company reserves the right to say what the policy means",
        "zh": "公司保留对政策含义的解释权",
    },
    hint={
        "en": "leave it out: a promise means what its reader may understand",
        "zh": "请删去：承诺的含义以读者的合理理解为准",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A text reserves the interpretation of the policy."""
    for path, text in texts(policy):
        if says(text, _WORDS):
            yield SAYS.at(path)


RULE = Rule("interpretation-reserved", "warning", find)
