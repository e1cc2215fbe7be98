"""A browser's signal is not honoured where the law makes it binding."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Policy

_BINDING = frozenset({"us-ca"})

SAYS = Wording(
    says={
        "en": "`{signal}` is not honoured, but `us-ca` makes a browser's opt-out signal binding",
        "zh": "`{signal}`未得到遵从，而`us-ca`规定浏览器的选择退出信号具有约束力",
    },
    hint={
        "en": "treat the signal as an opt-out and write `honoured: true`",
        "zh": "将该信号作为选择退出处理，并写明`honoured: true`",
    },
)


def find(policy: Policy) -> Iterator[Found]:
    """A signal with `honoured: false` under a regime that makes opt-out signals binding."""
    for signal in policy.signals.values():
        if not signal.honoured and _BINDING.intersection(policy.regimes):
            yield SAYS.at(f"signals.{signal.id}", signal=signal.id)


RULE = Rule("signal-ignored", "warning", find)
