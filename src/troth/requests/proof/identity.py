"""How surely somebody has to show who they are before a request is answered, and what of it is still to be shown.

Everybody has shown an address by the time that they ask: by signing in, or by a code. Where that is not enough, the
policy's own tiers say what is (`requests.tiers`), and where they say nothing, the law. A proof belongs to one request
and opens no other.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.work import Work
from troth.policy.model import Policy, Tier
from troth.regimes import figure
from troth.requests import tables
from troth.requests.kinds import Kind
from troth.requests.proof import parties
from troth.requests.proof.parties import PROOFS, Proof

TRIES: Final = 3
"""How often data points may be sent in for one request; who fails as often shows a document."""

_UNPROVED = frozenset({"opt-out", "opt-in", "limit"})
"""What is done without proof of who asks (11 CCR § 7060(b))."""

_PIECES = frozenset({"access", "copy", "portability"})
"""What hands over the data themselves: California wants it reasonably highly certain who asks (11 CCR § 7062(c))."""

_REASONABLE = frozenset({"know", "disclosures", "erasure", "correction"})
"""What California wants to be reasonably certain for (11 CCR § 7062(b), (d))."""

_FRUGAL = frozenset({"eu", "uk"})
"""Laws under which more may be asked for only on reasonable doubt (GDPR art. 12(6) and UK GDPR)."""

_CALIFORNIA = "us-ca"
_SHOWN = frozenset({"verified.phone", "verified.email"})
_ELSEWHERE: Final = 2
_DOCUMENT: Final[Proof] = "identity"
_c = tables.request_identity.c


@dataclass(frozen=True)
class Need:
    """What is to be shown beyond an address: so many data points, and a signed declaration."""

    points: int = 0
    declaration: bool = False

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """The same as proofs; empty where nothing is needed."""
        found = {"points": self.points > 0, "declaration": self.declaration}
        return tuple(one for one in PROOFS if found.get(one))


NOTHING = Need()


def need(policy: Policy, kind: Kind, known: Collection[str], channel: str) -> Need:
    """What somebody of whom these facts are known has to show for a right, beyond the address that they have shown.

    That address is one data point itself. Somebody with an account shows the least that the policy's tiers allow;
    somebody without one the most. In the European Union and the United Kingdom an address that was shown is enough.
    """
    if kind.value in _UNPROVED:
        return NOTHING
    account = "account.open" in known or channel == "api"
    shown = bool(_SHOWN & set(known)) or channel == "api"
    if _FRUGAL & set(policy.regimes) and _CALIFORNIA not in policy.regimes:
        return NOTHING if shown else _less(_asked(policy, kind, account=account), 0, most=1)
    return _less(_asked(policy, kind, account=account), int(shown))


def need_elsewhere(policy: Policy, kind: Kind) -> Need:
    """What somebody has to show who can no longer be reached where they are known: never less than two points."""
    asked = _asked(policy, kind, account=False)
    return Need(max(asked.points, _ELSEWHERE), declaration=True)


def begin(work: Work, request_id: str, need_: Need) -> None:
    """Have this shown before the request goes on."""
    values = {"request": request_id, "points": need_.points, "needed": ":".join(need_.proofs), "shown": "", "tries": 0}
    work.db.execute(sa.insert(tables.request_identity).values(values))


def ask_for_document(work: Work, request_id: str) -> None:
    """Have a document be shown that nobody had to show before.

    Raises ConflictError `requests.shown-before`.
    """
    row = _row(work, request_id)
    needed = [] if row is None else [one for one in row.needed.split(":") if one]
    if _DOCUMENT in {*needed, *_of_party(work, request_id)}:
        hint = "refuse it on a ground of the policy, or carry it out"
        raise ConflictError("requests.shown-before", "a document was asked for before", hint=hint)
    if row is None:
        begin(work, request_id, NOTHING)
    _change(work, request_id, needed=":".join([*needed, _DOCUMENT]))


def missing(work: Work, request_id: str) -> tuple[Proof, ...]:
    """Everything that is still to be shown: by who asks for somebody else, and of who they are themselves."""
    row = _row(work, request_id)
    own = [] if row is None else [one for one in row.needed.split(":") if one and one not in row.shown.split(":")]
    return (*parties.missing(work, request_id), *(one for one in PROOFS if one in own))


def seen(work: Work, request_id: str, proofs: Collection[str]) -> tuple[Proof, ...]:
    """Write down which proofs were seen; gives those that are still missing.

    Raises InputError `requests.unknown-proof`, also where nothing has to be shown.
    """
    row = _row(work, request_id)
    own = set(row.needed.split(":")) if row else set()
    known = {*own, *(proof for proof in PROOFS if proof in _of_party(work, request_id))} - {""}
    for one in proofs:
        if one not in known:
            hint = f"use one of {', '.join(sorted(known)) or 'none: nothing has to be shown'}"
            raise InputError("requests.unknown-proof", f"`{one[:40]}` is not asked for here", hint=hint)
    parties.seen(work, request_id, [one for one in PROOFS if one in proofs and one not in own])
    if row is not None:
        shown = sorted({*(own & set(proofs)), *row.shown.split(":")} - {""})
        _change(work, request_id, shown=":".join(shown))
    return missing(work, request_id)


def points(work: Work, request_id: str) -> int:
    """How many data points have to match for the request; 0 where none do."""
    row = _row(work, request_id)
    return row.points if row else 0


def tries_left(work: Work, request_id: str) -> int:
    """How often data points may still be sent in."""
    row = _row(work, request_id)
    return max(0, TRIES - row.tries) if row and row.points else 0


def take_try(work: Work, request_id: str) -> bool:
    """Use up one try; False when none is left, whoever else is trying at the same moment."""
    left = sa.and_(_c.request == request_id, _c.tries < TRIES, _c.points > 0)
    return work.db.execute(sa.update(tables.request_identity).where(left).values(tries=_c.tries + 1)).rowcount == 1


def _asked(policy: Policy, kind: Kind, *, account: bool) -> Need:
    tiers = [one for one in policy.requests.tiers.values() if kind.value in one.rights]
    if account:
        return min((_of(one) for one in tiers), key=_strength, default=NOTHING)
    stated = [_of(one) for one in tiers if one.points or one.declaration]
    return max(stated, key=_strength) if stated else _lawful(policy, kind)


def _lawful(policy: Policy, kind: Kind) -> Need:
    """What California asks of somebody without an account; other laws leave it to the controller."""
    if _CALIFORNIA not in policy.regimes or kind.value not in _PIECES | _REASONABLE:
        return NOTHING
    high = kind.value in _PIECES
    return Need(figure(_CALIFORNIA, "verify.points.high" if high else "verify.points").amount, high)


def _of(tier: Tier) -> Need:
    return Need(tier.points, tier.declaration)


def _strength(one: Need) -> tuple[int, bool]:
    return one.points, one.declaration


def _less(asked: Need, shown: int, most: int | None = None) -> Need:
    left = max(0, asked.points - shown)
    return Need(left if most is None else min(left, most), asked.declaration and most is None)


def _of_party(work: Work, request_id: str) -> tuple[Proof, ...]:
    who = work.db.scalar(sa.select(tables.request_party.c.who).where(tables.request_party.c.request == request_id))
    return () if who is None else parties.NEEDED[who]


def _row(work: Work, request_id: str) -> sa.Row[tuple[object, ...]] | None:
    return work.db.execute(sa.select(tables.request_identity).where(_c.request == request_id)).first()


def _change(work: Work, request_id: str, **values: object) -> None:
    work.db.execute(sa.update(tables.request_identity).where(_c.request == request_id).values(**values))
