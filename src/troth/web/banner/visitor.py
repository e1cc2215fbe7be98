"""A visitor's browser: known by a pseudonym that we made and only it keeps; and where its choices stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from troth.base.errors import InputError
from troth.base.work import Work
from troth.consent.acts.acting import person_at
from troth.consent.asking.waits import asking
from troth.consent.ledger import event_by_id
from troth.consent.matter import matters
from troth.consent.model import Event, Standing, Status
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.service import find
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.web.banner.configuration import Configuration
from troth.web.banner.matters import about

PROFILE_KIND = "browser"
"""The kind of identifier under which the pseudonym of a browser is registered."""

_ANSWERED = frozenset({Status.GIVEN, Status.RENEWED, Status.REFUSED, Status.WITHDRAWN})


@dataclass(frozen=True)
class Stand:
    """Where the choices of a profile stand, by matter, and the matters it is still to be asked about.

    `events` are those that record what was just chosen, by matter; `signal` says whether the browser's signal was
    acted upon.
    """

    profile: str | None
    states: Mapping[str, Status]
    ask: tuple[str, ...]
    events: Mapping[str, Event] = field(default_factory=dict)
    signal: bool = False


def pseudonym(profile: str) -> Identifier:
    """What finds the subject behind a profile."""
    return identifier(PROFILE_KIND, profile)


def find_profile(work: Work, vault: Vault, profile: str | None) -> str | None:
    """The subject behind a profile, if there is one."""
    return None if profile is None else find(work, vault, pseudonym(profile))


def stand(work: Work, vault: Vault, asked: Configuration, profile: str | None) -> Stand:
    """Where a profile's choices stand; one that is not known has made none. Writes nothing."""
    subject = find_profile(work, vault, profile)
    if subject is None:
        return Stand(None, {}, tuple(asked.questions))
    standings = person_at(work, subject, work.at).standings
    states = {name: standings[name].status for name in asked.questions if name in standings}
    return Stand(profile, states, to_ask(work, asked, standings))


def to_ask(work: Work, asked: Configuration, standings: Mapping[str, Standing]) -> tuple[str, ...]:
    """The matters that are open, but for those that may not be asked about yet: no "no" is asked again too soon."""
    return tuple(
        name
        for name in asked.questions
        if _open(work, asked, name, standings.get(name)) and asking(asked.policy, standings, name, work.at).allowed
    )


def _open(work: Work, asked: Configuration, name: str, standing: Standing | None) -> bool:
    """Whether the matter was never answered, or the answer no longer stands, or was about something else."""
    if standing is None or standing.status not in _ANSWERED:
        return True
    event = event_by_id(work, standing.event)
    assert event is not None  # the standing was folded from it
    return event.version != asked.version.id and _about(work, event, asked.audience) != asked.questions[name].about


def _about(work: Work, event: Event, audience: str | None) -> str | None:
    """What the event was about; None where the version of that time has no such matter for that audience."""
    try:
        policy = versions.get(work, event.version).for_audience(audience).policy
    except InputError:
        return None
    known = matters(policy)
    return about(known[event.function]) if event.function in known else None
