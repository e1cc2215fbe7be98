"""Giving, refusing and withdrawing consent; accepting a version; where every choice stands and stood."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Work
from troth.consent import prompt as prompts
from troth.consent import tables
from troth.consent.ledger import Choice, event_by_id, events_of, record, text_of
from troth.consent.matter import find_matter, matters
from troth.consent.model import Event, Kind, Standing, fold
from troth.consent.receipt import compose
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.model import GRADES, Grade, at_least
from troth.subjects import facts
from troth.subjects.audience import audience
from troth.subjects.service import commitment
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.model import Version

DOCUMENTS = ("policy", "terms")
_BARRED = "age.barred"


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
    actor: str = "self",
) -> Event:
    """Record that the person agreed; when the consent stood already, that they renewed it.

    Raises:
        InputError: `consent.not-asked`, `consent.unknown-function`, `consent.unknown-grade`,
            `consent.unknown-language`; `subjects.unknown`.
        RefusedError: `consent.grade-too-low` for less than the function needs, `consent.barred` for a person whom
            the policy calls too young, `subjects.shredded`.
    """
    matter, given = find_matter(version.policy, function), _grade(grade)
    if not at_least(given, matter.grade):
        raise RefusedError(
            "consent.grade-too-low",
            f"`{function}` needs a consent of grade `{matter.grade}`, not `{given}`",
            hint="ask the person in the way that the policy promises",
        )
    one_writer(work)
    _refuse_barred(work, version, subject)
    kind = Kind.RENEWED if _stands(work, subject, function) else Kind.GIVEN
    shown = prompts.prompt(version.policy, function, language)
    return record(work, vault, version, Choice(subject, function, kind, given, shown, language, interface, actor))


def refuse(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    function: str,
    *,
    language: str,
    interface: str,
    actor: str = "self",
) -> Event:
    """Record that the person was asked and said no; a consent that stood ends with it. Raises as `give` does."""
    matter = find_matter(version.policy, function)
    one_writer(work)
    shown = prompts.prompt(version.policy, function, language)
    choice = Choice(subject, function, Kind.REFUSED, matter.grade, shown, language, interface, actor)
    return record(work, vault, version, choice)


def withdraw(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    function: str,
    *,
    language: str,
    interface: str,
    actor: str = "self",
) -> Event:
    """Record that the person took their consent back. It acts from now on; what was before stays as it was.

    It works also when `version` does not ask for the consent any more. Raises ConflictError `consent.not-given` when
    there is nothing to take back; `subjects.shredded`, `consent.unknown-language`.
    """
    one_writer(work)
    standing = state(work, subject).get(function)
    if standing is None or not standing.valid:
        hint = "nothing is used on that ground; there is nothing to do"
        raise ConflictError("consent.not-given", f"no consent to `{function[:100]}` stands", hint=hint)
    asking = version if function in matters(version.policy) else _version_of(work, standing)
    shown = prompts.withdrawal(asking.policy, function, language)
    choice = Choice(subject, function, Kind.WITHDRAWN, standing.grade, shown, language, interface, actor)
    return record(work, vault, asking, choice)


def accept(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    *,
    documents: Collection[str] = DOCUMENTS,
    language: str,
    interface: str,
) -> None:
    """Record that the person accepted the policy, the terms, or both, as of `version`.

    Raises:
        InputError: `consent.unknown-document`; `subjects.unknown`.
        RefusedError: `consent.barred`, `subjects.shredded`.
    """
    unknown = sorted(set(documents) - set(DOCUMENTS))
    if unknown or not documents:
        raise InputError("consent.unknown-document", "name what is accepted", hint=f"one of {', '.join(DOCUMENTS)}")
    one_writer(work)
    _refuse_barred(work, version, subject)
    accepted = sorted(set(documents))
    made = work.new_id("acc")
    refs = {
        "acceptance": made,
        "subject": commitment(work, vault, subject, made),
        "version": version.id,
        "hash": version.hash,
        "documents": ":".join(accepted),
    }
    entry = journal.append(work, "version.accepted", refs)
    common = {"entry": entry.index, "subject": subject, "policy": version.name, "version": version.id}
    seen = {"language": language, "interface": interface, "at": work.at}
    work.db.execute(tables.acceptance.insert(), [{**common, **seen, "document": name} for name in accepted])
    facts.change(work, subject, add=[f"accepted.{name}" for name in accepted])


def accepted_version(work: Work, subject: str, policy_name: str) -> str | None:
    """The id of the version of that policy that the person accepted last."""
    c = tables.acceptance.c
    return work.db.scalar(
        sa.select(c.version)
        .where(c.subject == subject, c.policy == policy_name, c.document == "policy")
        .order_by(c.entry.desc())
        .limit(1)
    )


def in_force_for(work: Work, version: Version, subject: str) -> Version:
    """The version that holds for a person when `version` is the one in force, with the rules of every audience.

    Under explicit acceptance that is the one they accepted last, until they accept another; deemed acceptance, and
    a person who has accepted nothing yet, go with the one in force.
    """
    if version.policy.acceptance != "explicit":
        return version
    accepted = accepted_version(work, subject, version.name)
    return version if accepted in (None, version.id) else versions.get(work, accepted or version.id)


def binding_version(work: Work, version: Version, subject: str) -> Version:
    """The same, with the rules of that person's audience alone."""
    held = in_force_for(work, version, subject)
    return held.for_audience(audience(work, subject, held.policy))


def state(work: Work, subject: str, at: datetime | None = None) -> Mapping[str, Standing]:
    """Where each choice of a person stands, or stood at an earlier instant; choices never made are not listed."""
    return fold(events_of(work, subject), at)


def history(work: Work, subject: str) -> tuple[Event, ...]:
    """All choices of a person, oldest first."""
    return events_of(work, subject)


def receipt(work: Work, vault: Vault, event_id: str, language: str) -> dict[str, Any]:
    """What a person is given as proof of a choice, with its place in the journal (ISO/IEC TS 27560 fields).

    Raises InputError `consent.unknown-event`, RefusedError `subjects.shredded`.
    """
    event = event_by_id(work, event_id)
    if event is None:
        raise InputError("consent.unknown-event", f"there is no choice `{event_id[:60]}`")
    principal = commitment(work, vault, event.subject, event.id)
    (entry,) = journal.entries(work, event.entry, 1)
    version = versions.get(work, event.version)
    return compose(event, version, entry, principal=principal, shown=text_of(work, event.prompt), language=language)


def _grade(grade: str) -> Grade:
    if grade not in GRADES[1:]:
        hint = f"use one of {', '.join(GRADES[1:])}"
        raise InputError("consent.unknown-grade", f"`{grade[:40]}` is not a grade of consent", hint=hint)
    return grade


def _refuse_barred(work: Work, version: Version, subject: str) -> None:
    if _BARRED in facts.facts(work, subject):
        limit = version.policy.minors
        below = f" (below {limit.below})" if limit else ""
        raise RefusedError(
            "consent.barred",
            f"clause `minors.below` bars people of that age{below}",
            hint="do not collect anything; erase what was collected",
        )


def _stands(work: Work, subject: str, function: str) -> bool:
    standing = state(work, subject).get(function)
    return standing is not None and standing.valid


def _version_of(work: Work, standing: Standing) -> Version:
    event = event_by_id(work, standing.event)
    assert event is not None  # the standing was folded from it
    return versions.get(work, event.version)
