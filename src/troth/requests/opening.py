"""A request is opened: checked against the policy, recorded with its deadlines, and set going."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.text import LANGUAGES
from troth.base.work import Work
from troth.consent.service import binding_version
from troth.requests import admission, choices, deadline, letters, limits, parties, record, tables, texts
from troth.requests.details import NONE, Details, check
from troth.requests.kinds import WAYS, Kind, Way, kind_of
from troth.requests.machine import FINAL, START, Event, State
from troth.requests.model import Request, reference
from troth.requests.ports import Jobs
from troth.requests.pulse import ask_for
from troth.subjects import facts
from troth.subjects.vault import Vault
from troth.versions.service import Version

_CONFIRMED_AT_ONCE = frozenset({"portal", "api", "cli"})
"""Channels whose sender sees, with the reference, that the request arrived and what happens next."""


def open_request(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    kind: str,
    *,
    language: str,
    channel: str,
    jobs: Jobs,
    details: Details = NONE,
    party: parties.Party | None = None,
) -> Request:
    """Record what a person asks for, and have it run in the same transaction.

    It is kept by the version that holds for the person when `version` is in force, as their audience reads it. An
    open request of the same kind by the same person is returned as it is, not opened twice. Where the policy
    gives a cooling-off period, nothing runs before its end and the person may recall it until then. A choice is
    carried out at once; what needs an answer waits for somebody to write it. What a `party` asks for the person waits
    until they have shown that they may.

    Raises:
        InputError: `requests.unknown-kind`, `requests.unknown-language`; see `details.check`.
        RefusedError: `requests.condition-missing` where the policy's clause asks for something first (a copy always
            for a verified identity); `requests.not-granted`, `requests.too-often`; `subjects.shredded` for a person
            whose key is destroyed.
        ConflictError: `requests.closing` while the closing of the account is being carried out.
    """
    wanted = kind_of(kind)
    if language not in LANGUAGES:
        raise InputError(
            "requests.unknown-language", f"`{language}` is not a language", hint=f"use {' or '.join(LANGUAGES)}"
        )
    already = _open_one(work, subject, wanted)
    if already is not None:
        return already
    version = binding_version(work, version, subject)
    asked = check(version.policy, wanted, details)
    admission.check(work, version, subject, wanted, identified=party is None)
    if party is not None:
        parties.check(version.policy, wanted, party.who)
    try:
        with work.db.begin_nested():
            made = _new(work, version, subject, wanted, language=language, channel=channel, identified=party is None)
            request = record.add(work, vault, made)
    except sa.exc.IntegrityError:
        already = _open_one(work, subject, wanted)  # the same person opened it at the same moment
        if already is None:
            raise
        return already
    if asked != NONE:
        texts.say(work, vault, request, "details", asked.plain)
    if channel in _CONFIRMED_AT_ONCE:
        limits.meet(work, request.id, "acknowledge")
    else:
        letters.write(work, request, "open")
    if party is not None:
        parties.add(work, vault, request, party)
        return record.advance(work, vault, request, Event.IDENTIFY)
    return set_going(work, vault, version, record.load(work, request.id), asked, jobs=jobs)


def recall(work: Work, vault: Vault, request_id: str) -> Request:
    """Take a request back while nothing of it was done; nothing will be.

    Raises:
        InputError: `requests.unknown`.
        ConflictError: `requests.too-late` once the cooling-off period is over, `requests.not-possible` in any other
            state.
    """
    request = record.load(work, request_id)
    if request.state is State.COOLING_OFF and not request.recallable(work.at):
        raise ConflictError(
            "requests.too-late",
            "the cooling-off period is over and the request takes effect",
            hint="register again if you want to come back",
        )
    recalled = record.advance(work, vault, request, Event.RECALL)
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, remove=("account.closing",))
    return recalled


def _new(
    work: Work, version: Version, subject: str, kind: Kind, *, language: str, channel: str, identified: bool
) -> Request:
    return Request(
        id=work.new_id("req"),
        reference=_fresh_reference(work, version.name),
        subject=subject,
        kind=kind,
        state=START,
        version=version.id,
        language=language,
        channel=channel,
        opened_at=work.at,
        act_at=deadline.cooling_off_end(version.policy, kind, work.at),
        blocked=None,
        closed_at=None,
        deadlines=deadline.deadlines(version.policy, kind, work.at, identified=identified),
        audience=version.audience,
    )


def _choose(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> Request:
    begun = record.advance(work, vault, request, Event.BEGIN)
    choices.carry_out(work, vault, version, request, details)
    return record.advance(work, vault, begun, Event.COMPLETE)


def set_going(work: Work, vault: Vault, version: Version, request: Request, details: Details, *, jobs: Jobs) -> Request:
    """Do at once, hand to somebody, let cool off or have a worker run what was asked for."""
    if WAYS[request.kind] is Way.CHOICE:
        return _choose(work, vault, version, request, details)
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, add=("account.closing",))
    if WAYS[request.kind] is Way.ANSWER:
        return record.advance(work, vault, request, Event.REVIEW)
    if request.act_at is not None:
        return record.advance(work, vault, request, Event.WAIT)
    ask_for(work, request.id, jobs)
    return record.load(work, request.id)


def _fresh_reference(work: Work, policy: str) -> str:
    while True:
        name = reference(policy[0], work.entropy(8))
        taken = sa.select(sa.literal(1)).where(tables.request.c.reference == name)
        if work.db.execute(taken).first() is None:
            return name


def _open_one(work: Work, subject: str, kind: Kind) -> Request | None:
    table = tables.request.c
    chosen = sa.select(tables.request).where(
        table.subject == subject, table.kind == kind.value, table.state.not_in([state.value for state in FINAL])
    )
    rows = work.db.execute(chosen).mappings().all()
    return next(iter(record.assemble(work, rows)), None)
