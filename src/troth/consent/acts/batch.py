"""Many choices in one transaction, in a few statements however many they are.

What is written is what `ledger.record` would write one after the other; a test holds the two to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import sqlalchemy as sa

from troth.base.errors import TrothError
from troth.base.work import Work
from troth.consent import tables
from troth.consent.ledger import Choice, draw, event_of, let_end, refs_of, settled, texts_of
from troth.consent.model import Event, fold
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.subjects import facts
from troth.subjects.service import open_keys
from troth.subjects.vault import SubjectKey, Vault
from troth.versions.model import Version

Past = dict[tuple[str, str], list[Event]]
"""Events by subject and function, oldest first."""

Keys = Mapping[str, SubjectKey | TrothError]

Value = TypeVar("Value")

PAGE = 500
"""Values in one list of a statement; every database takes that many."""


def record_all(work: Work, vault: Vault, version: Version, choices: Sequence[Choice]) -> tuple[Event, ...]:
    """Write choices that were checked, in this order, as `ledger.record` would; for the people of one version.

    Raises as `ledger.record` does for the first that cannot be written, and then nothing is.
    """
    one_writer(work)
    people = list(dict.fromkeys(choice.subject for choice in choices))
    drawn = [draw(work, version, choice) for choice in choices]
    texts = {name: text for choice in choices for name, text in texts_of(version, choice).items()}
    return write_all(work, keys_of(work, vault, people), past_of(work, people), drawn, texts)


def write_all(
    work: Work, keys: Keys, past: Past, drawn: Sequence[Event], texts: Mapping[str, str]
) -> tuple[Event, ...]:
    """Write events that have no place in the journal yet, with the texts of them (by hash) and the facts that follow.

    `past` holds what stands in the ledger about the same people and functions.
    """
    entries = journal.append_all(work, [(f"consent.{event.kind}", _refs(keys, event)) for event in drawn])
    events = tuple(replace(event, entry=entry.index) for event, entry in zip(drawn, entries, strict=True))
    if events:
        _keep(work, texts)
        work.db.execute(tables.event.insert(), [vars(event) for event in events])
        facts.change_all(work, _changes(past, events))
        for last in {(event.subject, event.function): event for event in events}.values():
            let_end(work, last)
    return events


def keys_of(work: Work, vault: Vault, people: Sequence[str]) -> Keys:
    """The keys of people, or what keeps them from being opened."""
    return {one: key for some in pages(people) for one, key in open_keys(work, vault, some).items()}


def past_of(work: Work, people: Sequence[str]) -> Past:
    """All that these people chose before."""
    c = tables.event.c
    past: Past = {}
    for some in pages(people):
        for row in work.db.execute(sa.select(tables.event).where(c.subject.in_(some)).order_by(c.entry)):
            event = event_of(row)
            past.setdefault((event.subject, event.function), []).append(event)
    return past


def pages(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """The values in lists that a statement takes."""
    for start in range(0, len(values), PAGE):
        yield values[start : start + PAGE]


def _refs(keys: Keys, event: Event) -> Mapping[str, str | int]:
    key = keys[event.subject]
    if isinstance(key, TrothError):
        raise key
    return refs_of(event, key.commitment(event.id))


def _keep(work: Work, texts: Mapping[str, str]) -> None:
    c = tables.prompt.c
    kept = {name for some in pages(list(texts)) for name in work.db.scalars(sa.select(c.hash).where(c.hash.in_(some)))}
    new = [{"hash": name, "text": text} for name, text in texts.items() if name not in kept]
    if new:
        work.db.execute(tables.prompt.insert(), new)


def _changes(past: Past, events: Sequence[Event]) -> Mapping[str, tuple[set[str], set[str]]]:
    """The facts that follow, by person; whoever chose last comes last."""
    grown: Past = {}
    for event in events:
        grown.setdefault((event.subject, event.function), []).append(event)
    changes: dict[str, tuple[set[str], set[str]]] = {}
    for event in events:
        changes[event.subject] = changes.pop(event.subject, (set(), set()))
    for (subject, function), made in grown.items():
        true, untrue = settled(function, fold([*past.get((subject, function), ()), *made])[function])
        changes[subject][0].update(true)
        changes[subject][1].update(untrue)
    return changes
