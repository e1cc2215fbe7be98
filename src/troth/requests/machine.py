"""THE state machine of a request: one table, written before the code; requests move only through it.

It is drawn, from the table, in `docs/reference/requests.md`. A request that is blocked, held or waits for an answer is
open: `blocked` says why, and it goes on where it stopped. Every path ends in a final state and nothing leaves one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from troth.base.errors import ConflictError


class State(StrEnum):
    """Where a request stands."""

    RECEIVED = "received"
    """Recorded; no work has begun."""
    IDENTIFYING = "identifying"
    """Waiting until whoever asks has shown who they are, or that they may ask for somebody else."""
    DOUBTED = "doubted"
    """Work has begun, and nothing is done yet; the rest waits until whoever asks has shown who they are after all."""
    IN_REVIEW = "in_review"
    """Somebody writes the answer, refuses it, says what it will cost, or lets it be carried out."""
    CLARIFYING = "clarifying"
    """Waiting for the person to say what exactly they mean."""
    PRICED = "priced"
    """Waiting for the person to agree to what it will cost."""
    DECIDING = "deciding"
    """Work has begun; the rest of it waits until somebody has decided."""
    COOLING_OFF = "cooling_off"
    """Waiting for the day on which it takes effect; the person may take it back until then."""
    IN_PROGRESS = "in_progress"
    """Being worked on."""
    HELD = "held"
    """Open, but a legal hold forbids it for now; releasing the hold resumes it."""
    BLOCKED = "blocked"
    """Open, but something outside failed; it is tried again."""
    FULFILLED = "fulfilled"
    """Done, with evidence."""
    RECALLED = "recalled"
    """Taken back by the person in time; nothing was done."""
    REFUSED = "refused"
    """Ended on a ground of the policy, or by a rule that no later attempt can change."""
    LAPSED = "lapsed"
    """Ended because the person did not show who they are, or did not answer, in the time they were given."""


class Event(StrEnum):
    """What can happen to a request."""

    IDENTIFY = "identify"
    PROVE = "prove"
    DOUBT = "doubt"
    REVIEW = "review"
    ASK = "ask"
    REPLY = "reply"
    PRICE = "price"
    ACCEPT = "accept"
    PROCEED = "proceed"
    LAPSE = "lapse"
    WAIT = "wait"
    BEGIN = "begin"
    ELAPSE = "elapse"
    RECALL = "recall"
    HOLD = "hold"
    RELEASE = "release"
    BLOCK = "block"
    RETRY = "retry"
    COMPLETE = "complete"
    REFUSE = "refuse"


TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.RECEIVED, Event.IDENTIFY): State.IDENTIFYING,
    (State.RECEIVED, Event.REVIEW): State.IN_REVIEW,
    (State.RECEIVED, Event.WAIT): State.COOLING_OFF,
    (State.RECEIVED, Event.BEGIN): State.IN_PROGRESS,
    (State.IDENTIFYING, Event.PROVE): State.RECEIVED,
    (State.IDENTIFYING, Event.LAPSE): State.LAPSED,
    (State.IDENTIFYING, Event.REFUSE): State.REFUSED,
    (State.IDENTIFYING, Event.RECALL): State.RECALLED,
    (State.DOUBTED, Event.PROVE): State.IN_PROGRESS,
    (State.DOUBTED, Event.LAPSE): State.LAPSED,
    (State.DOUBTED, Event.REFUSE): State.REFUSED,
    (State.IN_REVIEW, Event.ASK): State.CLARIFYING,
    (State.IN_REVIEW, Event.PRICE): State.PRICED,
    (State.IN_REVIEW, Event.PROCEED): State.IN_PROGRESS,
    (State.IN_REVIEW, Event.COMPLETE): State.FULFILLED,
    (State.IN_REVIEW, Event.DOUBT): State.IDENTIFYING,
    (State.IN_REVIEW, Event.REFUSE): State.REFUSED,
    (State.IN_REVIEW, Event.RECALL): State.RECALLED,
    (State.CLARIFYING, Event.REPLY): State.IN_REVIEW,
    (State.CLARIFYING, Event.LAPSE): State.LAPSED,
    (State.CLARIFYING, Event.RECALL): State.RECALLED,
    (State.PRICED, Event.ACCEPT): State.IN_REVIEW,
    (State.PRICED, Event.LAPSE): State.LAPSED,
    (State.PRICED, Event.RECALL): State.RECALLED,
    (State.DECIDING, Event.PROCEED): State.IN_PROGRESS,
    (State.DECIDING, Event.DOUBT): State.DOUBTED,
    (State.DECIDING, Event.REFUSE): State.REFUSED,
    (State.COOLING_OFF, Event.ELAPSE): State.IN_PROGRESS,
    (State.COOLING_OFF, Event.DOUBT): State.IDENTIFYING,
    (State.COOLING_OFF, Event.RECALL): State.RECALLED,
    (State.IN_PROGRESS, Event.BLOCK): State.BLOCKED,
    (State.IN_PROGRESS, Event.HOLD): State.HELD,
    (State.IN_PROGRESS, Event.REVIEW): State.DECIDING,
    (State.IN_PROGRESS, Event.COMPLETE): State.FULFILLED,
    (State.IN_PROGRESS, Event.REFUSE): State.REFUSED,
    (State.BLOCKED, Event.RETRY): State.IN_PROGRESS,
    (State.BLOCKED, Event.DOUBT): State.DOUBTED,
    (State.HELD, Event.RELEASE): State.IN_PROGRESS,
    (State.HELD, Event.DOUBT): State.DOUBTED,
}

START = State.RECEIVED
FINAL: frozenset[State] = frozenset(State) - {before for before, _ in TRANSITIONS}
OPEN: frozenset[State] = frozenset(State) - FINAL

RUNS: frozenset[State] = frozenset({State.RECEIVED, State.IN_PROGRESS, State.BLOCKED})
"""The states in which a worker carries a request on. In the others it waits for a day or for somebody."""

IDENTIFIES: frozenset[State] = frozenset({State.IDENTIFYING, State.DOUBTED})
"""The states in which whoever asks shows who they are, or that they may."""

AWAITS_PERSON: frozenset[State] = IDENTIFIES | {State.CLARIFYING, State.PRICED}
"""The states in which it is the person's turn; where a law lets time stand still, it does so here."""


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
