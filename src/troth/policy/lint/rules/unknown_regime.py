"""The policy refers to figures of a law that Troth does not know."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from troth.policy.lint.model import Found, Rule, quoted
from troth.policy.model import Policy
from troth.regimes.load import regimes


def find(policy: Policy) -> Iterator[Found]:
    """A name under `regimes` is no regime."""
    known = regimes()
    for name in policy.regimes:
        if name not in known:
            close = get_close_matches(name[:200], known, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"one of {quoted(sorted(known))}"
            yield Found("regimes", f"`{name}` is no regime", hint)


RULE = Rule("unknown-regime", "error", find)
