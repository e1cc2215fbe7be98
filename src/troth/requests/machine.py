"""THE state machine of a request: one table, written before the code; requests move only through it.

::

    received ──wait──▶ cooling_off ──recall──▶ recalled
        │                  │
      begin              elapse
        ▼                  ▼
        └──────▶ in_progress ──complete──▶ fulfilled
                  │  ▲     └──refuse──▶ refused
               block retry
                  ▼  │
                 blocked

A blocked request is open: something outside failed, `blocked` says what, and the next attempt goes on where the
last one stopped. Every path ends in a final state and nothing leaves one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from troth.base.errors import ConflictError


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    """Recorded; no work has begun."""
    COOLING_OFF = "cooling_off"
    """Waiting for the day on which it takes effect; the person may take it back until then."""
    IN_PROGRESS = "in_progress"
    """Being worked on."""
    BLOCKED = "blocked"
    """Open, but something outside failed; it is tried again."""
    FULFILLED = "fulfilled"
    """Done, with evidence."""
    RECALLED = "recalled"
    """Taken back by the person in time; nothing was done."""
    REFUSED = "refused"
    """Ended by a rule that no later attempt can change, such as a person whose key has been destroyed."""


class Event(StrEnum):
    """What can happen to a request."""

    WAIT = "wait"
    BEGIN = "begin"
    ELAPSE = "elapse"
    RECALL = "recall"
    BLOCK = "block"
    RETRY = "retry"
    COMPLETE = "complete"
    REFUSE = "refuse"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.RECEIVED, Event.WAIT): State.COOLING_OFF,
    (State.RECEIVED, Event.BEGIN): State.IN_PROGRESS,
    (State.COOLING_OFF, Event.ELAPSE): State.IN_PROGRESS,
    (State.COOLING_OFF, Event.RECALL): State.RECALLED,
    (State.IN_PROGRESS, Event.BLOCK): State.BLOCKED,
    (State.IN_PROGRESS, Event.COMPLETE): State.FULFILLED,
    (State.IN_PROGRESS, Event.REFUSE): State.REFUSED,
    (State.BLOCKED, Event.RETRY): State.IN_PROGRESS,
}

START = State.RECEIVED
FINAL: frozenset[State] = frozenset(State) - {before for before, _ in TRANSITIONS}
OPEN: frozenset[State] = frozenset(State) - FINAL


def move(state: State, event: Event) -> State:
    """The state after `event`.

    Raises:
        ConflictError: `requests.not-possible`, when the table has no such line.
    """
    after = TRANSITIONS.get((state, event))
    if after is None:
        raise ConflictError(
            "requests.not-possible",
            f"`{event.value}` is not possible while the request is `{state.value}`",
            hint=f"possible now: {', '.join(possible(state)) or 'nothing, the request is closed'}",
        )
    return after


def possible(state: State) -> tuple[Event, ...]:
    """The events that the table has for `state`, in the table's order."""
    return tuple(event for before, event in TRANSITIONS if before == state)
