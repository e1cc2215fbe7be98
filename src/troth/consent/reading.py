"""Where every choice of a person stands and stood, and all that they chose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from troth.base.work import Work
from troth.consent.ledger import events_of
from troth.consent.model import Event, Standing, Status, as_of, fold


def state(work: Work, subject: str, at: datetime | None = None) -> Mapping[str, Standing]:
    """Where each choice of a person stands, or stood at an earlier instant; choices never made are not listed.

    A consent that has run out is expired, whether or not the sweep has noted it yet.
    """
    events = events_of(work, subject)
    return as_of(fold(events), work.at) if at is None else fold(events, at)


def status(work: Work, subject: str, matter: str) -> Status:
    """The DPV status of one choice; `UNKNOWN` for one that the person was never asked about."""
    standing = state(work, subject).get(matter)
    return Status.UNKNOWN if standing is None else standing.status


def history(work: Work, subject: str) -> tuple[Event, ...]:
    """All choices of a person, oldest first."""
    return events_of(work, subject)
