"""Opting out of what needs no consent, such as sale, and opting in again."""

from __future__ import annotations

from troth.base.work import Work
from troth.consent import rules
from troth.consent.actor import SELF, Actor
from troth.consent.acts.acting import narrowed, person_of
from troth.consent.ledger import record
from troth.consent.model import Event
from troth.consent.rules import How
from troth.journal.lock import one_writer
from troth.subjects.vault import Vault
from troth.versions.model import Version


def opt_out(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    matter: str,
    *,
    language: str,
    interface: str,
    actor: Actor = SELF,
) -> Event:
    """Record that the person opted out of `matter` (`optout.OPT_OUTS`): the fact `opted-out.<matter>` holds from now.

    It is heard at any time and of anybody, and outlives every version.

    Raises:
        InputError: `consent.unknown-opt-out`, `consent.unknown-language`, `consent.bad-interface`; `subjects.unknown`.
        RefusedError: `subjects.shredded`.
    """
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface, actor)
    return record(work, vault, own, rules.opting_out(own, person_of(work, subject), matter, how))


def opt_in(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    matter: str,
    *,
    language: str,
    interface: str,
    actor: Actor = SELF,
) -> Event:
    """Record that the person opted in. The fact `opted-in.<matter>` holds from now on, `opted-out.<matter>` no more.

    Raises as `opt_out` does, and RefusedError `consent.asked-too-soon` for the answer to a prompt that came before
    the wait was over, `consent.barred`, `consent.guardian-needed`.
    """
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface, actor)
    return record(work, vault, own, rules.opting_in(own, person_of(work, subject), matter, how))
