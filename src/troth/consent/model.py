"""The ledger's events and what they add up to. State is a fold; nothing here reads or writes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from troth.policy.model import GRADES, Grade


class Kind(StrEnum):
    """What happened."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RENEWED = "renewed"
    INVALIDATED = "invalidated"
    OPTED_OUT = "opted-out"
    OPTED_IN = "opted-in"


class Status(StrEnum):
    """The ten consent statuses of W3C DPV 2.3, by their names there."""

    UNKNOWN = "ConsentUnknown"
    REQUESTED = "ConsentRequested"
    REQUEST_DEFERRED = "ConsentRequestDeferred"
    REFUSED = "ConsentRefused"
    GIVEN = "ConsentGiven"
    RENEWED = "RenewedConsentGiven"
    EXPIRED = "ConsentExpired"
    INVALIDATED = "ConsentInvalidated"
    REVOKED = "ConsentRevoked"
    WITHDRAWN = "ConsentWithdrawn"


VALID = frozenset({Status.GIVEN, Status.RENEWED})
"""The statuses under which consent may be relied on (DPV: ConsentStatusValidForProcessing)."""

_LEADS_TO: Mapping[Kind, Status] = {
    Kind.GIVEN: Status.GIVEN,
    Kind.OPTED_IN: Status.GIVEN,
    Kind.RENEWED: Status.RENEWED,
    Kind.REFUSED: Status.REFUSED,
    Kind.WITHDRAWN: Status.WITHDRAWN,
    Kind.OPTED_OUT: Status.WITHDRAWN,
    Kind.EXPIRED: Status.EXPIRED,
    Kind.INVALIDATED: Status.INVALIDATED,
}


@dataclass(frozen=True)
class Event:
    """One choice, as it was made and shown. `entry` is its index in the journal, and the order of events.

    `function` is what was chosen about: a function's id, or the address of a flow line or recipient that asks for
    consent of its own. `prompt` is the SHA-256 of the exact text that was shown.
    """

    id: str
    subject: str
    function: str
    kind: Kind
    grade: Grade
    version: str
    version_hash: str
    prompt: str
    language: str
    interface: str
    actor: str
    at: datetime
    entry: int


@dataclass(frozen=True)
class Standing:
    """Where a choice stands: since when, at which grade, and the event that brought it there."""

    status: Status
    grade: Grade
    at: datetime
    event: str

    @property
    def valid(self) -> bool:
        """Whether the consent may be relied on."""
        return self.status in VALID


def fold(events: Iterable[Event], at: datetime | None = None) -> Mapping[str, Standing]:
    """The standing of every choice after `events`, or after those of them up to and including the instant `at`."""
    standings: dict[str, Standing] = {}
    for event in sorted(events, key=lambda each: each.entry):
        if at is None or event.at <= at:
            standings[event.function] = _next(standings.get(event.function), event)
    return standings


def _next(before: Standing | None, event: Event) -> Standing:
    after = Standing(_LEADS_TO[event.kind], event.grade, event.at, event.id)
    if before is not None and before.valid and after.valid:
        # A consent that stands is not lowered by giving it again in a lesser way.
        return replace(after, grade=max(before.grade, after.grade, key=GRADES.index))
    return after


def consent_fact(function: str, grade: Grade) -> str:
    """The fact that a consent of at least `grade` stands."""
    return f"consent.{function}.{grade}"


def facts_of(function: str, standing: Standing) -> frozenset[str]:
    """The facts that a standing makes true; every other consent fact of the function is untrue."""
    return frozenset(facts_up_to(function, standing.grade)) if standing.valid else frozenset()


def facts_up_to(function: str, grade: Grade) -> tuple[str, ...]:
    """The facts of a consent of `grade`: it is also one of every lower grade."""
    return tuple(consent_fact(function, lower) for lower in GRADES[1 : GRADES.index(grade) + 1])
