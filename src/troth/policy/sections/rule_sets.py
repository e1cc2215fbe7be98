"""Rules for one audience: the residents of a state, the readers of one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from troth.policy.schema.marks import Clause, Country, DayOrMonth, LanguageName, Ordered, Words
from troth.policy.sections.data import (
    Category,
    ConsentFree,
    FlowLine,
    Function,
    Item,
    Matrix,
    Permission,
    Purpose,
    Signal,
    Technology,
)
from troth.policy.sections.keeping import Changes, Incident, Minors, Retention, Security, Stop, Storage
from troth.policy.sections.parties import Controller, Disputes, Recipient, Scope
from troth.policy.sections.rights import Exemption, Fairness, Requests, Right, RightId
from troth.policy.sections.words import Acceptance, ClosedList, Deemed, ProductKind


@dataclass(frozen=True)
class RuleSet:
    """What holds for one audience. It adds to the general rules and replaces those that it says anew; `without` are
    general clauses that do not hold for it. One that stands `alone` takes over nothing but the head of the policy:
    name, title, dates, languages and controller."""

    SCOPED: ClassVar[bool] = True  # its names are known inside it, and nowhere else

    id: str
    label: Words
    audience: Words | None = None
    region: Country | None = None
    alone: bool = False
    without: tuple[Clause, ...] = ()
    languages: Annotated[tuple[LanguageName, ...], Ordered()] = ()
    translated: tuple[LanguageName, ...] = ()
    title: Words | None = None
    updated: DayOrMonth | None = None
    effective: DayOrMonth | None = None
    controller: Controller | None = None
    regimes: tuple[str, ...] = ()
    acceptance: Acceptance | None = None
    deemed: tuple[Deemed, ...] = ()
    product: Words | None = None
    runs_on: tuple[ProductKind, ...] = ()
    scope: Scope = field(default_factory=Scope)
    related: Mapping[str, Words] = field(default_factory=dict)
    definitions: Mapping[str, Words] = field(default_factory=dict)
    principles: Mapping[str, Words] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    purposes: Mapping[str, Purpose] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    flows: Mapping[str, FlowLine] = field(default_factory=dict)
    matrices: Mapping[str, Matrix] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    technologies: Mapping[str, Technology] = field(default_factory=dict)
    also_called: tuple[str, ...] = ()
    signals: Mapping[str, Signal] = field(default_factory=dict)
    consent_free: Mapping[str, ConsentFree] = field(default_factory=dict)
    closed: tuple[ClosedList, ...] = ()
    security: Security = field(default_factory=Security)
    rights: Mapping[RightId, Right] = field(default_factory=dict)
    requests: Requests = field(default_factory=Requests)
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)
    fairness: Fairness = field(default_factory=Fairness)
    retention: Mapping[str, Retention] = field(default_factory=dict)
    minors: Minors | None = None
    storage: Storage | None = None
    changes: Changes = field(default_factory=Changes)
    incident: Incident | None = None
    stop: Stop | None = None
    disputes: Disputes | None = None
    statements: Mapping[str, Words] = field(default_factory=dict)
