"""Under which facts a flow may go ahead: what must hold, and what must not. The rules, in words:

- The account is open, and all that the flow's `after` lists is true.
- A flow that rests on consent needs a consent of at least its grade to its function (or to what declares it).
- Nothing is allowed for a person whose processing is restricted, whose account is closed, who objected to the purpose,
  or whom the policy bars for their age. A hold forbids no use: it only keeps what would be erased.
- While an account is closing nothing new is collected. What is held may go on being used and passed on, because the
  person may still recall the closing and must find their account, and what was ordered, as they left it.
- For a person below an age that the policy sets, what rests on consent needs their guardian's, and what rests on the
  contract or on an interest needs that a guardian agreed; a duty of law and an emergency ask no guardian. In a band
  of age whose data are sensitive, consent is separate; in one that opts in, selling waits for that.
- Who opted out is heard: see `troth.consent.optouts.stops`.

A fact that was never said of anybody has no bit: needing it is impossible, forbidding it costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from troth.consent.matter import matter_of
from troth.consent.model import consent_fact
from troth.consent.optouts.optout import opted_in_fact, opted_out_fact
from troth.consent.optouts.stops import stopping
from troth.decision.ages import EVERYBODY, Stretch
from troth.policy.flows import Flow
from troth.policy.model import GRADES, Grade, Policy
from troth.subjects.age import GUARDIAN_FACT

OPEN: Final = "account.open"
ALWAYS_FORBID: Final = ("account.closed", "age.barred", "restricted")
_FORBID: Final[Mapping[str, tuple[str, ...]]] = {"collect": ("account.closing",)}
_LEAST: Final[Mapping[str, Grade]] = {"sensitive": "separate", "guardian": "guardian-verified"}
_ASK_NO_GUARDIAN: Final = frozenset({"consent", "legal-obligation", "vital-interests", "public-interest"})


@dataclass(frozen=True)
class Conditions:
    """The facts that must be true, and those that must not, by name."""

    needs: tuple[str, ...]
    forbids: tuple[str, ...]


def conditions(policy: Policy, flow: Flow, ages: Stretch = EVERYBODY) -> Conditions:
    """The conditions of a flow for people of these ages."""
    needs = (OPEN, *flow.after, *_consent(flow, ages), *_young(flow, ages), *ages.needs)
    forbids = (
        *ALWAYS_FORBID,
        f"objected.{flow.purpose}",
        *_FORBID.get(flow.action, ()),
        *map(opted_out_fact, stopping(policy, flow)),
        *ages.forbids,
    )
    return Conditions(tuple(dict.fromkeys(needs)), tuple(dict.fromkeys(forbids)))


def _consent(flow: Flow, ages: Stretch) -> tuple[str, ...]:
    if flow.basis != "consent":
        return ()
    grades = (flow.grade, *(_LEAST[rule] for rule in ages.rules if rule in _LEAST))
    return (consent_fact(matter_of(flow), max(grades, key=GRADES.index)),)


def _young(flow: Flow, ages: Stretch) -> Iterator[str]:
    if "guardian" in ages.rules and flow.basis not in _ASK_NO_GUARDIAN:
        yield GUARDIAN_FACT
    if "opt-in" in ages.rules and flow.action == "sell":
        yield opted_in_fact("sale")
