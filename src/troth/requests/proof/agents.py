"""The directory of agents: who may ask for people under the Data Rights Protocol, by which key and token.

Keys come from the network's own directory, by the hand of an operator: what is signed is believed because of it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from nacl.signing import VerifyKey

from troth.base.errors import InputError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.requests import tables

KEY_BYTES = 32
TOKEN_BYTES = 32

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_c = tables.agent.c


@dataclass(frozen=True)
class Agent:
    """One agent of the directory. `callbacks` is the origin at which it is told of changes; None: it asks itself."""

    id: str
    name: str
    contact: str
    verify_key: bytes
    callbacks: str | None


def agent(id_: str, name: str, contact: str, verify_key: str, callbacks: str | None = None) -> Agent:
    """An agent from what its entry in the directory says; the key is base64.

    Raises:
        InputError: `agents.bad-id`, `agents.no-name`, `agents.bad-key`, `agents.bad-origin`.
    """
    if not _ID.fullmatch(id_):
        raise InputError("agents.bad-id", f"`{id_[:80]}` is no agent's id", hint="take it from the directory")
    if not name.strip() or not contact.strip():
        raise InputError("agents.no-name", "the agent has no name or no address", hint="give both")
    if callbacks is not None and not _ORIGIN.fullmatch(callbacks):
        hint = "give it as https://host or https://host:port"
        raise InputError("agents.bad-origin", "the agent's address for callbacks is no origin", hint=hint)
    return Agent(id_, name.strip(), contact.strip(), _key(verify_key), callbacks)


def add(work: Work, one: Agent) -> None:
    """List an agent, or list it anew: a new key ends the token that was given under the old one. Journaled."""
    one_writer(work)
    before = find(work, one.id)
    values = {"name": one.name, "contact": one.contact, "verify_key": one.verify_key, "callbacks": one.callbacks}
    if before is None:
        work.db.execute(tables.agent.insert().values(id=one.id, listed_at=work.at, **values))
    else:
        kept = {} if before.verify_key == one.verify_key else {"token": None}
        work.db.execute(tables.agent.update().where(_c.id == one.id).values(**values, **kept))
    journal.append(work, "agent.listed", {"agent": one.id, "key": hashlib.sha256(one.verify_key).hexdigest()})


def remove(work: Work, agent_id: str) -> None:
    """Take an agent off the list: from now on nothing that it signs is taken. Journaled.

    Raises InputError `agents.unknown`.
    """
    one_writer(work)
    if work.db.execute(tables.agent.delete().where(_c.id == agent_id)).rowcount != 1:
        raise InputError(
            "agents.unknown", f"no agent `{agent_id[:80]}` is listed", hint="`troth agent list` shows them all"
        )
    journal.append(work, "agent.removed", {"agent": agent_id})


def listed(work: Work) -> tuple[Agent, ...]:
    """All agents, by id."""
    return tuple(_agent(row) for row in work.db.execute(sa.select(tables.agent).order_by(_c.id)))


def find(work: Work, agent_id: str) -> Agent | None:
    """The agent with that id."""
    row = work.db.execute(sa.select(tables.agent).where(_c.id == agent_id)).first()
    return None if row is None else _agent(row)


def give_token(work: Work, agent_id: str) -> str:
    """A fresh bearer token for the agent; the one before ends. Only its hash is kept."""
    token = base64.urlsafe_b64encode(work.entropy(TOKEN_BYTES)).decode().rstrip("=")
    work.db.execute(tables.agent.update().where(_c.id == agent_id).values(token=_hash(token)))
    return token


def of_token(work: Work, token: str) -> Agent | None:
    """Whose token it is. It is looked up by its hash, so the time taken tells nothing about any token."""
    row = work.db.execute(sa.select(tables.agent).where(_c.token == _hash(token))).first()
    return None if row is None else _agent(row)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
        VerifyKey(key)
    except (binascii.Error, ValueError, TypeError):
        key = b""
    if len(key) != KEY_BYTES:
        hint = "it is the base64 of 32 bytes, `verify_key` in the directory"
        raise InputError("agents.bad-key", "this is no Ed25519 public key", hint=hint)
    return key


def _agent(row: sa.Row[Any]) -> Agent:
    return Agent(row.id, row.name, row.contact, bytes(row.verify_key), row.callbacks)
