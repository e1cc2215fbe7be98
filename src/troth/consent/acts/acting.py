"""What every act of the ledger reads first: the person, and the version as their audience reads it."""

from __future__ import annotations

from datetime import datetime

from troth.base.work import Work
from troth.consent.asking.shown import asked
from troth.consent.ledger import event_by_id, events_of
from troth.consent.model import as_of, fold
from troth.consent.rules import Person
from troth.subjects import facts
from troth.subjects.audience import audience
from troth.versions import service as versions
from troth.versions.model import Version


def person_of(work: Work, subject: str) -> Person:
    """Everything that is known of somebody who is about to choose."""
    return Person(subject, fold(events_of(work, subject)), facts.facts(work, subject))


def person_at(work: Work, subject: str, at: datetime) -> Person:
    """The same, with what has run out by an instant taken as expired."""
    known = person_of(work, subject)
    return Person(subject, as_of(known.standings, at), known.facts)


def narrowed(work: Work, version: Version, subject: str) -> Version:
    """The version with the rules of the person's audience alone."""
    return version if not version.policy.rule_sets else version.for_audience(audience(work, subject, version.policy))


def asking_version(work: Work, version: Version, person: Person, function: str) -> Version:
    """A version that asks for a consent that was given: `version` if it still does, or the one it was given under."""
    current = narrowed(work, version, person.subject)
    if function in asked(current) or function not in person.standings:
        return current
    event = event_by_id(work, person.standings[function].event)
    assert event is not None  # the standing was folded from it
    return narrowed(work, versions.get(work, event.version), person.subject)
