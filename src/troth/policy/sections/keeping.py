"""How data is kept: security, retention, where it is stored, and children's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from troth.base.period import Period
from troth.policy.schema.marks import Country, ItemOrCategory, Words, called
from troth.policy.sections.words import Grade, Start


@dataclass(frozen=True)
class Measure:
    """A security measure. `names` are the algorithms or protocols it names, `every` how often it is repeated.

    `protects` says whether it guards data on their way or where they lie.
    """

    id: str
    label: Words
    kind: Literal["encryption", "access-control", "protection", "training", "management", "client", "other"]
    names: tuple[str, ...] = ()
    protects: Literal["transit", "storage"] | None = None
    every: Period | None = None
    vaguely: Words | None = None


@dataclass(frozen=True)
class Report:
    """A report that the policy undertakes to publish: evidence that can be asked for."""

    id: str
    label: Words
    every: Period | None = None
    vaguely: Words | None = None


@dataclass(frozen=True)
class Security:
    """What protects the data, what shows it, what it cannot do, and what the person must do."""

    measures: Mapping[str, Measure] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    warnings: Mapping[str, Words] = field(default_factory=dict)
    duties: Mapping[str, Words] = field(default_factory=dict)
    liability: Words | None = None


@dataclass(frozen=True)
class Retention:
    """How long something is kept: for a period, until an event, or `unstated`; and what happens then."""

    id: str
    items: tuple[ItemOrCategory, ...]
    then: tuple[Literal["erase", "anonymise", "restrict"], ...]
    period: Period | Literal["unstated"] | None = field(default=None, metadata=called("for"))
    until: Words | None = None
    exceptions: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Abroad:
    """When data may leave the country: `rule` says what the text claims, `needs` and `grade` what it asks for."""

    rule: Literal["never", "conditions"]
    grade: Grade = "none"
    needs: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Storage:
    """Where data is stored."""

    inside: tuple[Country, ...] = field(metadata=called("in"))
    abroad: Abroad | None = None


@dataclass(frozen=True)
class Band:
    """A rule for one age band; `inclusive` puts the limit itself into the band, `at_least` is where it begins."""

    id: str
    below: int
    rule: Literal["barred", "guardian", "sensitive", "opt-in"]
    inclusive: bool = False
    at_least: int | None = None


@dataclass(frozen=True)
class Minors:
    """Who is too young, and what holds for them; `bands` add rules for younger ages."""

    below: int
    rule: Literal["barred", "guardian"]
    bands: Mapping[str, Band] = field(default_factory=dict)
    limits: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Incident:
    """What is told, to whom and how, when data has been breached."""

    say: Mapping[str, Words]
    by: tuple[Literal["email", "phone", "push", "post", "sms", "fax", "announcement"], ...]
    otherwise: Words | None = field(default=None, metadata=called("else"))
    report: Words | None = None
    within: Period | None = None
    counts_from: Start = "receipt"
    vaguely: Words | None = None
    acts: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Stop:
    """What happens when the service ends."""

    tell: tuple[Literal["individually", "push", "announcement", "email"], ...]
    then: tuple[Literal["erase", "anonymise"], ...]
    within: Period | None = None
    vaguely: Words | None = None
    collection: Words | None = None


@dataclass(frozen=True)
class Changes:
    """How the policy itself changes: which changes are material, how they are told, what refusing them means."""

    material: Mapping[str, Words] = field(default_factory=dict)
    tell: tuple[Literal["popup", "push", "email", "homepage", "announcement"], ...] = ()
    when: Words | None = None
    notice: Period | None = None
    refuse_means: Words | None = None
    new_purpose: Grade = "none"
    keeps_versions: bool = False
