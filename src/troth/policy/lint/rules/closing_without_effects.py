"""An account can be closed, and nothing says what becomes of its data."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy


def find(policy: Policy) -> Iterator[Found]:
    """`rights.close_account` has no `effects`."""
    right = policy.rights.get("close_account")
    if right is not None and not right.effects:
        yield Found(
            "rights.close_account",
            "nothing says what happens to the data when an account is closed, or whether closing can be recalled",
            "say it under `effects`",
        )


RULE = Rule("closing-without-effects", "note", find)
