"""What a request is, and what is shown of it. Pure: types and rules, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from troth.base.errors import InputError
from troth.requests.machine import FINAL, Event, State


class Kind(StrEnum):
    """What a person may ask for; the name of the right in the policy is the same."""

    COPY = "copy"
    CLOSE_ACCOUNT = "close_account"
    ERASURE = "erasure"


ERASING: frozenset[Kind] = frozenset({Kind.CLOSE_ACCOUNT, Kind.ERASURE})
"""The kinds after which data are gone."""


def kind_of(word: str) -> Kind:
    """The kind that `word` names.

    Raises:
        InputError: `requests.unknown-kind`.
    """
    if word not in list(Kind):
        raise InputError(
            "requests.unknown-kind",
            f"`{word}` is not a kind of request",
            hint=f"use one of {', '.join(Kind)}",
        )
    return Kind(word)


@dataclass(frozen=True)
class Deadline:
    """One time limit that runs on a request; several may run at once and each stays visible.

    `source` says who set it; `clause` is the policy's clause or `regime:figure`; `period` is the limit as it was
    stated; `provisional` says that the calendar of working days does not reach that far yet, so that it may move.
    """

    source: Literal["policy", "law"]
    clause: str
    period: str
    due_at: datetime
    provisional: bool


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
        """The deadline that counts: the strictest."""
        return self.deadlines[0] if self.deadlines else None

    def recallable(self, at: datetime) -> bool:
        """Whether the person may still take it back at `at`."""
        return self.state is State.COOLING_OFF and self.act_at is not None and at < self.act_at


@dataclass(frozen=True)
class Step:
    """One line of a request's timeline: what happened, what it led to, and its entry in the journal."""

    number: int
    at: datetime
    event: Event | Literal["open"]
    state: State
    code: str | None
    entry: int


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
