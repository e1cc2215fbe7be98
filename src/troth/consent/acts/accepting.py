"""Accepting a version, being told of one, and which version holds for a person because of that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from troth.base.errors import InputError, RefusedError
from troth.base.work import Work
from troth.consent import tables
from troth.consent.actor import SELF, Actor
from troth.consent.acts.acting import narrowed
from troth.consent.bound.bindings import bound_number
from troth.consent.checks import age_rules, interface_of, refuse_barred
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.model import Policy
from troth.subjects import facts
from troth.subjects.age import GUARDIAN_FACT, guardian_agreed
from troth.subjects.service import commitment
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.model import Version

DOCUMENTS: Final = ("policy", "terms")


@dataclass(frozen=True)
class Acceptance:
    """That a person accepted one document of a version."""

    version: str
    document: str
    language: str
    interface: str
    at: datetime
    entry: int


@dataclass(frozen=True)
class Told:
    """That a person was told of a version."""

    version: str
    channel: str
    at: datetime
    entry: int


def accept(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    *,
    documents: Collection[str] = DOCUMENTS,
    language: str,
    interface: str,
    actor: Actor = SELF,
) -> None:
    """Record that the person accepted the policy, the terms, or both, as of `version`.

    A verified guardian who accepts for a child has agreed for them, as a fact.

    Raises:
        InputError: `consent.unknown-document`, `consent.bad-interface`; `subjects.unknown`.
        RefusedError: `consent.barred`, `consent.guardian-needed`, `subjects.shredded`.
    """
    unknown = sorted(set(documents) - set(DOCUMENTS))
    if unknown or not documents:
        raise InputError("consent.unknown-document", "name what is accepted", hint=f"one of {', '.join(DOCUMENTS)}")
    one_writer(work)
    _admit(work, vault, narrowed(work, version, subject).policy, subject, actor)
    accepted = sorted(set(documents))
    made = work.new_id("acc")
    refs = {
        "acceptance": made,
        "subject": commitment(work, vault, subject, made),
        "version": version.id,
        "hash": version.hash,
        "documents": ":".join(accepted),
        "language": language,
        "interface": interface_of(interface),
        "actor": actor.kind,
        **({"verification": actor.verification} if actor.verification else {}),
    }
    entry = journal.append(work, "version.accepted", refs)
    common = {"entry": entry.index, "subject": subject, "policy": version.name, "version": version.id}
    seen = {"language": language, "interface": interface, "at": work.at}
    work.db.execute(tables.acceptance.insert(), [{**common, **seen, "document": name} for name in accepted])
    facts.change(work, subject, add=[f"accepted.{name}" for name in accepted])


def tell(work: Work, vault: Vault, version: Version, subject: str, *, channel: str) -> Told:
    """Record that the person was told of `version` through a channel such as `email`.

    Raises InputError `consent.bad-interface`, `subjects.unknown`; RefusedError `subjects.shredded`.
    """
    one_writer(work)
    made = work.new_id("tld")
    refs = {
        "told": made,
        "subject": commitment(work, vault, subject, made),
        "version": version.id,
        "hash": version.hash,
        "channel": interface_of(channel),
    }
    entry = journal.append(work, "version.told", refs)
    done = Told(version.id, channel, work.at, entry.index)
    row = {"entry": done.entry, "subject": subject, "version": done.version, "channel": channel, "at": done.at}
    work.db.execute(tables.told.insert().values(row))
    return done


def acceptances(work: Work, subject: str) -> tuple[Acceptance, ...]:
    """All that a person accepted, oldest first."""
    c = tables.acceptance.c
    query = sa.select(c.version, c.document, c.language, c.interface, c.at, c.entry).where(c.subject == subject)
    return tuple(Acceptance(*row) for row in work.db.execute(query.order_by(c.entry, c.document)))


def told(work: Work, subject: str) -> tuple[Told, ...]:
    """All that a person was told of, oldest first."""
    c = tables.told.c
    query = sa.select(c.version, c.channel, c.at, c.entry).where(c.subject == subject)
    return tuple(Told(*row) for row in work.db.execute(query.order_by(c.entry)))


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

    A person who has accepted nothing goes with the one in force, unless they were deemed to accept an earlier one
    when they came and have not been told of a later one in time. The rule is `troth.consent.bound.binding`.
    """
    number = bound_number(work, version, subject)
    return version if number == version.number else versions.get(work, f"{version.name}:{number}")


def binding_version(work: Work, version: Version, subject: str) -> Version:
    """The same, with the rules of that person's audience alone."""
    return narrowed(work, in_force_for(work, version, subject), subject)


def _admit(work: Work, vault: Vault, policy: Policy, subject: str, actor: Actor) -> None:
    held = facts.facts(work, subject)
    refuse_barred(policy, held)
    rule = next((rule for rule in age_rules(policy, held) if rule.rule == "guardian"), None)
    if rule is None or GUARDIAN_FACT in held:
        return
    if not actor.is_verified_guardian or actor.verification is None:
        said = f"clause `{rule.clause}` asks for the guardian's consent below {rule.below}"
        raise RefusedError("consent.guardian-needed", said, hint="ask the guardian, and verify that they are one")
    guardian_agreed(work, vault, subject, actor.verification)
