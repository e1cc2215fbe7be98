"""What a request is, and what is shown of it. Pure: types and rules, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from troth.regimes.model import Pause
from troth.requests.kinds import Kind
from troth.requests.machine import FINAL, Event, State

Stage = Literal["acknowledge", "answer"]
"""What a time limit is for: a first word that the request arrived, or the answer itself."""

Note = Literal[
    "open",
    "read",
    "show",
    "acknowledge",
    "extend",
    "miss",
    "submit",
    "mismatch",
    "discard",
    "assign",
    "reveal",
    "propose",
    "approve",
    "decline",
    "expire",
    "keep",
    "announce",
    "lift",
    "pay",
]
"""What a timeline tells of beside the moves of the machine."""

OF_STAFF: frozenset[Note] = frozenset({"assign", "reveal", "propose", "approve", "decline", "expire"})
"""What staff do among themselves, which the person is not told of: nothing of it decides anything about them yet."""


@dataclass(frozen=True)
class Deadline:
    """One time limit that runs on a request; several may run at once and each stays visible.

    `source` says who set it; `clause` is the policy's clause or `regime:figure`; `period` is the limit as it was
    stated; `provisional` says that the calendar of working days does not reach that far yet, so that it may move.
    `stage` says what must have happened by then; `pausable` what time stands still for while it is awaited, since
    `paused_at`. It was `met_at`, or `missed_at` was written down: a limit that is over is never silent.
    """

    source: Literal["policy", "law"]
    clause: str
    period: str
    due_at: datetime
    provisional: bool
    stage: Stage = "answer"
    pausable: tuple[Pause, ...] = ()
    extended: bool = False
    paused_at: datetime | None = None
    met_at: datetime | None = None
    missed_at: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether time runs against it."""
        return self.met_at is None and self.paused_at is None


@dataclass(frozen=True)
class Request:
    """One request of one person, as it stands.

    `version` and `audience` say by which promises it is kept: those that held for the person when they asked.
    `act_at` is the end of the cooling-off period, when it takes effect; `blocked` is the code of what keeps it from
    going on (or that ended it, when it was refused); `deadlines` are ordered, the strictest first.
    """

    id: str
    reference: str
    subject: str
    kind: Kind
    state: State
    version: str
    language: str
    channel: str
    opened_at: datetime
    act_at: datetime | None
    blocked: str | None
    closed_at: datetime | None
    deadlines: tuple[Deadline, ...]
    audience: str | None = None

    @property
    def closed(self) -> bool:
        """Whether it is in a final state."""
        return self.state in FINAL

    @property
    def due(self) -> Deadline | None:
        """The deadline that counts: the strictest of those that are not met; of a closed request, of all."""
        waiting = [one for one in self.deadlines if one.met_at is None]
        return next(iter(waiting or self.deadlines), None)

    def recallable(self, at: datetime) -> bool:
        """Whether the person may still take it back at `at`: nothing of it was done yet."""
        if self.state is State.COOLING_OFF:
            return self.act_at is not None and at < self.act_at
        return self.state in {State.IDENTIFYING, State.IN_REVIEW, State.CLARIFYING, State.PRICED}


@dataclass(frozen=True)
class Step:
    """One line of a request's timeline: what happened, what it led to, and its entry in the journal."""

    number: int
    at: datetime
    event: Event | Note
    state: State
    code: str | None
    entry: int
    by: str | None = None


@dataclass(frozen=True)
class Late:
    """A deadline that an open request has passed, and by how much."""

    request: Request
    deadline: Deadline
    by: timedelta


@dataclass(frozen=True)
class Certificate:
    """The evidence of an erasure: counts and names of data sets, no personal data; `digest` is in the journal."""

    request: str
    body: Mapping[str, Any]
    digest: str
    made_at: datetime


ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that nobody confuses when reading them out: no 0 and O, no 1, I and L, no U beside V."""

_LENGTH = 6


def reference(initial: str, random: bytes) -> str:
    """A short name for people to quote, such as `K-7F3Q-2M`; `initial` is that of the policy's name."""
    number, letters = int.from_bytes(random), ""
    for _ in range(_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters += ALPHABET[place]
    return f"{initial.upper()}-{letters[:4]}-{letters[4:]}"
