"""Two languages, and no word on which one counts."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """Several languages, and `prevails` names none."""
    if len(policy.languages) > 1 and policy.prevails is None:
        yield Found(
            "languages",
            f"the policy speaks {quoted(policy.languages)} and does not say which prevails",
            "add a line `prevails: …`",
        )


RULE = Rule("prevailing-language-missing", "warning", find)
