"""A request is opened: checked against the policy, recorded with its deadlines, and set going."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.text import LANGUAGES
from troth.base.work import Work
from troth.consent.service import binding_version
from troth.datamap.model import Person
from troth.policy.model import Policy
from troth.requests import admission, choices, deadline, joining, limits, record, tables, texts
from troth.requests.deciding import exemptions, fees, linked
from troth.requests.details import NONE, Details, check
from troth.requests.exchange import transfer
from troth.requests.fulfilment import changes
from troth.requests.kinds import WAYS, Kind, Way, kind_of
from troth.requests.machine import FINAL, START, Event, State
from troth.requests.model import Request, reference
from troth.requests.ports import Jobs
from troth.requests.proof import identity, parties
from troth.requests.pulse import ask_for
from troth.requests.telling import letters, recipients
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.vault import Vault
from troth.versions.service import Version

_REFERENCE_BYTES = 8

CONFIRMED_AT_ONCE = frozenset({"portal", "api", "cli"})
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
    until they have shown that they may; so does what wants its sender identified more surely than they are.

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
    version = binding_version(work, version, subject)
    details = exemptions.of_today(version.policy, wanted, details, work.at)
    already = _open_one(work, vault, subject, wanted, details)
    if already is not None:
        return joining.join(work, vault, already, version, details)
    asked = changes.check(version, check(version.policy, wanted, details))
    joining.look_up(work, version, subject, wanted, asked)
    admission.check(work, version, subject, wanted, identified=party is None)
    if party is not None:
        parties.check(version.policy, wanted, party.who)
    shows = _to_show(work, version.policy, subject, wanted, channel=channel, party=party, exempt=bool(asked.exempt))
    identified = party is None and not shows.proofs
    try:
        with work.db.begin_nested():
            form = blank(version, wanted, work.at, language=language, channel=channel, identified=identified)
            name = fresh_reference(work, version.name)
            request = record.add(work, vault, replace(form, id=work.new_id("req"), reference=name, subject=subject))
    except sa.exc.IntegrityError:
        already = _open_one(work, vault, subject, wanted, details)  # the same person opened it at the same moment
        if already is None:
            raise
        return already
    _keep(work, vault, request, asked)
    if not identified:
        return _identify(work, vault, request, party, shows)
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


def blank(
    version: Version, kind: Kind, at: datetime, *, language: str, channel: str, identified: bool = True
) -> Request:
    """A request of that kind that begins at an instant, before it has a name and is anybody's."""
    return Request(
        id="",
        reference="",
        subject="",
        kind=kind,
        state=START,
        version=version.id,
        language=language,
        channel=channel,
        opened_at=at,
        act_at=deadline.cooling_off_end(version.policy, kind, at),
        blocked=None,
        closed_at=None,
        deadlines=deadline.deadlines(version.policy, kind, at, identified=identified),
        audience=version.audience,
    )


def _keep(work: Work, vault: Vault, request: Request, asked: Details) -> None:
    """Keep what exactly was asked for, and say that it arrived."""
    if asked.about:
        linked.link(work, request.id, asked.about)
    if asked.to:
        transfer.ask(work, request, asked.to)
    if asked != NONE:
        texts.say(work, vault, request, "details", asked.plain)
    if request.channel in CONFIRMED_AT_ONCE:
        limits.meet(work, request.id, "acknowledge")
    else:
        letters.write(work, request, "open")


def _identify(work: Work, vault: Vault, request: Request, party: parties.Party | None, shows: identity.Need) -> Request:
    if party is not None:
        parties.add(work, vault, request, party)
    if shows.proofs:
        identity.begin(work, request.id, shows)
    return record.advance(work, vault, request, Event.IDENTIFY)


def _to_show(
    work: Work, policy: Policy, subject: str, kind: Kind, *, channel: str, party: parties.Party | None, exempt: bool
) -> identity.Need:
    """What of whoever asks has to be shown beside what a party shows."""
    if exempt:
        return identity.NOTHING
    if party is None:
        return identity.need(policy, kind, facts.facts(work, subject), channel)
    return identity.need_elsewhere(policy, kind) if party.who == "self" else identity.NOTHING


def _choose(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> Request:
    begun = record.advance(work, vault, request, Event.BEGIN)
    choices.carry_out(work, vault, version, request, details)
    _tell_recipients(work, vault, version, request, details)
    return record.advance(work, vault, begun, Event.COMPLETE)


def _tell_recipients(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> None:
    known = subjects.identifiers(work, vault, request.subject)
    person = Person(request.subject, tuple((one.kind, one.value) for one in known))
    recipients.tell(work, vault, version, request, person, purposes=details.purposes)


def set_going(work: Work, vault: Vault, version: Version, request: Request, details: Details, *, jobs: Jobs) -> Request:
    """Do at once, hand to somebody, let cool off or have a worker run what was asked for."""
    if details.exempt:
        return exemptions.answer(work, vault, version, request, details.exempt)
    if WAYS[request.kind] is Way.CHOICE:
        return _choose(work, vault, version, request, details)
    if WAYS[request.kind] is Way.CORRECT:
        changes.begin(work, vault, version, request, details)
    if fees.to_be_weighed(work, version.policy, request):
        return record.advance(work, vault, request, Event.REVIEW, code="requests.repeated")
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, add=("account.closing",))
    if WAYS[request.kind] is Way.ANSWER:
        return record.advance(work, vault, request, Event.REVIEW)
    if request.act_at is not None:
        return record.advance(work, vault, request, Event.WAIT)
    ask_for(work, request.id, jobs)
    return record.load(work, request.id)


def fresh_reference(work: Work, policy: str) -> str:
    """A reference that no request has yet."""
    while True:
        name = any_reference(work, policy)
        taken = sa.select(sa.literal(1)).where(tables.request.c.reference == name)
        if work.db.execute(taken).first() is None:
            return name


def any_reference(work: Work, policy: str) -> str:
    """A reference for a request under that policy; hardly ever has another one the same."""
    return reference(policy[0], work.entropy(_REFERENCE_BYTES))


def _open_one(work: Work, vault: Vault, subject: str, kind: Kind, details: Details) -> Request | None:
    """The open request that says the same; two corrections do only where they want the same to stand there."""
    if WAYS[kind] is Way.CORRECT:
        return joining.same_correction(work, vault, subject, details)
    table = tables.request.c
    chosen = sa.select(tables.request).where(
        table.subject == subject, table.kind == kind.value, table.state.not_in([state.value for state in FINAL])
    )
    rows = work.db.execute(chosen).mappings().all()
    return next(iter(record.assemble(work, rows)), None)
