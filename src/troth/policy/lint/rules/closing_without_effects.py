"""An account can be closed, and nothing says what becomes of its data."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

SAYS = Wording(
    says={
        "en": "nothing says what happens to the data when an account is closed, or whether closing can be recalled",
        "zh": "未说明注销账号后信息如何处理，也未说明能否撤回注销",
    },
    hint={
        "en": "say it under `effects`",
        "zh": "请在`effects`中写明",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """`rights.close_account` has no `effects`."""
    right = policy.rights.get("close_account")
    if right is not None and not right.effects:
        yield SAYS.at("rights.close_account")


RULE = Rule("closing-without-effects", "note", find)
