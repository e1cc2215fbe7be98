"""A privacy policy as a value: everything that its author declares, checked and resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Literal

from troth.base.canonical import digest
from troth.base.errors import Position
from troth.policy.schema.addresses import addresses
from troth.policy.schema.marks import Clause, Code, DayOrMonth, LanguageName, Name, Ordered, PurposeId, Words, called
from troth.policy.schema.records import record
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
from troth.policy.sections.keeping import (
    Abroad,
    Band,
    Changes,
    Incident,
    Measure,
    Minors,
    Report,
    Retention,
    Security,
    Stop,
    Storage,
)
from troth.policy.sections.parties import Contacts, Controller, Disputes, Recipient, Scope
from troth.policy.sections.rights import (
    Agents,
    Exemption,
    Fairness,
    Fee,
    Frequency,
    Ground,
    Requests,
    Right,
    RightId,
    RightName,
    Tier,
    Who,
)
from troth.policy.sections.rule_sets import RuleSet
from troth.policy.sections.words import (
    ACTIONS,
    GRADES,
    Acceptance,
    Action,
    Basis,
    Channel,
    ClosedList,
    Deemed,
    Grade,
    ProductKind,
    Start,
    at_least,
)
from troth.policy.yaml_reader import Json

LANGUAGE_VERSION = 1
Unstated = Literal["controller", "updated"]


@dataclass(frozen=True)
class Policy:
    """One controller's promises. Equal policies have equal values and hashes, however they were written.

    `languages` are in order of precedence for display; `prevails` is the one the text itself declares to prevail.
    `deemed` lists what the text calls acceptance beyond an act of accepting; `closed` which of its lists it calls
    complete, `open` the lists that it leaves open; `only_purposes` the purposes that it calls the only ones.
    `share_needs` is the consent without which, it says, nothing is shared; `unstated` what it does not say although
    every policy here has it. `only_in` lists clauses that the text makes in one language only, `differs` clauses that
    its languages put differently; `translated` names the languages that are translations of another. `also_called` are
    names by which the text calls whoever promises besides that of the controller. `rule_sets` are
    rules for one audience each (see `troth.policy.rule_sets`). `places` is where each clause stands in the files; it
    is no part of the meaning.
    """

    troth: int
    name: Name = field(metadata=called("policy"))
    title: Words
    updated: DayOrMonth
    languages: Annotated[tuple[LanguageName, ...], Ordered()]
    controller: Controller
    effective: DayOrMonth | None = None
    prevails: Code | None = None
    regimes: tuple[str, ...] = ()
    acceptance: Acceptance = "explicit"
    deemed: tuple[Deemed, ...] = ()
    product: Words | None = None
    runs_on: tuple[ProductKind, ...] = ()
    unstated: tuple[Unstated, ...] = ()
    scope: Scope = field(default_factory=Scope)
    related: Mapping[str, Words] = field(default_factory=dict)
    definitions: Mapping[str, Words] = field(default_factory=dict)
    principles: Mapping[str, Words] = field(default_factory=dict)
    categories: Mapping[str, Category] = field(default_factory=dict)
    items: Mapping[str, Item] = field(default_factory=dict)
    purposes: Mapping[str, Purpose] = field(default_factory=dict)
    only_purposes: tuple[PurposeId, ...] = ()
    functions: Mapping[str, Function] = field(default_factory=dict)
    flows: Mapping[str, FlowLine] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    permissions: Mapping[str, Permission] = field(default_factory=dict)
    technologies: Mapping[str, Technology] = field(default_factory=dict)
    consent_free: Mapping[str, ConsentFree] = field(default_factory=dict)
    closed: tuple[ClosedList, ...] = ()
    open: tuple[Clause, ...] = ()
    share_needs: Grade = "none"
    security: Security = field(default_factory=Security)
    rights: Mapping[RightId, Right] = field(default_factory=dict)
    requests: Requests = field(default_factory=Requests)
    retention: Mapping[str, Retention] = field(default_factory=dict)
    minors: Minors | None = None
    storage: Storage | None = None
    changes: Changes = field(default_factory=Changes)
    incident: Incident | None = None
    stop: Stop | None = None
    disputes: Disputes | None = None
    statements: Mapping[str, Words] = field(default_factory=dict)
    matrices: Mapping[str, Matrix] = field(default_factory=dict)
    also_called: tuple[str, ...] = ()
    signals: Mapping[str, Signal] = field(default_factory=dict)
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)
    fairness: Fairness = field(default_factory=Fairness)
    translated: tuple[LanguageName, ...] = ()
    rule_sets: Mapping[str, RuleSet] = field(default_factory=dict)
    only_in: Mapping[Code, tuple[Clause, ...]] = field(default_factory=dict)
    differs: Mapping[Clause, Words] = field(default_factory=dict)
    places: Mapping[str, Position] = field(default_factory=dict, compare=False, repr=False, metadata={"hidden": "yes"})

    @cached_property
    def value(self) -> dict[str, Json]:
        """The policy as plain JSON: what `from_value` reads, what is stored, and what is hashed."""
        dumped = record(Policy).dump(self)
        assert isinstance(dumped, dict)
        return dumped

    @cached_property
    def hash(self) -> str:
        """`sha256:…` of the canonical JSON of `value`; the same for every order of declaration."""
        return digest(self.value)

    @cached_property
    def addresses(self) -> Mapping[str, Json]:
        """Every declared idea by its clause path, in alphabetical order of paths."""
        return addresses(self.value, self.languages)

    @cached_property
    def views(self) -> dict[str | None, Policy]:
        """What `troth.policy.rule_sets.rule_set` has made of it so far, by rule set: it is asked often, and a policy
        never changes."""
        return {}

    @property
    def refusal_grounds(self) -> Mapping[str, Ground]:
        """The grounds on which a request may be refused."""
        return self.requests.refuse

    def items_in(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The items that `names` stand for: items themselves, categories with all below them, or `all`; sorted."""
        if "all" in names:
            return tuple(sorted(self.items))
        found = {name for name in names if name in self.items}
        wanted = {name for name in names if name in self.categories}
        if wanted:
            found |= {item.id for item in self.items.values() if wanted & self._families[item.id]}
        return tuple(sorted(found))

    @cached_property
    def _families(self) -> Mapping[str, frozenset[str]]:
        """By item: its category and all categories above it."""
        return {item.id: frozenset(self._above(item.category)) for item in self.items.values()}

    def _above(self, category: str | None) -> list[str]:
        chain: list[str] = []
        while category is not None and category not in chain:
            chain.append(category)
            category = self.categories[category].category
        return chain


__all__ = [
    "ACTIONS",
    "GRADES",
    "LANGUAGE_VERSION",
    "Abroad",
    "Acceptance",
    "Action",
    "Agents",
    "Band",
    "Basis",
    "Category",
    "Changes",
    "Channel",
    "ClosedList",
    "ConsentFree",
    "Contacts",
    "Controller",
    "Deemed",
    "Disputes",
    "Exemption",
    "Fairness",
    "Fee",
    "FlowLine",
    "Frequency",
    "Function",
    "Grade",
    "Ground",
    "Incident",
    "Item",
    "Matrix",
    "Measure",
    "Minors",
    "Permission",
    "Policy",
    "Purpose",
    "Recipient",
    "Report",
    "Requests",
    "Retention",
    "Right",
    "RightId",
    "RightName",
    "RuleSet",
    "Scope",
    "Security",
    "Signal",
    "Start",
    "Stop",
    "Storage",
    "Technology",
    "Tier",
    "Who",
    "at_least",
]
