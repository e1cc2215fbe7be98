"""The policy refers to figures of a law that Troth does not know."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from troth.base.text import Text
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy
from troth.regimes.load import regimes

_SAYS: Text = {"en": "`{name}` is no regime", "zh": "没有名为`{name}`的法域"}
CLOSE = Wording(says=_SAYS, hint={"en": "did you mean `{close}`?", "zh": "是否指`{close}`？"})
NONE = Wording(says=_SAYS, hint={"en": "one of {known}", "zh": "应为{known}之一"})


def find(policy: Policy) -> Iterator[Found]:
    """A name under `regimes` is no regime."""
    known = sorted(regimes())
    for name in policy.regimes:
        if name not in known:
            close = get_close_matches(name[:200], known, n=1)
            yield (
                CLOSE.at("regimes", name=name, close=close[0]) if close else NONE.at("regimes", name=name, known=known)
            )


RULE = Rule("unknown-regime", "error", find)
