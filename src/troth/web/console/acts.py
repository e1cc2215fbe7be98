"""What whoever is signed in may do with a request as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from troth.base.text import said
from troth.base.work import Work
from troth.requests import record
from troth.requests.deciding import proposals
from troth.requests.deciding.eyes import BY_WAY, needed
from troth.requests.deciding.review import grounds
from troth.requests.desk.lists import assignees
from troth.requests.holds import holds_on
from troth.requests.kinds import WAYS, Way
from troth.requests.machine import Event, possible
from troth.requests.model import Request
from troth.requests.proof import identity
from troth.web.console.seeing import colleagues, decides, me, sees_names
from troth.web.visit import Visit


@dataclass(frozen=True)
class Acts:
    """What whoever is signed in may do with the request as it stands."""

    decides: bool = False
    erases: bool = False
    corrects: bool = False
    events: frozenset[Event] = frozenset()
    acknowledge: bool = False
    unproved: tuple[str, ...] = ()
    grounds: Sequence[tuple[str, str]] = ()
    holds: Sequence[tuple[str, str, str]] = ()
    waiting: Sequence[proposals.Proposal] = ()
    lets: str | None = None
    assignee: str | None = None
    colleagues: Sequence[str] = ()
    me: str = ""
    counts: bool = False


def acts(visit: Visit, work: Work, request: Request) -> Acts:
    """What is open to them; nothing on a closed request, nor to those who do not answer people."""
    given = assignees(work, [request.id]).get(request.id) if sees_names(visit) else None
    if request.closed or not decides(visit):
        return Acts(assignee=given, waiting=proposals.waiting(work, request.id) if not request.closed else ())
    named = grounds(record.promised(work, request).policy, request.kind)
    held = holds_on(work, request.subject)
    waiting = proposals.waiting(work, request.id)
    return Acts(
        decides=True,
        erases=WAYS[request.kind] is Way.ERASE and visit.role == "officer",
        corrects=WAYS[request.kind] is Way.CORRECT,
        events=frozenset(possible(request.state)),
        acknowledge=any(one.stage == "acknowledge" and one.met_at is None for one in request.deadlines),
        unproved=identity.missing(work, request.id),
        grounds=[(name, said(one.label, visit.words.language)) for name, one in named.items()],
        holds=[(one.id, one.reason, visit.words.day(one.placed_at)) for one in held],
        waiting=waiting,
        lets=_lets(visit, work, request, {one.act for one in waiting}),
        assignee=given,
        colleagues=colleagues(visit),
        me=me(visit),
        counts=WAYS[request.kind] in {Way.PACKAGE, Way.ERASE},
    )


def _lets(visit: Visit, work: Work, request: Request, waiting: set[str]) -> str | None:
    """What a worker waits to be allowed by two people, and nobody has proposed yet."""
    act = BY_WAY.get(WAYS[request.kind])
    if act is None or act in waiting or not needed(visit.app.settings.two_pairs, request.kind, act):
        return None
    return None if proposals.approved(work, request.id, [act]) else act
