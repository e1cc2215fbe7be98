"""The languages of the policy do not promise the same."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

ONE_ONLY = Wording(
    says={
        "en": "`{clause}` is promised in `{language}` only",
        "zh": "`{clause}`只在`{language}`文本中有承诺",
    },
    hint={
        "en": "say it in every language, then drop it from `only_in`",
        "zh": "各语言都应写明，再从`only_in`中删去",
    },
)

DIFFERENT = Wording(
    says={
        "en": "the languages put `{clause}` differently",
        "zh": "各语言对`{clause}`的表述不同",
    },
    hint={
        "en": "say the same in every language, then drop it from `differs`",
        "zh": "各语言应表述一致，再从`differs`中删去",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`only_in` or `differs` names a clause."""
    for language, clauses in policy.only_in.items():
        for clause in clauses:
            yield ONE_ONLY.at(clause, clause=clause, language=language)
    for clause in policy.differs:
        yield DIFFERENT.at(clause, clause=clause)


RULE = Rule("languages-differ", "warning", find)
