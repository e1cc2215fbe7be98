"""An agent exercises a right for a person, and revokes it.

Whether a person is known shows to nobody before it is shown who they are: what was not verified by the agent lies under
a stand-in (`proof.standing`), so it is answered alike for everybody, waits alike, and is in nobody's way. A person is
found, or made known, by one identifier only: two that come in one message are never joined, or an agent that is
mistaken could lead one person to the data of another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from troth.base.errors import ConflictError, RefusedError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.requests import admission, deadline, opening, record, tables, texts
from troth.requests.drp import rows
from troth.requests.drp.model import CCPA, DENIED, Claim, Exercise, Reason
from troth.requests.drp.rows import Theirs
from troth.requests.drp.status import status
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.requests.ports import Jobs
from troth.requests.proof import parties, proving, standing
from troth.requests.proof.agents import Agent
from troth.requests.pulse import PATIENCE
from troth.subjects.identifier import Identifier
from troth.subjects.service import find, identifiers, register
from troth.subjects.vault import Vault
from troth.versions.service import Version

CHANNEL = "agent"

_UNPROVED = frozenset({Kind.OPT_OUT})
"""What is done for whoever is named, without proof of who they are (11 CCR § 7060(b))."""

_SHOWN: Final[tuple[parties.Proof, ...]] = ("authority",)
"""The network's rules and the signature show that the agent may ask (11 CCR § 7063)."""


@dataclass(frozen=True)
class _Led:
    """What an exercise led to: a request of ours, joined or opened; or a denial."""

    request: str | None = None
    joined: bool = False
    denied: Reason | None = None


def once(work: Work, digest: bytes, expires_at: datetime) -> None:
    """Take a signed message, this one time; those that have expired are forgotten, they are refused for that.

    Raises ConflictError `drp.replayed`.
    """
    one_writer(work)
    c = tables.agent_message.c
    work.db.execute(tables.agent_message.delete().where(c.expires_at <= work.at))
    if work.db.execute(sa.select(c.digest).where(c.digest == digest)).first() is not None:
        hint = "sign a new one; with the same `agent-request-id` nothing is done twice"
        raise ConflictError("drp.replayed", "this very message was taken before", hint=hint)
    work.db.execute(tables.agent_message.insert().values(digest=digest, expires_at=expires_at))


def exercise(work: Work, vault: Vault, version: Version, agent: Agent, asked: Exercise, *, jobs: Jobs) -> Theirs:
    """Take what an agent asks for. The same under the same `agent-request-id` is what it was, and is not done again.

    Raises:
        ConflictError: `drp.other-request` for a known `agent-request-id` with something else under it.
    """
    one_writer(work)
    content = _content(vault, agent, asked)
    known = rows.by_reference(work, agent.id, asked.reference) if asked.reference else None
    if known is not None:
        return _same(known, content)
    language = "en" if "en" in version.policy.languages else version.policy.languages[0]
    barred = _barred(version, asked)
    led = _Led(denied=barred) if barred else _Asking(work, vault, version, agent, asked, language, jobs).lead()
    made = Theirs(
        rows.new_id(work),
        agent.id,
        asked.reference,
        content,
        work.at,
        _expected(version, asked.kind, work.at),
        language,
        led.request,
        led.joined,
        led.denied,
        callback=asked.callback,
    )
    rows.add(work, made)
    return made


def revoke(work: Work, vault: Vault, agent: Agent, request_id: str, reason: str) -> Theirs:
    """Take back what the agent asked for; what somebody else asked for as well goes on. Twice does nothing.

    Raises:
        RefusedError: `drp.not-yours`.
        ConflictError: `requests.not-possible`, `requests.too-late` once it is carried out or has ended.
    """
    one_writer(work)
    one = rows.mine(work, agent.id, request_id)
    stands = status(work, one).state
    if stands == "revoked":
        return one
    if stands != "in_progress":
        raise ConflictError("requests.not-possible", f"the request is `{stands}`", hint="there is nothing to revoke")
    request = None if one.request is None or one.joined else record.load(work, one.request)
    if request is not None and not request.closed:
        if reason.strip():
            texts.say(work, vault, request, "reply", reason)
        opening.recall(work, vault, request.id)
    rows.revoke(work, one)
    return rows.mine(work, agent.id, request_id)


def confirm(work: Work, vault: Vault, request_id: str, subject: str, *, jobs: Jobs) -> bool:
    """The person says, signed in, that the agent asks for them; False where nothing of theirs waits under that id."""
    one_writer(work)
    request = waiting(work, vault, request_id, subject)
    if request is None:
        return False
    proving.confirm(work, vault, request.id, jobs=jobs)
    return True


def waiting(work: Work, vault: Vault, request_id: str, subject: str) -> Request | None:
    """Our request that waits for that person to confirm what an agent asked for under that id; None: no such thing."""
    c = tables.agent_request.c
    named = sa.select(c.request).where(c.id == request_id, c.joined.is_(False), c.revoked_at.is_(None))
    found: str | None = work.db.scalar(named)
    named_so = parties.naming(work, vault, identifiers(work, vault, subject))
    return record.load(work, found) if found in named_so else None


def _same(known: Theirs, content: bytes) -> Theirs:
    if known.content != content:
        hint = "name every request differently"
        raise ConflictError("drp.other-request", "that `agent-request-id` names another request", hint=hint)
    return known


def _content(vault: Vault, agent: Agent, asked: Exercise) -> bytes:
    """What is asked for whom, as a keyed hash: it tells requests apart and nothing of the person."""
    claims = [(one.identifier.kind, one.identifier.value.reveal(), one.verified) for one in asked.claims]
    told = json.dumps([asked.action, asked.regime, claims, asked.said.reveal(), asked.callback])
    return vault.lookup("agent-request", agent.id, told)


def _barred(version: Version, asked: Exercise) -> Reason | None:
    """Why nobody gets this through an agent, whoever they are."""
    applies = CCPA in version.policy.regimes
    try:
        parties.check(version.policy, asked.kind, "agent")
    except RefusedError:
        allowed = False
    else:
        allowed = admission.granted(version, asked.kind)
    if allowed:
        return None
    return "claim_not_covered" if applies or asked.regime is None else "outside_jurisdiction"


def _expected(version: Version, kind: Kind, at: datetime) -> datetime:
    """When everybody gets an answer: by the strictest limit on it, or as late as California allows."""
    found = [one.due_at for one in deadline.deadlines(version.policy, kind, at) if one.stage == "answer"]
    return min(found, default=at + PATIENCE)


@dataclass(frozen=True)
class _Asking:
    """One exercise under way, and what it needs."""

    work: Work
    vault: Vault
    version: Version
    agent: Agent
    asked: Exercise
    language: str
    jobs: Jobs

    def lead(self) -> _Led:
        """Open what is asked for, or join what is under way; the person moves it on who shows who they are."""
        named = _named(self.asked.claims)
        subject = _person(self.work, self.vault, self.asked.claims)
        if subject is None and self.asked.kind in _UNPROVED:
            subject = register(self.work, self.vault, [named])
        request = self._asked_before(named)
        if subject is None:
            return _led(request or self._stand_in(named))
        under_way = _under_way(self.work, subject, self.asked.kind)
        if under_way is not None:
            return _Led(under_way.id, joined=not rows.leads_to(self.work, self.agent.id, under_way.id))
        if request is not None:
            return _led(self._prove(request, parties.missing(self.work, request.id)))
        return _led(self._open(subject))

    def _asked_before(self, named: Identifier) -> Request | None:
        """What the agent has asked for whoever is named so, and nobody has proved."""
        waiting = parties.naming(self.work, self.vault, [named])
        mine = (one for one in waiting if rows.leads_to(self.work, self.agent.id, one))
        found = (record.load(self.work, one) for one in mine)
        return next((one for one in found if one.kind is self.asked.kind), None)

    def _stand_in(self, named: Identifier) -> Request | Reason:
        """The new request of somebody who has not shown who they are: nobody looks whether they are known."""
        try:
            with self.work.db.begin_nested():
                request = standing.open_for(
                    self.work,
                    self.vault,
                    self.version,
                    replace(self._party, named=named),
                    self.asked.kind.value,
                    language=self.language,
                    channel=CHANNEL,
                    jobs=self.jobs,
                    details=self.asked.details,
                )
                return self._prove(request, _SHOWN)
        except RefusedError as refused:
            return DENIED.get(refused.code, "other")

    def _open(self, subject: str) -> Request | Reason:
        """The new request of somebody who is beyond doubt; or why it cannot be, which may tell of them."""
        try:
            with self.work.db.begin_nested():
                request = opening.open_request(
                    self.work,
                    self.vault,
                    self.version,
                    subject,
                    self.asked.kind.value,
                    language=self.language,
                    channel=CHANNEL,
                    jobs=self.jobs,
                    details=self.asked.details,
                    party=self._party,
                )
                return self._prove(request, (*_SHOWN, "identity"))
        except RefusedError as refused:
            return DENIED.get(refused.code, "other")

    @property
    def _party(self) -> parties.Party:
        return parties.Party("agent", Sensitive(self.agent.name), Sensitive(self.agent.contact))

    def _prove(self, request: Request, proofs: tuple[parties.Proof, ...]) -> Request:
        by = f"agent {self.agent.id}"
        return proving.prove(self.work, self.vault, request.id, proofs, by=by, jobs=self.jobs)


def _led(found: Request | Reason) -> _Led:
    return _Led(found.id) if isinstance(found, Request) else _Led(denied=found)


def _person(work: Work, vault: Vault, claims: tuple[Claim, ...]) -> str | None:
    """Whose data it is about, if that is beyond doubt: verified claims lead to one person, not to two."""
    verified = [one.identifier for one in claims if one.verified]
    known = {found for one in verified if (found := find(work, vault, one)) is not None}
    if len(known) == 1:
        return known.pop()
    return register(work, vault, verified[:1]) if verified and not known else None


def _named(claims: tuple[Claim, ...]) -> Identifier:
    """By which of the claims the person is named."""
    return next((one for one in claims if one.verified), claims[0]).identifier


def _under_way(work: Work, subject: str, kind: Kind) -> Request | None:
    c = tables.request.c
    chosen = sa.select(c.id).where(c.subject == subject, c.kind == kind.value, c.closed_at.is_(None))
    found: str | None = work.db.scalar(chosen)
    return None if found is None else record.load(work, found)
