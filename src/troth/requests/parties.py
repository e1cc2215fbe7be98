"""Who asks for somebody else: an agent, a guardian, a close relative. What shows that they may is seen, not kept.

Documents are looked at and given back or destroyed; what stays is which proofs were seen, when, and by whom.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, get_args

import sqlalchemy as sa

from troth.base.errors import InputError, RefusedError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.policy.model import Policy
from troth.requests import tables
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

Who = Literal["agent", "guardian", "close-relative"]
WHO: tuple[Who, ...] = get_args(Who)

Proof = Literal["identity", "authority", "kinship", "death"]

NEEDED: dict[Who, tuple[Proof, ...]] = {
    "agent": ("identity", "authority"),
    "guardian": ("identity", "kinship"),
    "close-relative": ("identity", "kinship", "death"),
}
"""What each has to show: who they are, and what lets them ask. An agent's authority is shown in any way that the law
knows; no particular paper, such as a power of attorney, may be insisted on in California (11 CCR § 7063(b))."""


@dataclass(frozen=True)
class Party:
    """Somebody who asks for another person, and where they are written to."""

    who: Who
    name: Sensitive[str]
    contact: Sensitive[str]


def party(who: str, name: str, contact: str) -> Party:
    """A party from what a form says. Raises InputError `requests.unknown-party`, `requests.empty-text`."""
    if who not in WHO:
        hint = f"use one of {', '.join(WHO)}"
        raise InputError("requests.unknown-party", f"nobody asks for somebody else as `{who[:40]}`", hint=hint)
    if not name.strip() or not contact.strip():
        hint = "give a name and a way to write to them"
        raise InputError("requests.empty-text", "it is not said who asks", hint=hint)
    return Party(WHO[WHO.index(who)], Sensitive(name.strip()), Sensitive(contact.strip()))


def check(policy: Policy, kind: Kind, who: Who) -> None:
    """Let such a party ask for that right. Raises RefusedError `requests.party-not-allowed`, naming the clause."""
    right = policy.rights.get(kind.value)
    allowed = who in (right.who if right else ()) or (who == "agent" and policy.requests.agents is not None)
    if not allowed:
        raise RefusedError(
            "requests.party-not-allowed",
            f"clause `rights.{kind.value}.who` does not name a `{who}`",
            hint="the person asks themselves, or the policy is changed to let others ask",
        )


def add(work: Work, vault: Vault, request: Request, one: Party) -> None:
    """Keep who asks, sealed with the person's key: it is part of what is known about that person."""
    plain = json.dumps({"name": one.name.reveal(), "contact": one.contact.reveal()}, ensure_ascii=False)
    sealed = subjects.seal(work, vault, request.subject, plain.encode(), context=_context(request.id))
    work.db.execute(sa.insert(tables.request_party).values(request=request.id, who=one.who, sealed=sealed, shown=""))


def of(work: Work, vault: Vault, request: Request) -> Party | None:
    """Who asks for the person; None where they ask themselves, or their key is destroyed."""
    row = _row(work, request.id)
    if row is None or subjects.is_shredded(work, request.subject):
        return None
    plain = subjects.unseal(work, vault, request.subject, bytes(row.sealed), context=_context(request.id))
    held = json.loads(plain)
    return Party(row.who, Sensitive(held["name"]), Sensitive(held["contact"]))


def missing(work: Work, request_id: str) -> tuple[Proof, ...]:
    """The proofs that have not been seen yet; none where the person asks themselves."""
    row = _row(work, request_id)
    seen = set(row.shown.split(":")) if row else set()
    return tuple(one for one in NEEDED[row.who] if one not in seen) if row else ()


def seen(work: Work, request_id: str, proofs: Collection[str]) -> tuple[Proof, ...]:
    """Write down which proofs were seen; gives those that are still missing.

    Raises InputError `requests.unknown-proof`, also where nobody asks for the person.
    """
    row = _row(work, request_id)
    known = NEEDED[row.who] if row else ()
    for one in proofs:
        if one not in known:
            hint = f"use one of {', '.join(known) or 'none: the person asks themselves'}"
            raise InputError("requests.unknown-proof", f"`{one[:40]}` is not asked for here", hint=hint)
    shown = sorted({*proofs, *(row.shown.split(":") if row and row.shown else ())})
    mine = tables.request_party.c.request == request_id
    work.db.execute(sa.update(tables.request_party).where(mine).values(shown=":".join(shown), seen_at=work.at))
    return missing(work, request_id)


def _row(work: Work, request_id: str) -> sa.Row[tuple[object, ...]] | None:
    return work.db.execute(sa.select(tables.request_party).where(tables.request_party.c.request == request_id)).first()


def _context(request_id: str) -> str:
    return f"party:{request_id}"
