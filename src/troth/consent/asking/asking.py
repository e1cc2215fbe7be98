"""Asking: whether it is allowed, that it was done, and that the answer was put off."""

from __future__ import annotations

from troth.base.work import Work
from troth.consent import rules
from troth.consent.actor import CONTROLLER
from troth.consent.acts.acting import narrowed, person_of
from troth.consent.asking import shown
from troth.consent.asking.waits import Asking, asking
from troth.consent.checks import barring
from troth.consent.ledger import record
from troth.consent.model import Event
from troth.consent.optouts.optout import opt_out_of
from troth.consent.rules import How
from troth.journal.lock import one_writer
from troth.subjects.vault import Vault
from troth.versions.model import Version


def may_ask(work: Work, version: Version, subject: str, matter: str) -> Asking:
    """Whether the person may be asked about a consent or an opt-out (`opt-out:sale`), from when on, and why not yet.

    Raises InputError `consent.not-asked`, `consent.unknown-function`.
    """
    own, person = narrowed(work, version, subject), person_of(work, subject)
    if opt_out_of(matter) is None:
        shown.matter(own, matter)
    barred = barring(own.policy, person.facts)
    if barred is not None:
        return Asking(allowed=False, clause=barred.clause)
    return asking(own.policy, person.standings, matter, work.at)


def request(
    work: Work, vault: Vault, version: Version, subject: str, function: str, *, language: str, interface: str
) -> Event:
    """Record that the person was asked; a consent that stands is not touched by it.

    Raises as `give` does; RefusedError `consent.asked-too-soon` names the clause and the day.
    """
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface, CONTROLLER)
    return record(work, vault, own, rules.requesting(own, person_of(work, subject), function, how))


def defer(
    work: Work, vault: Vault, version: Version, subject: str, function: str, *, language: str, interface: str
) -> Event:
    """Record that the person put the answer off: neither a yes nor a no. ConflictError `consent.not-asked-now`."""
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface)
    return record(work, vault, own, rules.deferring(own, person_of(work, subject), function, how))
