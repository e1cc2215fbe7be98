"""Giving, refusing and taking back: one act, one matter, one event. Nothing here takes several at once."""

from __future__ import annotations

from troth.base.work import Work
from troth.consent import rules
from troth.consent.actor import CONTROLLER, SELF, Actor
from troth.consent.acts.acting import asking_version, narrowed, person_of
from troth.consent.ledger import record
from troth.consent.model import Event, Kind
from troth.consent.rules import How
from troth.journal.lock import one_writer
from troth.subjects.vault import Vault
from troth.versions.model import Version


def give(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    function: str,
    *,
    grade: str,
    language: str,
    interface: str,
    actor: Actor = SELF,
) -> Event:
    """Record that the person agreed; when the consent stood already, that they renewed it.

    Where `interface` is one by which the controller speaks first (`waits.PROMPTS`), the yes counts only if the person
    might be asked; a yes of their own always does.

    Raises:
        InputError: `consent.not-asked`, `consent.unknown-function`, `consent.unknown-grade`,
            `consent.unknown-language`, `consent.bad-interface`; `subjects.unknown`.
        RefusedError: `consent.grade-too-low` for less than the function needs; `consent.barred` for a person whom
            the policy calls too young, `consent.guardian-needed` for one who needs a guardian;
            `consent.guardian-unverified`; `consent.asked-too-soon`; `subjects.shredded`.
    """
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface, actor)
    return record(work, vault, own, rules.giving(own, person_of(work, subject), function, grade, how))


def deem(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    function: str,
    *,
    ground: str,
    language: str,
    interface: str,
) -> Event | None:
    """Record that use is taken for agreement on a ground of the policy's (`use`, `continued-use`), as deemed consent.

    Gives None, and writes nothing, where a consent stands. Raises as `give` does, and RefusedError
    `consent.not-deemed`, or `consent.said-no` of a person who refused, withdrew or opted out.
    """
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface)
    choice = rules.deeming(own, person_of(work, subject), function, ground, how)
    return None if choice is None else record(work, vault, own, choice)


def refuse(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    function: str,
    *,
    language: str,
    interface: str,
    actor: Actor = SELF,
) -> Event:
    """Record that the person was asked and said no; a consent that stood ends with it. Raises as `withdraw` does."""
    one_writer(work)
    own, how = narrowed(work, version, subject), How(work.at, language, interface, actor)
    return record(work, vault, own, rules.refusing(own, person_of(work, subject), function, how))


def withdraw(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    function: str,
    *,
    language: str,
    interface: str,
    actor: Actor = SELF,
) -> Event:
    """Record that the person took their consent back. It acts from now on; what was before stays as it was.

    It works also when `version` does not ask for the consent any more. Raises ConflictError `consent.not-given` when
    there is nothing to take back; `subjects.shredded`, `consent.unknown-language`, `consent.bad-interface`.
    """
    one_writer(work)
    person, how = person_of(work, subject), How(work.at, language, interface, actor)
    rules.standing_at(person, function, work.at)
    asking = asking_version(work, version, person, function)
    return record(work, vault, asking, rules.withdrawing(asking, person, function, how))


def revoke(
    work: Work, vault: Vault, version: Version, subject: str, function: str, *, reason: str, language: str
) -> Event:
    """Record that the controller ended what was agreed to, and why, in a word such as `function-stopped`.

    Raises InputError `consent.bad-reason`, ConflictError `consent.not-given`, RefusedError `subjects.shredded`.
    """
    return _end(work, vault, version, subject, function, Kind.REVOKED, reason, language)


def invalidate(
    work: Work, vault: Vault, version: Version, subject: str, function: str, *, reason: str, language: str
) -> Event:
    """Record that a consent turned out not to be one, and why, in a word such as `not-informed`. Raises as `revoke`."""
    return _end(work, vault, version, subject, function, Kind.INVALIDATED, reason, language)


def _end(  # noqa: PLR0917
    work: Work, vault: Vault, version: Version, subject: str, function: str, kind: Kind, reason: str, language: str
) -> Event:
    one_writer(work)
    person, how = person_of(work, subject), How(work.at, language, "controller", CONTROLLER)
    rules.standing_at(person, function, work.at)
    asking = asking_version(work, version, person, function)
    return record(work, vault, asking, rules.ending(asking, person, function, how, kind=kind, reason=reason))
