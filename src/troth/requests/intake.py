"""Requests as they come in by the dozen, each of somebody else: opened together, each as if it had come alone.

What is opened here writes what `opening.open_request` would one after the other, in a few statements however many
there are; a test holds the two to it. What one of them needs beyond a row, its limits and what was said is opened by
that function itself, between the others. One that is refused is refused alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import sqlalchemy as sa

from troth.base.errors import TrothError
from troth.base.text import LANGUAGES
from troth.base.work import Work
from troth.consent.service import bindings_of
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.requests import admission, limits, opening, record, tables, texts
from troth.requests.admission import Before
from troth.requests.deciding.fees import FREE_KINDS
from troth.requests.details import NONE, Details, check
from troth.requests.kinds import WAYS, Kind, Way, kind_of
from troth.requests.machine import FINAL, START, Event, State, move
from troth.requests.model import Request
from troth.requests.ports import Jobs
from troth.requests.proof import identity
from troth.subjects import facts
from troth.subjects.audience import audience_among
from troth.subjects.service import open_keys
from troth.subjects.vault import SubjectKey, Vault
from troth.versions import service as versions
from troth.versions.service import Version

_PLAIN = {kind for kind, way in WAYS.items() if way in {Way.PACKAGE, Way.DOCUMENT, Way.ERASE, Way.ANSWER}}
_PLAIN -= {Kind.CLOSE_ACCOUNT, Kind.POLICY}
"""Kinds that change no fact when they are opened, and ask nothing of other tables."""

_ENDED = frozenset(state.value for state in FINAL)

# Built once: they are executed with every group of forms.
_NEW, _LIMITS = sa.insert(tables.request), sa.insert(tables.request_deadline)
_STEPS, _TEXTS, _LETTERS = sa.insert(tables.request_event), sa.insert(tables.request_text), sa.insert(tables.letter)
_TAKEN = sa.select(tables.request.c.reference).where(
    tables.request.c.reference.in_(sa.bindparam("names", expanding=True))
)


@dataclass(frozen=True)
class Asked:
    """A form as it arrives; the parts are those of `opening.open_request`. `version` is the one in force."""

    version: Version
    subject: str
    kind: str
    language: str
    channel: str
    details: Details = NONE


def open_all(work: Work, vault: Vault, asked: Sequence[Asked], *, jobs: Jobs) -> tuple[Request | TrothError, ...]:
    """Open what may be opened, in this order; in the place of every other form is what `open_request` raises for it.

    No more than 500 at once.
    """
    one_writer(work)
    return tuple(answer for some in _of_different_people(asked) for answer in _opened(work, vault, some, jobs))


def _of_different_people(asked: Sequence[Asked]) -> Iterator[list[Asked]]:
    """The same in the same order, cut wherever somebody comes again, who must find what they asked for before."""
    some: list[Asked] = []
    for one in asked:
        if any(one.subject == other.subject for other in some):
            yield some
            some = []
        some.append(one)
    if some:
        yield some


@dataclass(frozen=True)
class _Draft:
    """A request that may be opened, with what is journaled of it, and what was said, sealed."""

    request: Request
    owner: str
    events: tuple[Event, ...]
    sealed: bytes | None
    letter: str | None
    runs: bool


def _opened(work: Work, vault: Vault, asked: Sequence[Asked], jobs: Jobs) -> list[Request | TrothError]:
    desk = _desk(work, vault, asked)
    answers: list[Request | TrothError] = []
    drafts: list[_Draft] = []
    for one in asked:
        drawn = desk.drawn(one)
        if isinstance(drawn, _Draft):
            drafts.append(drawn)
            continue
        answers += _written(work, jobs, drafts)
        drafts = []
        answers.append(_alone(work, vault, one, jobs) if drawn is None else drawn)
    return [*answers, *_written(work, jobs, drafts)]


def _alone(work: Work, vault: Vault, one: Asked, jobs: Jobs) -> Request | TrothError:
    try:
        with work.db.begin_nested():
            return opening.open_request(
                work,
                vault,
                one.version,
                one.subject,
                one.kind,
                language=one.language,
                channel=one.channel,
                jobs=jobs,
                details=one.details,
            )
    except TrothError as error:
        return error


@dataclass(frozen=True)
class _Desk:
    """What is known of everybody who asks, read once."""

    work: Work
    keys: Mapping[str, SubjectKey | TrothError]
    facts: Mapping[str, frozenset[str]]
    before: Mapping[str, Sequence[Before]]
    held: Mapping[tuple[str, str], str]
    blanks: dict[tuple[str, str | None, Kind, str, str], Request] = field(default_factory=dict)

    def drawn(self, asked: Asked) -> _Draft | TrothError | None:
        """The request that comes of it, or why it is refused; None: it needs more than is known here."""
        try:
            return self._drawn(asked)
        except TrothError as error:
            return error

    def _drawn(self, asked: Asked) -> _Draft | None:
        kind = kind_of(asked.kind)
        if not self._is_plain(asked, kind):
            return None
        version = self._version(asked)
        fee, known = version.policy.requests.fee, self.facts[asked.subject]
        if fee is not None and kind not in FREE_KINDS:
            return None
        details = check(version.policy, kind, asked.details)
        if len(details.plain) > texts.LONGEST:
            return None
        admission.admit(version, kind, known, self.before[asked.subject], self.work.at)
        if identity.need(version.policy, kind, known, asked.channel).proofs:
            return None
        key = self.keys[asked.subject]
        return None if isinstance(key, TrothError) else self._draft(asked, version, kind, details, key)

    def _is_plain(self, asked: Asked, kind: Kind) -> bool:
        """Whether the same is not asked for already, and nothing of it needs to be looked up."""
        special = asked.details.exempt or asked.details.about or asked.details.to or asked.details.changes
        if kind not in _PLAIN or special or asked.language not in LANGUAGES:
            return False
        return not any(one.kind == kind and one.state not in _ENDED for one in self.before[asked.subject])

    def _version(self, asked: Asked) -> Version:
        """What `binding_version` says."""
        held = self.held.get((asked.version.id, asked.subject))
        version = asked.version if held is None else versions.get(self.work, held)
        return version.for_audience(audience_among(self.facts[asked.subject], version.policy))

    def _draft(self, asked: Asked, version: Version, kind: Kind, details: Details, key: SubjectKey) -> _Draft:
        blank = self._blank(version, kind, asked)
        name = opening.any_reference(self.work, version.name)
        request = replace(blank, id=self.work.new_id("req"), reference=name, subject=asked.subject)
        owner, sealed, letter = key.commitment(asked.subject), None, None
        if details != NONE:
            sealed = key.seal(details.plain.encode(), texts.context(request.id, 1), self.work.entropy)
        if asked.channel not in opening.CONFIRMED_AT_ONCE:
            letter = self.work.new_id("ltr")
        events = (Event.REVIEW,) if WAYS[kind] is Way.ANSWER else (Event.WAIT,) if request.act_at else ()
        for event in events:
            request = replace(request, state=move(request.state, event))
        return _Draft(request, owner, events, sealed, letter, not events)

    def _blank(self, version: Version, kind: Kind, asked: Asked) -> Request:
        """The limits of all who ask for the same at the same instant are the same."""
        same = (version.id, version.audience, kind, asked.language, asked.channel)
        if same not in self.blanks:
            made = opening.blank(version, kind, self.work.at, language=asked.language, channel=asked.channel)
            if asked.channel in opening.CONFIRMED_AT_ONCE:
                met = (
                    replace(one, met_at=made.opened_at) if one.stage == "acknowledge" else one for one in made.deadlines
                )
                made = replace(made, deadlines=tuple(met))
            self.blanks[same] = made
        return self.blanks[same]


def _desk(work: Work, vault: Vault, asked: Sequence[Asked]) -> _Desk:
    people = [one.subject for one in asked]
    kinds = {Kind(one.kind) for one in asked if one.kind in _PLAIN}
    return _Desk(
        work,
        open_keys(work, vault, people),
        facts.facts_of(work, people),
        admission.earlier(work, people, kinds),
        {
            (version.id, subject): held
            for version in {one.version.id: one.version for one in asked}.values()
            for subject, held in bindings_of(work, version, people).versions.items()
        },
    )


def _written(work: Work, jobs: Jobs, drafts: Sequence[_Draft]) -> list[Request]:
    """Write them; gives the requests, of which one may have got another reference."""
    if not drafts:
        return []
    drafts = _named(work, drafts)
    requests = [one.request for one in drafts]
    work.db.execute(_NEW, [_row(work, one) for one in drafts])
    due = [limits.row(one.id, limit) for one in requests for limit in one.deadlines]
    if due:
        work.db.execute(_LIMITS, due)
    told = [step for one in drafts for step in _told(one)]
    entries = journal.append_all(work, [(step.kind, step.refs) for step in told])
    rows = [{**step.row, "at": work.at, "entry": entry.index} for step, entry in zip(told, entries, strict=True)]
    work.db.execute(_STEPS, rows)
    _say(work, drafts)
    if running := [one.request.id for one in drafts if one.runs]:
        jobs.enqueue(work, *running)
    return requests


def _named(work: Work, drafts: Sequence[_Draft]) -> list[_Draft]:
    """With other references for those whose own was given away before."""
    taken = set(work.db.scalars(_TAKEN, {"names": [one.request.reference for one in drafts]}))
    named = []
    for one in drafts:
        request = one.request
        while request.reference in taken:
            request = replace(request, reference=opening.fresh_reference(work, _policy(request)))
        taken.add(request.reference)
        named.append(replace(one, request=request))
    return named


def _policy(request: Request) -> str:
    return request.version.rpartition(":")[0]


def _row(work: Work, one: _Draft) -> Mapping[str, object]:
    ends = [limit.due_at for limit in one.request.deadlines if limit.met_at is None]
    asked_at = work.at if one.runs else None
    return {**record.row(one.request), "due_at": min(ends, default=None), "asked_at": asked_at}


class _Step(NamedTuple):
    kind: str
    refs: Mapping[str, str | int]
    row: Mapping[str, object]


def _told(one: _Draft) -> Iterator[_Step]:
    """The opening itself, and where it led to."""
    number, state, name = 1, START, one.request.id
    yield _Step(
        record.OPENED, _refs(one, state), {"request": name, "number": number, "event": "open", "state": state.value}
    )
    for number, event in enumerate(one.events, start=2):
        state = move(state, event)
        row = {"request": name, "number": number, "event": event.value, "state": state.value}
        yield _Step(record.journaled(event), _refs(one, state), row)


def _refs(one: _Draft, state: State) -> Mapping[str, str | int]:
    return record.refs(one.request, state, subject=one.owner)


def _say(work: Work, drafts: Sequence[_Draft]) -> None:
    """Keep what exactly was asked for, and have those told that it arrived who did not see it."""
    said = [
        {"request": one.request.id, "number": 1, "role": "details", "at": work.at, "sealed": one.sealed}
        for one in drafts
        if one.sealed is not None
    ]
    letters = [
        {"id": one.letter, "request": one.request.id, "about": "open", "at": work.at}
        for one in drafts
        if one.letter is not None
    ]
    for table, rows in ((_TEXTS, said), (_LETTERS, letters)):
        if rows:
            work.db.execute(table, rows)
