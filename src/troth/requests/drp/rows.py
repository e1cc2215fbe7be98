"""The rows of agents' requests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from troth.base.errors import RefusedError
from troth.base.work import Work
from troth.requests import tables
from troth.requests.drp.model import Reason

_c = tables.agent_request.c
_UUID_BYTES = 16


@dataclass(frozen=True)
class Theirs:
    """A request as an agent made it. `request` is ours that it led to; with `joined` somebody else had asked before."""

    id: str
    agent: str
    agent_reference: str | None
    content: bytes
    received_at: datetime
    expected_by: datetime
    language: str
    request: str | None
    joined: bool
    denied: Reason | None
    revoked_at: datetime | None = None
    callback: str | None = None
    told: int = 0


def new_id(work: Work) -> str:
    """A random UUID, as the protocol likes them."""
    return str(uuid.UUID(bytes=work.entropy(_UUID_BYTES), version=4))


def add(work: Work, one: Theirs) -> None:
    """Write a request of an agent."""
    work.db.execute(tables.agent_request.insert().values(**vars(one)))


def mine(work: Work, agent: str, request_id: str) -> Theirs:
    """The agent's own request. Raises RefusedError `drp.not-yours`, also where there is none: the two look the same."""
    row = work.db.execute(sa.select(tables.agent_request).where(_c.id == request_id, _c.agent == agent)).first()
    if row is None:
        hint = "use the `request_id` that you were given"
        raise RefusedError("drp.not-yours", "you manage no request of that id", hint=hint)
    return theirs(row)


def by_reference(work: Work, agent: str, reference: str) -> Theirs | None:
    """The agent's request that the agent calls so."""
    named = sa.and_(_c.agent == agent, _c.agent_reference == reference)
    row = work.db.execute(sa.select(tables.agent_request).where(named)).first()
    return None if row is None else theirs(row)


def leads_to(work: Work, agent: str, request_id: str) -> bool:
    """Whether that request of ours is one that this agent opened."""
    opened = sa.and_(_c.agent == agent, _c.request == request_id, _c.joined.is_(False))
    return work.db.execute(sa.select(_c.id).where(opened)).first() is not None


def revoke(work: Work, one: Theirs) -> None:
    """The agent wants it no more."""
    work.db.execute(tables.agent_request.update().where(_c.id == one.id).values(revoked_at=work.at))


def theirs(row: sa.Row[Any]) -> Theirs:
    """A request of an agent from its row."""
    return Theirs(
        row.id,
        row.agent,
        row.agent_reference,
        bytes(row.content),
        row.received_at,
        row.expected_by,
        row.language,
        row.request,
        row.joined,
        row.denied,
        row.revoked_at,
        row.callback,
        row.told,
    )
