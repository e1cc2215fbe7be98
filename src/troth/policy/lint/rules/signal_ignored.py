"""A browser's signal is not honoured where the law makes it binding."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule
from troth.policy.model import Policy

_BINDING = frozenset({"us-ca"})


def find(policy: Policy) -> Iterator[Found]:
    """A signal with `honoured: false` under a regime that makes opt-out signals binding."""
    for signal in policy.signals.values():
        if not signal.honoured and _BINDING.intersection(policy.regimes):
            yield Found(
                f"signals.{signal.id}",
                f"`{signal.id}` is not honoured, but `us-ca` makes a browser's opt-out signal binding",
                "treat the signal as an opt-out and write `honoured: true`",
            )


RULE = Rule("signal-ignored", "warning", find)
