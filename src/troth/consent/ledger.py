"""Writes one event of the ledger with everything that belongs to it: the text shown, the journal entry, the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from troth.base.work import Work
from troth.consent import tables
from troth.consent.asking import shown
from troth.consent.model import Event, Kind, Standing, facts_about, facts_of, fold
from troth.consent.proof.terms import name_of
from troth.journal import service as journal
from troth.policy.model import Grade
from troth.subjects import facts
from troth.subjects.service import commitment
from troth.subjects.vault import Vault
from troth.versions.model import Version

UNPLACED = 2**62
"""The place in the journal of an event that is not written yet: after all that are."""


@dataclass(frozen=True)
class Choice:
    """What is about to be recorded. The optional fields are those of `Event`."""

    subject: str
    function: str
    kind: Kind
    grade: Grade
    shown: str
    language: str
    interface: str
    actor: str
    verification: str | None = None
    reason: str | None = None
    until: datetime | None = None


def record(work: Work, vault: Vault, version: Version, choice: Choice) -> Event:
    """Write the row, the journal entry and the facts that follow, all in the caller's transaction."""
    _keep(work, texts_of(version, choice))
    drawn = draw(work, version, choice)
    principal = commitment(work, vault, choice.subject, drawn.id)
    entry = journal.append(work, f"consent.{choice.kind}", refs_of(drawn, principal))
    event = replace(drawn, entry=entry.index)
    work.db.execute(tables.event.insert().values(asdict(event)))
    _settle(work, event)
    let_end(work, event)
    return event


def draw(work: Work, version: Version, choice: Choice) -> Event:
    """The event as it will be written; only its place in the journal is not known yet (`UNPLACED`)."""
    return Event(
        work.new_id("evt"),
        choice.subject,
        choice.function,
        choice.kind,
        choice.grade,
        version.id,
        version.hash,
        name_of(choice.shown),
        choice.language,
        choice.interface,
        choice.actor,
        work.at,
        UNPLACED,
        shown.terms(version, choice.function).name,
        choice.verification,
        choice.reason,
        choice.until,
    )


def texts_of(version: Version, choice: Choice) -> Mapping[str, str]:
    """What is kept of the words of a choice, by hash: the text shown, and what it was about in every language."""
    return {name_of(choice.shown): choice.shown, **shown.terms(version, choice.function).texts}


def refs_of(event: Event, principal: str) -> Mapping[str, str | int]:
    """What the journal says of an event; `principal` is the commitment that stands for the person."""
    until = None if event.until is None else written(event.until)
    optional = {"verification": event.verification, "reason": event.reason, "until": until}
    return {
        "event": event.id,
        "subject": principal,
        "function": event.function,
        "grade": event.grade,
        "version": event.version,
        "hash": event.version_hash,
        "prompt": event.prompt,
        "terms": event.terms,
        "language": event.language,
        "interface": event.interface,
        "actor": event.actor,
        **{key: value for key, value in optional.items() if value is not None},
    }


def settled(function: str, standing: Standing) -> tuple[frozenset[str], frozenset[str]]:
    """The facts about a choice that are true now that it stands so, and those that are not."""
    true = facts_of(function, standing)
    return true, facts_about(function) - true


def let_end(work: Work, event: Event) -> None:
    """Let the facts of a consent that ends by itself end with it; for the last event of a choice, once settled."""
    if event.until is not None:
        for fact in sorted(facts_about(event.function) & facts.facts(work, event.subject)):
            facts.expire_at(work, event.subject, fact, event.until)


def written(at: datetime) -> str:
    """An instant as the journal writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def events_of(work: Work, subject: str) -> tuple[Event, ...]:
    """All events of a subject, oldest first."""
    c = tables.event.c
    rows = work.db.execute(sa.select(tables.event).where(c.subject == subject).order_by(c.entry))
    return tuple(event_of(row) for row in rows)


def event_by_id(work: Work, event_id: str) -> Event | None:
    """One event."""
    row = work.db.execute(sa.select(tables.event).where(tables.event.c.id == event_id)).first()
    return None if row is None else event_of(row)


def text_of(work: Work, shown: str) -> str:
    """The text that was shown, by its hash."""
    text: str = work.db.scalars(sa.select(tables.prompt.c.text).where(tables.prompt.c.hash == shown)).one()
    return text


def event_of(row: sa.Row[Any]) -> Event:
    """The event that a row holds."""
    values = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    return Event(**{**values, "kind": Kind(values["kind"])})


def _settle(work: Work, event: Event) -> None:
    true, untrue = settled(event.function, fold(events_of(work, event.subject))[event.function])
    facts.change(work, event.subject, add=sorted(true), remove=sorted(untrue))


def _keep(work: Work, texts: Mapping[str, str]) -> None:
    c = tables.prompt.c
    kept = set(work.db.scalars(sa.select(c.hash).where(c.hash.in_(list(texts)))))
    new = [{"hash": name, "text": text} for name, text in texts.items() if name not in kept]
    if new:
        work.db.execute(tables.prompt.insert(), new)
