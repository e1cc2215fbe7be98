"""The policy answers fewer requests to know than the law gives people."""

from __future__ import annotations

from collections.abc import Iterator

from troth.policy.law import usual_days
from troth.policy.lint.model import Found, Rule, Wording
from troth.policy.model import Frequency, Policy
from troth.regimes.load import regime, regimes

SAYS = Wording(
    says={
        "en": "{times} in {period} is less often than the {law} in a year that `{regime}` gives people",
        "zh": "每{period}{times}次少于`{regime}`规定的每年{law}次",
    },
    hint={
        "en": "allow {law} or more in 12 months; whoever asks more often may be told a price",
        "zh": "请允许每12个月{law}次或更多；对更频繁的请求可以收取费用",
    },
)

_KNOWING = ("access", "know", "copy")
_YEAR = 365


def find(policy: Policy) -> Iterator[Found]:
    """The `frequency` of a right to know is below the `request.frequency` of one of the regimes."""
    for name in _KNOWING:
        right = policy.rights.get(name)
        if right is not None and right.frequency is not None:
            yield from _below(policy, f"rights.{name}.frequency", right.frequency)


def _below(policy: Policy, clause: str, often: Frequency) -> Iterator[Found]:
    for name in policy.regimes:
        figure = regime(name).figures.get("request.frequency") if name in regimes() else None
        if figure is not None and often.times * _YEAR < figure.amount * usual_days(often.per):
            yield SAYS.at(clause, times=often.times, period=often.per, law=figure.amount, regime=name)


RULE = Rule("frequency-below-law", "warning", find)
