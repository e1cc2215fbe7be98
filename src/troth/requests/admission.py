"""Whether a request may be opened now: what the policy asks for first, and what else the person has under way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import sqlalchemy as sa

from troth.base.calendar import due
from troth.base.errors import ConflictError, RefusedError
from troth.base.work import Work
from troth.policy.model import Frequency
from troth.regimes import regime
from troth.requests import deadline, tables
from troth.requests.kinds import FETCHED, Kind, Way, of_way
from troth.requests.machine import RUNS, State
from troth.requests.model import Request
from troth.subjects import facts
from troth.versions.service import Version

IDENTITY = "identity.verified"

_ALWAYS = frozenset({Kind.COPY, Kind.POLICY, Kind.ERASURE, Kind.CLOSE_ACCOUNT, Kind.WITHDRAWAL, Kind.COMPLAINT})
"""What everybody may ask for, whatever a policy says: to see, to read, to leave, to take back, to complain."""

_PERSONAL = of_way(Way.PACKAGE, Way.CORRECT) | {Kind.DISCLOSURES}
"""Kinds whose answer holds personal data, or that change what is known of somebody."""

_SHOWN_BY: Mapping[str, frozenset[str]] = {
    IDENTITY: frozenset({"verified.phone", "verified.email"}),
    "phone.verified": frozenset({"verified.phone"}),
    "email.verified": frozenset({"verified.email"}),
}
"""Conditions of a policy, and the facts of which any one meets them; other conditions are facts themselves."""

_UNANSWERED = frozenset({State.RECALLED.value, State.LAPSED.value})
_RUNNING = frozenset(state.value for state in RUNS)

_r = tables.request.c
_EARLIER = sa.select(_r.subject, _r.kind, _r.state, _r.opened_at, _r.act_at).where(
    _r.subject.in_(sa.bindparam("people", expanding=True)), _r.kind.in_(sa.bindparam("kinds", expanding=True))
)


@dataclass(frozen=True)
class Before:
    """What of a request that was opened before bears on the next of the same person."""

    kind: str
    state: str
    opened_at: datetime
    act_at: datetime | None


def check(work: Work, version: Version, subject: str, kind: Kind, *, identified: bool = True) -> None:
    """Let the request be opened, or say what stands in the way. Raises as `admit`."""
    before = earlier(work, [subject], [kind])[subject]
    admit(version, kind, facts.facts(work, subject), before, work.at, identified=identified)


def earlier(work: Work, people: Sequence[str], kinds: Collection[Kind]) -> Mapping[str, Sequence[Before]]:
    """The requests of these people that bear on a new one of these kinds; one statement for up to 500 of them."""
    found: dict[str, list[Before]] = {one: [] for one in people}
    wanted = {"people": list(found), "kinds": sorted({kind.value for kind in (*kinds, Kind.CLOSE_ACCOUNT)})}
    for subject, *row in work.db.execute(_EARLIER, wanted):
        found[subject].append(Before(*row))
    return found


def admit(
    version: Version,
    kind: Kind,
    known: Collection[str],
    before: Collection[Before],
    at: datetime,
    *,
    identified: bool = True,
) -> None:
    """Let somebody open a request of whom these facts are `known`; who is not `identified` yet shows that later.

    Raises:
        RefusedError: `requests.condition-missing`, naming the clause; `requests.not-granted`, `requests.too-often`.
        ConflictError: `requests.closing`.
    """
    if not granted(version, kind):
        raise RefusedError(
            "requests.not-granted",
            f"the policy grants no right of `{kind.value}`, and names no law that does",
            hint="write to the controller; the policy names the address",
        )
    _not_too_often(version, kind, before, at)
    for condition in _conditions(version, kind) if identified else ():
        if not _SHOWN_BY.get(condition, frozenset({condition})) & set(known):
            raise RefusedError(
                "requests.condition-missing",
                f"clause `rights.{kind.value}.after` asks for `{condition}` first",
                hint="sign in with a code sent to your phone or e-mail, then ask again"
                if condition == IDENTITY
                else "meet the condition, then ask again",
            )
    if any(one.kind == Kind.CLOSE_ACCOUNT and _is_carried_out(one, at) for one in before):
        raise ConflictError(
            "requests.closing", "the account is being closed right now", hint="there is nothing left to ask for"
        )


def granted(version: Version, kind: Kind) -> bool:
    """Whether the policy or a law that it names gives that right; some, everybody has."""
    lawful = any(kind.value in regime(name).rights for name in version.policy.regimes)
    return kind.value in version.policy.rights or lawful or kind in _ALWAYS


def waits_for(work: Work, request: Request) -> str | None:
    """The id of another request of the same person that must end before this one may change anything.

    What was asked for first is done first, and a copy is made before the data are gone. A request in its
    cooling-off period counts from the end of it, so that nothing waits for that.
    """
    if request.kind not in of_way(Way.ERASE, Way.CORRECT):
        return None
    at_any_time = FETCHED if request.kind in of_way(Way.ERASE) else ()
    table = tables.request.c
    starts = sa.func.coalesce(table.act_at, table.opened_at)
    begins = sa.literal(request.act_at or request.opened_at, table.opened_at.type)
    first = sa.or_(starts < begins, sa.and_(starts == begins, table.id < request.id))
    chosen = sa.select(table.id).where(
        table.subject == request.subject,
        table.id != request.id,
        _carried_out(work),
        sa.or_(table.kind.in_([kind.value for kind in at_any_time]), first),
    )
    found: str | None = work.db.execute(chosen.order_by(table.id).limit(1)).scalar()
    return found


def _not_too_often(version: Version, kind: Kind, before: Collection[Before], at: datetime) -> None:
    right = version.policy.rights.get(kind.value)
    if right is None or right.frequency is None:
        return
    often = right.frequency
    counted = [one.opened_at for one in before if one.kind == kind and one.state not in _UNANSWERED]
    where = deadline.zone(version.policy)
    recent = [again for again in (free_again(one, often, where) for one in set(counted)) if again >= at]
    if len(recent) >= often.times:
        raise RefusedError(
            "requests.too-often",
            f"clause `rights.{kind.value}.frequency` allows `{often.times}` in `{often.per}`",
            hint=f"ask again after {min(recent).astimezone(where):%Y-%m-%d}",
        )


def free_again(asked_at: datetime, often: Frequency, where: tzinfo) -> datetime:
    """Until when a request that was asked then counts."""
    if often.counted == "calendar-year":
        return datetime(asked_at.astimezone(where).year + 1, 1, 1, tzinfo=where) - timedelta(microseconds=1)
    return due(asked_at, often.per, zone=where).at


def _conditions(version: Version, kind: Kind) -> tuple[str, ...]:
    right = version.policy.rights.get(kind.value)
    stated = tuple(right.after) if right else ()
    # Data are handed to nobody whose identity is not verified, even where a policy forgets to say so.
    return stated if kind not in _PERSONAL or IDENTITY in stated else (IDENTITY, *stated)


def _is_carried_out(one: Before, at: datetime) -> bool:
    """What `_carried_out` says in SQL."""
    over = one.state == State.COOLING_OFF and one.act_at is not None and one.act_at <= at
    return over or one.state in _RUNNING


def _carried_out(work: Work) -> sa.ColumnElement[bool]:
    """Such that a worker carries it out now; what waits for a person, or for a day, keeps nobody else waiting."""
    table = tables.request.c
    over = sa.and_(table.state == State.COOLING_OFF.value, table.act_at <= work.at)
    return sa.or_(table.state.in_([state.value for state in RUNS]), over)
