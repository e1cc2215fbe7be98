"""A request for somebody else lies under a stand-in until it is proved; then it becomes the person's, or it ends.

Before the proof nobody looks the person up: whoever asks does exactly the same work and reads exactly the same words
whether anybody is known by that name. And what nobody has proved takes nothing from the person: no request of theirs
is in its way, none of their limits is used up, and nobody learns what they have asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from troth.base.errors import ConflictError, RefusedError
from troth.base.work import Begin, Work
from troth.consent.service import binding_version
from troth.journal.lock import one_writer
from troth.policy.model import Policy
from troth.requests import admission, record, tables, texts
from troth.requests.details import NONE, Details
from troth.requests.machine import FINAL, Event
from troth.requests.model import Request
from troth.requests.opening import open_request
from troth.requests.ports import Jobs
from troth.requests.proof import evidence, parties
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.age import ADULT_FACT, below_fact
from troth.subjects.audience import audience, belong
from troth.subjects.vault import Vault
from troth.versions.model import Version

MOST_WAITING: Final = 5
"""How many requests that are not proved somebody may have at once for others."""

REMEMBERED: Final = timedelta(days=30)
"""How long whoever asked can still read why a request that was never proved has ended."""

_r, _p = tables.request.c, tables.request_party.c


def open_for(
    work: Work,
    vault: Vault,
    version: Version,
    party: parties.Party,
    kind: str,
    *,
    language: str,
    jobs: Jobs,
    channel: str = "portal",
    details: Details = NONE,
) -> Request:
    """Record what somebody asks for another person whom they name, or for themselves as they are known elsewhere.

    Until the proof, the rules hold that whoever asks, signed in, has chosen for themselves: nobody knows the person's
    yet.

    Raises as `open_request` does, and RefusedError `requests.too-many-waiting` where somebody signed in asks for many.
    """
    one_writer(work)
    if party.asker is not None:
        _not_too_many(work, party.asker)
    stand_in = subjects.stand_in(work, vault)
    if party.asker is not None:
        belong(work, vault, stand_in, version.policy, audience(work, party.asker, version.policy))
    return open_request(
        work,
        vault,
        version,
        stand_in,
        kind,
        language=language,
        channel=channel,
        jobs=jobs,
        details=details,
        party=party,
    )


def settle(work: Work, vault: Vault, request: Request, *, by: str | None) -> Request:
    """Make a request that was proved the person's; one that cannot be theirs ends, and the code says why.

    A request that lies under no stand-in is given back as it is.
    """
    if not parties.stands_in(work, request.id):
        return request
    party = parties.of(work, vault, request)
    assert party is not None
    assert party.named is not None, "whoever asks for a stand-in names the person"
    person = subjects.register(work, vault, [party.named])
    try:
        version = binding_version(work, record.promised(work, request), person)
        _check_age(work, version.policy, party.who, person)
        admission.check(work, version, person, request.kind, identified=False)
        _alone(work, person, request)
    except (RefusedError, ConflictError) as error:
        return record.advance(work, vault, request, Event.REFUSE, code=error.code, by=by)
    if party.who == "close-relative":
        facts.change(work, person, add=[parties.DECEASED])
    return _hand_over(work, vault, request, person, version)


def forget(begin: Begin, vault: Vault) -> int:
    """The sweep: destroy the stand-ins of requests that ended unproved a while ago, and give their number."""
    with begin() as work:
        if not _over(work):
            return 0
    with begin() as work:
        one_writer(work)
        over = _over(work)
        for subject in over:
            subjects.shred(work, vault, subject)
        work.db.execute(sa.update(tables.request_party).where(_p.request.in_(_of(over))).values(stands_in=False))
        return len(over)


def _not_too_many(work: Work, asker: str) -> None:
    mine = sa.select(sa.func.count()).select_from(tables.request_party.join(tables.request, _r.id == _p.request))
    if (work.db.scalar(mine.where(_p.asker == asker, _p.stands_in, _r.closed_at.is_(None))) or 0) >= MOST_WAITING:
        hint = "show what is asked for in one of them, or take it back"
        raise RefusedError("requests.too-many-waiting", "several requests of yours wait for proof already", hint=hint)


def _over(work: Work) -> tuple[str, ...]:
    ended = sa.and_(_p.stands_in, _r.state.in_([one.value for one in FINAL]), _r.closed_at <= work.at - REMEMBERED)
    joined = tables.request_party.join(tables.request, _r.id == _p.request)
    return tuple(work.db.scalars(sa.select(_r.subject).select_from(joined).where(ended).order_by(_r.subject)))


def _of(people: tuple[str, ...]) -> sa.Select[tuple[str]]:
    return sa.select(_r.id).where(_r.subject.in_(people))


def _hand_over(work: Work, vault: Vault, request: Request, person: str, version: Version) -> Request:
    stand_in = request.subject
    texts.hand_over(work, vault, request, person)
    parties.hand_over(work, vault, request, person)
    evidence.hand_over(work, vault, request, person)
    values = {"subject": person, "version": version.id, "audience": version.audience}
    work.db.execute(sa.update(tables.request).where(_r.id == request.id).values(**values))
    subjects.shred(work, vault, stand_in)
    return record.load(work, request.id)


def _alone(work: Work, person: str, request: Request) -> None:
    """One open request of a kind for a person. Raises ConflictError `requests.under-way`."""
    same = sa.and_(_r.subject == person, _r.kind == request.kind.value, _r.closed_at.is_(None))
    if work.db.execute(sa.select(_r.id).where(same)).first() is not None:
        hint = "it is answered to whoever asked first"
        raise ConflictError("requests.under-way", "the same was asked for this person already", hint=hint)


def _check_age(work: Work, policy: Policy, who: parties.Who, person: str) -> None:
    """A guardian asks for somebody who is too young to, as far as their age is known.

    Raises RefusedError `requests.not-a-minor`.
    """
    known = facts.facts(work, person)
    told = any(one == ADULT_FACT or one.startswith("age.below.") for one in known)
    below = policy.minors.below if policy.minors else 18
    if who == "guardian" and told and below_fact(below) not in known:
        hint = "the person asks themselves, or lets an agent ask"
        raise RefusedError("requests.not-a-minor", "the person is old enough to ask themselves", hint=hint)
