"""Requests that record choices, written together: each is answered as if it had come alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from troth.app.application import Application
from troth.app.grouped.group import Group
from troth.base.errors import TrothError
from troth.base.work import Work
from troth.consent.acts.intake import Asked, make_all
from troth.consent.model import LEADS_TO, Event
from troth.journal.lock import one_writer
from troth.subjects.vault import Vault
from troth.web.api.once import Answer, Once, answers, keep, other_request
from troth.web.failures import told

CREATED: Final = 201
MIXED: Final = 207
"""Some of a list was refused."""


@dataclass(frozen=True)
class Sent:
    """One request: its choices, whether they came as a list, and the key under which it is done once."""

    asked: tuple[Asked, ...]
    listed: bool
    once: Once | None


Desk = Group[Sent, Answer]
Said = Answer | TrothError


def open_desk(app: Application) -> Desk:
    """Where requests are handed in; one for a server."""
    return Group(app.begin, partial(write, app.vault, app.settings.base_url), lambda sent: len(sent.asked))


def write(vault: Vault, base_url: str, work: Work, units: Sequence[Sent]) -> list[Answer | TrothError]:
    """Write what was sent in one transaction; each is answered as if it had come alone."""
    one_writer(work)
    known: dict[bytes, tuple[bytes, Said]] = {}
    known.update(answers(work, [sent.once for sent in units if sent.once is not None]))
    fresh = _fresh(units, known)
    made = iter(make_all(work, vault, [asked for sent in fresh for asked in sent.asked]))
    results = [[next(made) for _ in sent.asked] for sent in fresh]
    said = {id(sent): _answer(sent, result, base_url) for sent, result in zip(fresh, results, strict=True)}
    _keep(work, fresh, results, said)
    known.update({sent.once.found_by: (sent.once.request, said[id(sent)]) for sent in fresh if sent.once is not None})
    return [said[id(sent)] if id(sent) in said else _again(sent, known) for sent in units]


def _fresh(units: Sequence[Sent], known: Mapping[bytes, object]) -> list[Sent]:
    """Those that nothing is known of: not from before, not from earlier in the same group."""
    seen = set(known)
    found = []
    for sent in units:
        if sent.once is None or sent.once.found_by not in seen:
            found.append(sent)
        if sent.once is not None:
            seen.add(sent.once.found_by)
    return found


def _keep(work: Work, fresh: Sequence[Sent], results: Sequence[Sequence[object]], said: Mapping[int, Said]) -> None:
    kept: dict[Once, Answer] = {}
    for sent, result in zip(fresh, results, strict=True):
        answer = said[id(sent)]
        if sent.once is not None and isinstance(answer, Answer) and any(isinstance(one, Event) for one in result):
            kept[sent.once] = answer
    if kept:
        keep(work, kept)


def _again(sent: Sent, known: Mapping[bytes, tuple[bytes, Said]]) -> Said:
    assert sent.once is not None  # only those under a key are known already
    request, answer = known[sent.once.found_by]
    return answer if request == sent.once.request else other_request()


def _answer(sent: Sent, result: Sequence[Event | TrothError], base_url: str) -> Said:
    if sent.listed:
        refused = any(isinstance(one, TrothError) for one in result)
        rows = [told(one, one.status) if isinstance(one, TrothError) else written(one, base_url) for one in result]
        return Answer(MIXED if refused else CREATED, json.dumps({"results": rows}))
    one = result[0]
    return one if isinstance(one, TrothError) else Answer(CREATED, json.dumps(written(one, base_url)))


def written(event: Event, base_url: str) -> dict[str, object]:
    """A choice that was recorded, as programs read it."""
    return {
        "event": event.id,
        "subject": event.subject,
        "function": event.function,
        "kind": event.kind,
        "status": LEADS_TO[event.kind],
        "grade": event.grade,
        "version": event.version,
        "at": event.at.isoformat(),
        "entry": event.entry,
        "receipt": f"{base_url}/api/v1/receipts/{event.id}",
    }
