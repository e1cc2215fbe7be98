"""The ledger's events and what they add up to. State is a fold; nothing here reads or writes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from troth.consent.optouts.optout import opt_out_of, opted_in_fact, opted_out_fact
from troth.policy.model import GRADES, Grade


class Kind(StrEnum):
    """What happened."""

    REQUESTED = "requested"
    DEFERRED = "deferred"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    RENEWED = "renewed"
    INVALIDATED = "invalidated"
    REVOKED = "revoked"
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

ASKING = frozenset({Kind.REQUESTED, Kind.DEFERRED})
"""What happens before an answer."""

NOES = frozenset({Kind.REFUSED, Kind.WITHDRAWN, Kind.OPTED_OUT})
"""The person said no. A no lasts until they say yes; asking again does not undo it."""

LEADS_TO: Mapping[Kind, Status] = {
    Kind.REQUESTED: Status.REQUESTED,
    Kind.DEFERRED: Status.REQUEST_DEFERRED,
    Kind.GIVEN: Status.GIVEN,
    Kind.OPTED_IN: Status.GIVEN,
    Kind.RENEWED: Status.RENEWED,
    Kind.REFUSED: Status.REFUSED,
    Kind.WITHDRAWN: Status.WITHDRAWN,
    Kind.OPTED_OUT: Status.WITHDRAWN,
    Kind.EXPIRED: Status.EXPIRED,
    Kind.INVALIDATED: Status.INVALIDATED,
    Kind.REVOKED: Status.REVOKED,
}


@dataclass(frozen=True)
class Event:
    """One choice, as it was made and shown. `entry` is its index in the journal, and the order of events.

    `function` is what was chosen about: a function's id, the address of a flow line or recipient that asks for
    consent of its own, or an opt-out (`opt-out:sale`). `prompt` is the SHA-256 of the exact text that was shown,
    `terms` that of what the choice was about, in every language of the policy. `verification` shows a guardian or an
    agent to be one; `reason` is why a controller ended a consent; at `until` the consent ends by itself, and an
    expiry says by it when it ended.
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
    terms: str
    verification: str | None = None
    reason: str | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class No:
    """When the person said no, and how."""

    at: datetime
    kind: Kind


@dataclass(frozen=True)
class Standing:
    """Where a choice stands: since when, at which grade, and the event that brought it there.

    `until` is when it ends by itself; `no` is the person's last no, for as long as no yes has followed it.
    """

    status: Status
    grade: Grade
    at: datetime
    event: str
    until: datetime | None = None
    no: No | None = None

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
    return standings if at is None else as_of(standings, at)


def as_of(standings: Mapping[str, Standing], at: datetime) -> Mapping[str, Standing]:
    """The standings at an instant after their last event: what has run out by then has expired."""
    return {function: lapsed(standing, at) for function, standing in standings.items()}


def lapsed(standing: Standing, at: datetime) -> Standing:
    """The standing at an instant: a consent ends at its `until`, whether or not anybody has noted it yet."""
    if standing.valid and standing.until is not None and at >= standing.until:
        return replace(standing, status=Status.EXPIRED, at=standing.until, until=None)
    return standing


def _next(before: Standing | None, event: Event) -> Standing:
    earlier = None if before is None else lapsed(before, event.at)
    if earlier is None:
        return _alone(event, None)
    if earlier.valid and event.kind in ASKING:
        return earlier  # to be asked again takes nothing away
    after = _alone(event, earlier.no)
    if earlier.valid and after.valid:
        # A consent that stands is not lowered by giving it again in a lesser way.
        return replace(after, grade=max(earlier.grade, after.grade, key=GRADES.index))
    return after


def _alone(event: Event, no: No | None) -> Standing:
    status = LEADS_TO[event.kind]
    if event.kind in NOES:
        no = No(event.at, event.kind)
    elif status in VALID:
        return Standing(status, event.grade, event.at, event.id, event.until)
    at = event.until if event.kind is Kind.EXPIRED and event.until else event.at
    return Standing(status, event.grade, at, event.id, None, no)


def consent_fact(function: str, grade: Grade) -> str:
    """The fact that a consent of at least `grade` stands."""
    return f"consent.{function}.{grade}"


def facts_of(function: str, standing: Standing) -> frozenset[str]:
    """The facts that a standing makes true; every other fact about the same choice is untrue (`facts_about`)."""
    opt_out = opt_out_of(function)
    if opt_out is None:
        return frozenset(facts_up_to(function, standing.grade)) if standing.valid else frozenset()
    if standing.no is not None:
        return frozenset({opted_out_fact(opt_out)})
    return frozenset({opted_in_fact(opt_out)}) if standing.valid else frozenset()


def facts_about(function: str) -> frozenset[str]:
    """Every fact that a choice may make true."""
    opt_out = opt_out_of(function)
    if opt_out is None:
        return frozenset(consent_fact(function, grade) for grade in GRADES[1:])
    return frozenset({opted_out_fact(opt_out), opted_in_fact(opt_out)})


def facts_up_to(function: str, grade: Grade) -> tuple[str, ...]:
    """The facts of a consent of `grade`: it is also one of every lower grade."""
    return tuple(consent_fact(function, lower) for lower in GRADES[1 : GRADES.index(grade) + 1])
