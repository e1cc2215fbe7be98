"""Notes what has run out. The ledger's answer does not wait for it: a consent has ended at its time, noted or not."""

from __future__ import annotations

from datetime import datetime

from troth.base.work import Work
from troth.consent import rules
from troth.consent.actor import CONTROLLER
from troth.consent.acts.acting import asking_version, person_of
from troth.consent.ledger import event_by_id, record, settled
from troth.consent.model import Event, Standing, facts_about, lapsed
from troth.consent.rules import How, Person
from troth.journal.lock import one_writer
from troth.policy.model import GRADES
from troth.subjects import facts
from troth.subjects.service import is_shredded
from troth.subjects.vault import Vault
from troth.versions import service as versions

_PREFIX = "consent."


def expire_due(work: Work, vault: Vault, at: datetime, limit: int) -> tuple[Event, ...]:
    """Record the expiry of up to `limit` consents that ended at `at` or before; their facts end with them.

    Each event says by `until` when the consent ended, which may be long before it is noted. Running it again records
    nothing twice.
    """
    one_writer(work)
    found = dict.fromkeys(
        (one.subject, function)
        for one in facts.due(work, at, limit * len(GRADES))
        if (function := _function(one.fact)) is not None
    )
    noted = (_expire(work, vault, subject, function, at) for subject, function in list(found)[:limit])
    return tuple(event for event in noted if event is not None)


def _expire(work: Work, vault: Vault, subject: str, function: str, at: datetime) -> Event | None:
    person = person_of(work, subject)
    standing = person.standings.get(function)
    ended = None if standing is None or not standing.valid else standing.until
    if ended is None or at < ended or is_shredded(work, subject):
        _settle_again(work, subject, function, None if standing is None else lapsed(standing, at))
        return None
    return _note(work, vault, person, function, ended)


def _note(work: Work, vault: Vault, person: Person, function: str, ended: datetime) -> Event:
    given = event_by_id(work, person.standings[function].event)
    assert given is not None  # the standing was folded from it
    asking = asking_version(work, versions.get(work, given.version), person, function)
    how = How(work.at, given.language, "controller", CONTROLLER)
    return record(work, vault, asking, rules.expiring(asking, person, function, how, ended))


def _settle_again(work: Work, subject: str, function: str, standing: Standing | None) -> None:
    """Make the facts what the ledger says, where they are due and no consent ends."""
    if standing is None:
        facts.change(work, subject, remove=sorted(facts_about(function)))
        return
    true, untrue = settled(function, standing)
    facts.change(work, subject, add=sorted(true), remove=sorted(untrue))
    if standing.until is not None:
        for fact in sorted(true):
            facts.expire_at(work, subject, fact, standing.until)


def _function(fact: str) -> str | None:
    """The function that a fact of consent is about."""
    if not fact.startswith(_PREFIX):
        return None
    function, _, grade = fact.removeprefix(_PREFIX).rpartition(".")
    return function if grade in GRADES else None
