"""Writes one event of the ledger with everything that belongs to it: the text shown, the journal entry, the facts."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from troth.base.work import Work
from troth.consent import tables
from troth.consent.model import Event, Kind, consent_fact, facts_of, fold
from troth.journal import service as journal
from troth.policy.model import GRADES, Grade
from troth.subjects import facts
from troth.subjects.service import commitment
from troth.subjects.vault import Vault
from troth.versions.model import Version


@dataclass(frozen=True)
class Choice:
    """What is about to be recorded."""

    subject: str
    function: str
    kind: Kind
    grade: Grade
    shown: str
    language: str
    interface: str
    actor: str


def record(work: Work, vault: Vault, version: Version, choice: Choice) -> Event:
    """Write the row, the journal entry and the facts that follow, all in the caller's transaction."""
    made, shown = work.new_id("evt"), _keep(work, choice.shown)
    refs = {
        "event": made,
        "subject": commitment(work, vault, choice.subject, made),
        "function": choice.function,
        "grade": choice.grade,
        "version": version.id,
        "hash": version.hash,
        "prompt": shown,
    }
    entry = journal.append(work, f"consent.{choice.kind}", refs)
    event = Event(
        made,
        choice.subject,
        choice.function,
        choice.kind,
        choice.grade,
        version.id,
        version.hash,
        shown,
        choice.language,
        choice.interface,
        choice.actor,
        work.at,
        entry.index,
    )
    work.db.execute(tables.event.insert().values(asdict(event)))
    _settle(work, choice.subject, choice.function)
    return event


def events_of(work: Work, subject: str) -> tuple[Event, ...]:
    """All events of a subject, oldest first."""
    c = tables.event.c
    rows = work.db.execute(sa.select(tables.event).where(c.subject == subject).order_by(c.entry))
    return tuple(_event(row) for row in rows)


def event_by_id(work: Work, event_id: str) -> Event | None:
    """One event."""
    row = work.db.execute(sa.select(tables.event).where(tables.event.c.id == event_id)).first()
    return None if row is None else _event(row)


def text_of(work: Work, shown: str) -> str:
    """The text that was shown, by its hash."""
    text: str = work.db.scalars(sa.select(tables.prompt.c.text).where(tables.prompt.c.hash == shown)).one()
    return text


def _settle(work: Work, subject: str, function: str) -> None:
    standing = fold(events_of(work, subject))[function]
    true = facts_of(function, standing)
    every = frozenset(consent_fact(function, grade) for grade in GRADES[1:])
    facts.change(work, subject, add=sorted(true), remove=sorted(every - true))


def _keep(work: Work, text: str) -> str:
    name = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    if work.db.scalar(sa.select(tables.prompt.c.hash).where(tables.prompt.c.hash == name)) is None:
        work.db.execute(tables.prompt.insert().values(hash=name, text=text))
    return name


def _event(row: sa.Row[str, str, str, str, Grade, str, str, str, str, str, str, datetime, int]) -> Event:
    values = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for a row as a mapping
    return Event(**{**values, "kind": Kind(values["kind"])})
