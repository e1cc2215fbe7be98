"""The languages of the policy do not promise the same."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`only_in` or `differs` names a clause."""
    for language, clauses in policy.only_in.items():
        for clause in clauses:
            yield Found(
                clause,
                f"`{clause}` is promised in `{language}` only",
                "say it in every language, then drop it from `only_in`",
            )
    for clause in policy.differs:
        yield Found(
            clause,
            f"the languages put `{clause}` differently",
            "say the same in every language, then drop it from `differs`",
        )


RULE = Rule("languages-differ", "warning", find)
