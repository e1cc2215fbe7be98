"""When a person who said no may be asked again. Pure.

A no is a refusal, a withdrawal or an opt-out. After it nobody asks before the wait is over that the policy states
(`rights.opt-out.asked_again` after an opt-out, `rights.withdrawal.asked_again` after the others) nor before the one
that the law does (`consent.reask` of the policy's regimes); where both are stated, or several, the longest counts.
A consent to sell is also covered by an opt-out of sale. What binds is asking: a person who comes by themselves is heard
at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from troth.base.calendar import due
from troth.consent.matter import matter_of
from troth.consent.model import Kind, No, Standing, Status
from troth.consent.optouts.optout import opt_out_matter
from troth.consent.optouts.stops import stopping
from troth.policy.flows import flows
from troth.policy.model import Policy, RightName
from troth.regimes import figures, regime, regimes

PROMPTS: Final = frozenset({"prompt", "popup", "banner", "push", "email", "sms", "call", "letter"})
"""The interfaces by which the controller speaks first. A name may go on after it: `banner/shop`."""

_RIGHT: Final[Mapping[Kind, RightName]] = {
    Kind.OPTED_OUT: "opt-out",
    Kind.WITHDRAWN: "withdrawal",
    Kind.REFUSED: "withdrawal",
}
_FIGURE: Final = "consent.reask"


@dataclass(frozen=True)
class Asking:
    """Whether a person may be asked now; if not, from which instant on, and which clause or figure of law says so."""

    allowed: bool
    not_before: datetime | None = None
    clause: str | None = None


FREE: Final = Asking(allowed=True)


def asking(policy: Policy, standings: Mapping[str, Standing], matter: str, at: datetime) -> Asking:
    """Whether somebody whose choices stand so may be asked about `matter` at an instant."""
    said = [standings[name].no for name in (matter, *_wider(policy, matter)) if name in standings]
    waits = [wait for no in said if no is not None for wait in _waits(policy, no)]
    running = [wait for wait in waits if wait.not_before is not None and at < wait.not_before]
    return max(running, key=lambda wait: wait.not_before or at, default=FREE)


def is_prompt(interface: str) -> bool:
    """Whether the controller speaks first by this interface."""
    return interface.partition("/")[0] in PROMPTS


def is_open(standing: Standing | None) -> bool:
    """Whether a question is open: it was asked, or put off, and not answered yet."""
    return standing is not None and standing.status in {Status.REQUESTED, Status.REQUEST_DEFERRED}


def _wider(policy: Policy, matter: str) -> tuple[str, ...]:
    """The opt-outs that stop what a consent allows."""
    own = [flow for flow in flows(policy) if flow.basis == "consent" and matter_of(flow) == matter]
    return tuple(sorted({opt_out_matter(name) for flow in own for name in stopping(policy, flow)}))


def _waits(policy: Policy, no: No) -> Iterator[Asking]:
    name = _RIGHT[no.kind]
    right = policy.rights.get(name)
    if right is not None and right.asked_again is not None:
        last = due(no.at, right.asked_again, zone=_zone(policy)).at
        yield _after(last, f"rights.{name}.asked_again")
    for law in _laws(policy):
        for figure in figures(law):
            if figure.status == "in-force" and f"{figure.name}.".startswith(f"{_FIGURE}."):
                yield _after(figure.due(no.at, zone=regime(law).zone).at, f"regimes.{law}.{figure.name}")


def _after(last: datetime, clause: str) -> Asking:
    return Asking(allowed=False, not_before=last + timedelta.resolution, clause=clause)


def _zone(policy: Policy) -> tzinfo:
    laws = _laws(policy)
    return regime(laws[0]).zone if laws else UTC


def _laws(policy: Policy) -> list[str]:
    known = regimes()
    return [name for name in policy.regimes if name in known]
