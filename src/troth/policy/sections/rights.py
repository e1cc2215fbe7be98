"""What a person may ask for, how, how soon it is answered, and on which grounds it may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from troth.base.period import Period
from troth.policy.schema.marks import Deadline, FactName, ItemOrCategory, OneOf, Words
from troth.policy.sections.words import Channel, Start

RightName = Literal[
    "access",
    "copy",
    "correction",
    "erasure",
    "portability",
    "restriction",
    "objection",
    "withdrawal",
    "opt-out",
    "close_account",
    "explanation",
    "complaint",
    "deceased",
    "policy",
]
RightId = Annotated[str, OneOf(get_args(RightName))]
Who = Literal["self", "agent", "guardian", "close-relative"]


@dataclass(frozen=True)
class Frequency:
    """How many requests of a kind are answered in a period."""

    times: int
    per: Period


@dataclass(frozen=True)
class Right:
    """One right. `within` is its deadline, `vaguely` the words that stand in place of one.

    `cooling_off` runs before a closure takes effect; `after` lists facts that must hold first; `cases` are the
    situations in which it is given; `locked` items cannot be changed by oneself; `extension` may lengthen `within`.
    """

    id: str
    label: Words
    by: tuple[Channel, ...] = ()
    path: Words | None = None
    who: tuple[Who, ...] = ("self",)
    within: Deadline | None = None
    counts_from: Start = "receipt"
    vaguely: Words | None = None
    acknowledge: Period | None = None
    extension: Period | None = None
    cooling_off: Period | None = None
    frequency: Frequency | None = None
    after: tuple[FactName, ...] = ()
    items: tuple[ItemOrCategory, ...] = ()
    locked: tuple[ItemOrCategory, ...] = ()
    cases: Mapping[str, Words] = field(default_factory=dict)
    tell_recipients: bool = False
    backups: Words | None = None
    effects: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """A reason to refuse; a discretionary one is weighed, the others must be followed."""

    id: str
    label: Words
    discretionary: bool = False
    needs_evidence: bool = False


@dataclass(frozen=True)
class Fee:
    """What a request costs."""

    first: Literal["free", "cost"] = "free"
    repeated: Literal["free", "cost"] = "free"
    label: Words | None = None


@dataclass(frozen=True)
class Requests:
    """What holds for every request: the deadline where a right states none, proofs, fees and grounds to refuse."""

    within: Deadline | None = None
    counts_from: Start = "receipt"
    vaguely: Words | None = None
    proof: Mapping[str, Words] = field(default_factory=dict)
    fee: Fee | None = None
    refuse: Mapping[str, Ground] = field(default_factory=dict)
    appeal: Words | None = None
