"""A policy to masks. Each flow becomes one alternative: the facts that must hold, and those that must not.

The rules, in words:

- The account is open, and all that the flow's `after` lists is true.
- A flow that rests on consent needs a consent of at least its grade to its function (or to what declares it).
- Nothing is allowed for a person whose processing is restricted, whose account is closed, who objected to the
  purpose, or whom the policy bars for their age; nothing is sold of one who opted out of sale.
- While an account is closing nothing new is collected. What is held may go on being used and passed on, because the
  person may still recall the closing and must find their account, and what was ordered, as they left it.

A fact that was never said of anybody has no bit: needing it is impossible, forbidding it costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from troth.base.text import Text
from troth.consent.matter import matter_of, matters
from troth.consent.model import consent_fact
from troth.decision.model import Question
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy
from troth.subjects.facts import NEVER

_OPEN = "account.open"
_ALWAYS_FORBIDS = ("account.closed", "age.barred", "restricted")
_FORBIDS: Mapping[str, tuple[str, ...]] = {"collect": ("account.closing",), "sell": ("opted-out.sale",)}


@dataclass(frozen=True)
class Alternative:
    """One way in which a question may be answered with yes, in names and as masks."""

    flow: Flow
    needs: tuple[str, ...]
    forbids: tuple[str, ...]
    need: int
    forbid: int

    def allows(self, state: int) -> bool:
        """Whether a person with these facts is allowed by it."""
        return state & self.need == self.need and not state & self.forbid

    def missing(self, state: int, bits: Mapping[str, int]) -> tuple[str, ...]:
        """The needed facts that do not hold."""
        return tuple(name for name in self.needs if not _holds(name, state, bits))

    def blocking(self, state: int, bits: Mapping[str, int]) -> tuple[str, ...]:
        """The forbidden facts that hold."""
        return tuple(name for name in self.forbids if _holds(name, state, bits))


@dataclass(frozen=True)
class Masks:
    """A compiled policy: the alternatives of every question that some clause answers."""

    policy: Policy
    bits: Mapping[str, int]
    alternatives: Mapping[Question, tuple[Alternative, ...]]
    consents: Mapping[str, Text]
    """What the policy asks consent for, by the name that consent is kept under."""

    def of(self, question: Question) -> tuple[Alternative, ...]:
        """The alternatives for a question; none where no clause speaks."""
        return self.alternatives.get(question, ())


def compile_policy(policy: Policy, bits: Mapping[str, int]) -> Masks:
    """All flows of `policy` as masks over `bits` (fact to bit number)."""
    found: dict[Question, list[Alternative]] = {}
    for flow in flows(policy):
        asked = Question(flow.purpose, flow.item, flow.action, flow.recipient)
        found.setdefault(asked, []).append(_alternative(flow, bits))
    alternatives = {asked: tuple(each) for asked, each in found.items()}
    consents = {name: matter.label for name, matter in matters(policy).items()}
    return Masks(policy, bits, alternatives, consents)


def conditions(flow: Flow) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The facts that a flow needs and those that forbid it, by name."""
    consent = (consent_fact(matter_of(flow), flow.grade),) if flow.basis == "consent" else ()
    needs = dict.fromkeys((_OPEN, *flow.after, *consent))
    forbids = (*_ALWAYS_FORBIDS, f"objected.{flow.purpose}", *_FORBIDS.get(flow.action, ()))
    return tuple(needs), forbids


def _alternative(flow: Flow, bits: Mapping[str, int]) -> Alternative:
    needs, forbids = conditions(flow)
    need = _mask(bits.get(name, NEVER) for name in needs)
    return Alternative(flow, needs, forbids, need, _mask(bits[name] for name in forbids if name in bits))


def _mask(numbers: Iterable[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def _holds(name: str, state: int, bits: Mapping[str, int]) -> bool:
    return name in bits and bool(state >> bits[name] & 1)
