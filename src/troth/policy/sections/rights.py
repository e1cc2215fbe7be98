"""What a person may ask for, how, how soon it is answered, and on which grounds it may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, get_args

from troth.base.period import Period
from troth.policy.schema.marks import Deadline, Email, FactName, ItemOrCategory, OneOf, Words
from troth.policy.sections.words import Channel, Grade, Start

RightName = Literal[
    "access",
    "know",
    "disclosures",
    "copy",
    "correction",
    "erasure",
    "portability",
    "restriction",
    "objection",
    "withdrawal",
    "opt-out",
    "opt-in",
    "limit",
    "close_account",
    "explanation",
    "complaint",
    "deceased",
    "policy",
]
RightId = Annotated[str, OneOf(get_args(RightName))]
Who = Literal["self", "agent", "guardian", "close-relative"]


@dataclass(frozen=True)
class Ground:
    """A reason to refuse; a discretionary one is weighed, the others must be followed."""

    id: str
    label: Words
    discretionary: bool = False
    needs_evidence: bool = False
    limits: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Frequency:
    """How many requests of a kind are answered in a period: in any such period, or, where it is `counted` by the
    calendar year, from the first of January on."""

    times: int
    per: Period
    counted: Literal["rolling", "calendar-year"] = "rolling"


@dataclass(frozen=True)
class Right:
    """One right. `within` is its deadline, `vaguely` the words that stand in place of one.

    `email` is a mailbox of this right alone, in place of the controller's. `by_yourself` says that the text calls it
    something that a person does alone. `cooling_off` runs before a closure takes effect; `after` lists facts that must
    hold first; `cases` are the situations in which it is given; `locked` items cannot be changed by oneself;
    `extension` may lengthen `within`.
    An answer has `contents`, never shows what is `withheld`, reaches back by `lookback` and goes out by `delivery`;
    `refuse` are grounds of this right alone; `asked_again` is the time after an opt-out in which nobody is asked to
    come back; `account_needed` says whether only somebody with an account can use it.
    """

    id: str
    label: Words
    by: tuple[Channel, ...] = ()
    email: Email | None = None
    path: Words | None = None
    by_yourself: bool = False
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
    contents: Mapping[str, Words] = field(default_factory=dict)
    withheld: Mapping[str, Words] = field(default_factory=dict)
    delivery: Mapping[str, Words] = field(default_factory=dict)
    lookback: Period | None = None
    asked_again: Period | None = None
    account_needed: bool | None = None
    refuse: Mapping[str, Ground] = field(default_factory=dict)


@dataclass(frozen=True)
class Fee:
    """What a request costs."""

    first: Literal["free", "cost"] = "free"
    repeated: Literal["free", "cost"] = "free"
    label: Words | None = None
    told: Words | None = None
    tariff: Words | None = None


@dataclass(frozen=True)
class Tier:
    """How surely somebody is identified before these rights are answered: by how many known data points (0: by an
    account), and whether a signed declaration is needed as well."""

    id: str
    label: Words
    points: int = 0
    declaration: bool = False
    rights: tuple[RightName, ...] = ()


@dataclass(frozen=True)
class Agents:
    """Who may ask for somebody else: `appointed` says how, `proof` what they may have to show."""

    appointed: Mapping[str, Words] = field(default_factory=dict)
    proof: Mapping[str, Words] = field(default_factory=dict)
    refused: Words | None = None


@dataclass(frozen=True)
class Exemption:
    """People or data for which rights do not hold, until a day if one is named; `instead` is where they turn."""

    id: str
    label: Words
    rights: tuple[RightName, ...] = ()
    until: date | None = None
    instead: Words | None = None


@dataclass(frozen=True)
class Fairness:
    """What using a right never costs, and the incentives that are offered all the same, on which consent."""

    never: Mapping[str, Words] = field(default_factory=dict)
    incentives: Mapping[str, Words] = field(default_factory=dict)
    grade: Grade = "none"


@dataclass(frozen=True)
class Requests:
    """What holds for every request: the deadline where a right states none, proofs, fees and grounds to refuse.

    `needs` is what a request must bring, `tiers` how its sender is verified, `use_of_proof` what the proof serves.
    """

    within: Deadline | None = None
    counts_from: Start = "receipt"
    vaguely: Words | None = None
    proof: Mapping[str, Words] = field(default_factory=dict)
    fee: Fee | None = None
    refuse: Mapping[str, Ground] = field(default_factory=dict)
    appeal: Words | None = None
    needs: Mapping[str, Words] = field(default_factory=dict)
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    use_of_proof: Words | None = None
    agents: Agents | None = None
