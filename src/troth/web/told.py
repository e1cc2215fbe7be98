"""Requests as people and staff are told of them: time left in words, deadlines by who set them, and what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from troth.base.errors import InputError
from troth.base.period import parse_period
from troth.requests.machine import State
from troth.requests.model import Deadline, Request, Step
from troth.web.i18n import Words

SOON: Final = timedelta(days=5)
"""From when a deadline that comes near is shown as due soon."""

_OF_AN_ACT: Final = frozenset({"propose", "approve", "decline", "expire"})
"""Steps whose code is an act that needs two people."""

Level = Literal["fine", "soon", "late"]


@dataclass(frozen=True)
class Left:
    """The time that is left until something: as a colour and as words, because a colour alone tells not everybody."""

    level: Level
    words: str


@dataclass(frozen=True)
class ToldDeadline:
    """One time limit in words."""

    source: str
    period: str
    clause: str
    due: str
    left: Left | None
    provisional: bool


@dataclass(frozen=True)
class ToldStep:
    """One line of the timeline."""

    at: str
    what: str
    why: str | None
    entry: int
    by: str | None


@dataclass(frozen=True)
class Told:
    """One request in words; `left` is of the deadline that counts and None once the request is closed."""

    id: str
    reference: str
    kind: str
    state: State
    state_words: str
    opened: str
    closed: str | None
    takes_effect: str | None
    recallable: bool
    left: Left | None
    why_blocked: str | None
    deadlines: tuple[ToldDeadline, ...]
    steps: tuple[ToldStep, ...]


def tell(words: Words, request: Request, at: datetime, steps: tuple[Step, ...] = ()) -> Told:
    """The request as it stands at `at`."""
    return replace(
        line(words, request, at),
        deadlines=tuple(_deadline(words, one, at, running=not request.closed) for one in request.deadlines),
        steps=tuple(_step(words, step) for step in steps),
    )


def line(words: Words, request: Request, at: datetime) -> Told:
    """The same for one line of a list: the other limits and the steps are told on the request's own page."""
    due, done = request.due, request.state is State.FULFILLED
    told = request.state is State.PRICED or _of_policy(request.blocked)
    return Told(
        id=request.id,
        reference=request.reference,
        kind=words.choice("request.kind", request.kind),
        state=request.state,
        state_words=words.choice("request.state", request.state),
        opened=words.moment(request.opened_at),
        closed=words.moment(request.closed_at) if request.closed_at else None,
        takes_effect=words.moment(request.act_at) if request.state is State.COOLING_OFF and request.act_at else None,
        recallable=request.recallable(at),
        left=left(words, due.due_at, at) if due and not request.closed else None,
        why_blocked=_why(words, request.blocked) if request.blocked and not (done or told) else None,
        deadlines=(),
        steps=(),
    )


def left(words: Words, due_at: datetime, at: datetime) -> Left:
    """How long until `due_at`, or since."""
    remaining = due_at - at
    if remaining < timedelta():
        return Left("late", words("left.late", length=words.length(remaining)))
    level: Level = "soon" if remaining < SOON else "fine"
    return Left(level, words.choice("left", level, length=words.length(remaining)))


def period(words: Words, stated: str) -> str:
    """A period as the law or policy states it, in the language; left as it is where it cannot be read."""
    try:
        return parse_period(stated).words(words.language)
    except InputError:
        return stated


def _deadline(words: Words, deadline: Deadline, at: datetime, *, running: bool) -> ToldDeadline:
    return ToldDeadline(
        source=words.choice("deadline.source", deadline.source),
        period=period(words, deadline.period),
        clause=deadline.clause,
        due=words.moment(deadline.due_at),
        left=left(words, deadline.due_at, at) if running else None,
        provisional=deadline.provisional,
    )


def _step(words: Words, step: Step) -> ToldStep:
    what = words.choice("request.event", step.event)
    return ToldStep(words.moment(step.at), what, _because(words, step), step.entry, step.by)


def _because(words: Words, step: Step) -> str | None:
    if step.code is None or _of_policy(step.code):
        return None
    return words.choice("act", step.code) if step.event in _OF_AN_ACT else _why(words, step.code)


def _of_policy(code: str | None) -> bool:
    """Whether it is a ground of the policy: what that says stands beside the request, in the policy's own words."""
    return code is not None and code.startswith("ground.")


def _why(words: Words, code: str) -> str:
    return words.member("blocked", code) or words("blocked.other")
