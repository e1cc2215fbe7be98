"""Who asks for somebody else: an agent, a guardian, a close relative; or for themselves, known by another address.

What shows that they may is seen, not kept (`evidence`): what stays is which proofs were seen, when, and by whom.
Whoever asks on our pages has shown an address of their own, and names the person by one of theirs. Nobody looks that up
before the proof: until then the request lies under a stand-in (`standing`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

import sqlalchemy as sa

from troth.base.errors import InputError, RefusedError
from troth.base.sensitive import Sensitive
from troth.base.text import Text
from troth.base.work import Work
from troth.policy.model import Policy
from troth.requests import tables
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.requests.telling.words import SIGNED_PERMISSION
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault

Who = Literal["self", "agent", "guardian", "close-relative"]
WHO: tuple[Who, ...] = get_args(Who)

Proof = Literal["identity", "authority", "kinship", "death", "points", "declaration"]
PROOFS: tuple[Proof, ...] = get_args(Proof)

NEEDED: dict[Who, tuple[Proof, ...]] = {
    "self": (),
    "agent": ("identity", "authority"),
    "guardian": ("identity", "kinship"),
    "close-relative": ("identity", "kinship", "death"),
}
"""What each has to show: who they are, and what lets them ask; of somebody who asks for themselves, see `identity`. An
agent's authority is shown in any way that the law knows; no particular paper, such as a power of attorney, may be
insisted on in California (11 CCR § 7063(b))."""

DECEASED: Final = "deceased"
"""The right of a policy that close relatives have, and the fact about a person whose death was shown."""

_OF_RELATIVES = frozenset({"access", "know", "copy", "correction", "erasure"})
"""What close relatives may ask for: to see, copy, correct and delete (PIPL art. 49)."""

_c = tables.request_party.c


_NO_MARK: Final = Sensitive("")


@dataclass(frozen=True)
class Party:
    """Somebody who asks for another person, and where they are written to.

    `asker` is the subject who is signed in and asks, `named` what they name the person by; neither where somebody who
    is not signed in asks for whom we know beyond doubt. `way` is how an agent was appointed, `mark` a registration
    number or the like.
    """

    who: Who
    name: Sensitive[str]
    contact: Sensitive[str]
    asker: str | None = None
    named: Identifier | None = None
    way: str = ""
    mark: Sensitive[str] = _NO_MARK


def party(who: str, name: str, contact: str) -> Party:
    """A party from what a form says. Raises InputError `requests.unknown-party`, `requests.empty-text`."""
    if who not in WHO:
        hint = f"use one of {', '.join(WHO)}"
        raise InputError("requests.unknown-party", f"nobody asks for somebody else as `{who[:40]}`", hint=hint)
    if not name.strip() or not contact.strip():
        hint = "give a name and a way to write to them"
        raise InputError("requests.empty-text", "it is not said who asks", hint=hint)
    return Party(WHO[WHO.index(who)], Sensitive(name.strip()), Sensitive(contact.strip()))


def allowed(policy: Policy, kind: Kind, who: Who) -> bool:
    """Whether such a party may ask for that right.

    Where a policy has rules for minors, guardians ask for everything that a minor could; where it has a right of
    `deceased`, close relatives ask for what the law gives them.
    """
    right = policy.rights.get(kind.value)
    if who == "self" or who in (right.who if right else ()):
        return True
    if who == "agent":
        return policy.requests.agents is not None
    if who == "guardian":
        return policy.minors is not None
    return DECEASED in policy.rights and kind.value in _OF_RELATIVES


def check(policy: Policy, kind: Kind, who: Who) -> None:
    """Let such a party ask for that right. Raises RefusedError `requests.party-not-allowed`, naming the clause."""
    if not allowed(policy, kind, who):
        raise RefusedError(
            "requests.party-not-allowed",
            f"clause `rights.{kind.value}.who` does not name a `{who}`",
            hint="the person asks themselves, or the policy is changed to let others ask",
        )


def ways(policy: Policy) -> Mapping[str, Text]:
    """How an agent may have been appointed: as the policy says, and in California always by a signed permission."""
    stated = policy.requests.agents.appointed if policy.requests.agents else {}
    lawful = {"signed-permission": SIGNED_PERMISSION} if "us-ca" in policy.regimes or not stated else {}
    return {**stated, **lawful}


def add(work: Work, vault: Vault, request: Request, one: Party) -> None:
    """Keep who asks, sealed with the key that the request lies under."""
    named = one.named
    values = {
        "request": request.id,
        "who": one.who,
        "sealed": _sealed(work, vault, request.subject, request.id, _plain(one)),
        "shown": "",
        "asker": one.asker,
        "named": vault.finder(named.kind, named.value.reveal()) if named else None,
        "stands_in": named is not None,
    }
    work.db.execute(sa.insert(tables.request_party).values(values))


def of(work: Work, vault: Vault, request: Request) -> Party | None:
    """Who asks for the person; None where they ask themselves, or their key is destroyed."""
    return _of(work, vault, request.id, request.subject)


def named(work: Work, vault: Vault, request_id: str, subject: str) -> Identifier | None:
    """By what an agent who is not signed in names the person whose stand-in the request lies under; None otherwise."""
    row = _row(work, request_id)
    waits = row is not None and row.stands_in and row.asker is None
    party = _of(work, vault, request_id, subject) if waits else None
    return party.named if party else None


def _of(work: Work, vault: Vault, request_id: str, subject: str) -> Party | None:
    row = _row(work, request_id)
    if row is None or subjects.is_shredded(work, subject):
        return None
    plain = subjects.unseal(work, vault, subject, bytes(row.sealed), context=_context(request_id))
    held = json.loads(plain)
    named = Identifier(held["named"][0], Sensitive(held["named"][1])) if held["named"] else None
    name, contact, mark = (Sensitive(held[key]) for key in ("name", "contact", "mark"))
    return Party(row.who, name, contact, row.asker, named, held["way"], mark)


def hand_over(work: Work, vault: Vault, request: Request, to: str) -> None:
    """Seal who asks with the key of the person whom it turned out to be about; they are no stand-in any more."""
    one = of(work, vault, request)
    assert one is not None, "a request under a stand-in has a party"
    sealed = _sealed(work, vault, to, request.id, _plain(one))
    mine = sa.update(tables.request_party).where(_c.request == request.id)
    work.db.execute(mine.values(sealed=sealed, stands_in=False))


def asker(work: Work, request_id: str) -> str | None:
    """The subject who asked for somebody else on our pages."""
    row = _row(work, request_id)
    return row.asker if row else None


def asked_by(work: Work, subject: str) -> tuple[str, ...]:
    """The ids of the requests that the subject asks for somebody else."""
    return tuple(work.db.scalars(sa.select(_c.request).where(_c.asker == subject).order_by(_c.request)))


def naming(work: Work, vault: Vault, identifiers: Collection[Identifier]) -> tuple[str, ...]:
    """The ids of requests that agents make for whoever has one of these identifiers, and that wait for proof."""
    finders = [vault.finder(one.kind, one.value.reveal()) for one in identifiers]
    r = tables.request.c
    joined = tables.request_party.join(tables.request, r.id == _c.request)
    waiting = sa.and_(_c.named.in_(finders), _c.stands_in, _c.who == "agent", r.state == "identifying")
    return tuple(work.db.scalars(sa.select(r.id).select_from(joined).where(waiting).order_by(r.opened_at, r.id)))


def stands_in(work: Work, request_id: str) -> bool:
    """Whether the request lies under a stand-in until it is proved."""
    row = _row(work, request_id)
    return row is not None and bool(row.stands_in)


def missing(work: Work, request_id: str) -> tuple[Proof, ...]:
    """The proofs of the party that have not been seen yet; none where the person asks themselves."""
    row = _row(work, request_id)
    seen = set(row.shown.split(":")) if row else set()
    return tuple(one for one in NEEDED[row.who] if one not in seen) if row else ()


def seen(work: Work, request_id: str, proofs: Collection[Proof]) -> None:
    """Write down which proofs of the party were seen."""
    row = _row(work, request_id)
    shown = sorted({*proofs, *(row.shown.split(":") if row and row.shown else ())})
    mine = _c.request == request_id
    work.db.execute(sa.update(tables.request_party).where(mine).values(shown=":".join(shown), seen_at=work.at))


def _row(work: Work, request_id: str) -> sa.Row[tuple[object, ...]] | None:
    return work.db.execute(sa.select(tables.request_party).where(_c.request == request_id)).first()


def _plain(one: Party) -> bytes:
    named = [one.named.kind, one.named.value.reveal()] if one.named else None
    texts = {"name": one.name.reveal(), "contact": one.contact.reveal(), "way": one.way, "mark": one.mark.reveal()}
    return json.dumps({**texts, "named": named}, ensure_ascii=False).encode()


def _sealed(work: Work, vault: Vault, subject: str, request_id: str, plain: bytes) -> bytes:
    return subjects.seal(work, vault, subject, plain, context=_context(request_id))


def _context(request_id: str) -> str:
    return f"party:{request_id}"
