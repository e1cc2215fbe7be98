"""Two languages, and no word on which one counts."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "the policy speaks {languages} and does not say which prevails",
        "zh": "政策有{languages}文本，却未说明以哪种语言为准",
    },
    hint={
        "en": "add a line `prevails: …`",
        "zh": "请补充一行`prevails: …`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """Several languages, and `prevails` names none."""
    if len(policy.languages) > 1 and policy.prevails is None:
        yield SAYS.at("languages", languages=policy.languages)


RULE = Rule("prevailing-language-missing", "warning", find)
