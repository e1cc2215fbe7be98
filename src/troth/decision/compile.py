"""A policy to masks. Each flow becomes alternatives: the facts that must hold, and those that must not, as integers.

A policy with rule sets is compiled whole. The flows of a rule set speak to the people of its audience only, the general
ones to everybody else; so the masks of the whole answer each person as the masks of their own rules would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from troth.base.text import Text
from troth.consent.matter import matters
from troth.decision.ages import stretches
from troth.decision.conditions import conditions
from troth.decision.model import Question
from troth.policy.flows import Flow, flows
from troth.policy.model import Policy
from troth.policy.rule_sets import address, rule_set
from troth.subjects.audience import audience_fact
from troth.subjects.facts import NEVER


@dataclass(frozen=True)
class Rules:
    """What holds for one audience, and who they are; `name` is None for the general rules.

    `consents` is what the rules ask consent for, by the name that consent is kept under.
    """

    name: str | None
    policy: Policy = field(repr=False)
    consents: Mapping[str, Text] = field(repr=False)
    needs: tuple[str, ...]
    forbids: tuple[str, ...]
    need: int
    forbid: int

    def speak_to(self, state: int) -> bool:
        """Whether a person with these facts belongs to the audience."""
        return state & self.need == self.need and not state & self.forbid


@dataclass(frozen=True)
class Alternative:
    """One way in which a question may be answered with yes, in names and as masks. The masks know the audience."""

    rules: Rules
    flow: Flow
    clause: str
    needs: tuple[str, ...]
    forbids: tuple[str, ...]
    need: int
    forbid: int

    def allows(self, state: int) -> bool:
        """Whether a person with these facts is allowed by it."""
        return state & self.need == self.need and not state & self.forbid

    def missing(self, state: int, bits: Mapping[str, int]) -> tuple[str, ...]:
        """The needed facts that do not hold."""
        return tuple(name for name in self.needs if not _holds(name, state, bits))

    def blocking(self, state: int, bits: Mapping[str, int]) -> tuple[str, ...]:
        """The forbidden facts that hold."""
        return tuple(name for name in self.forbids if _holds(name, state, bits))


@dataclass(frozen=True)
class Masks:
    """A compiled policy: the alternatives of every question that some clause answers."""

    policy: Policy
    bits: Mapping[str, int]
    rules: tuple[Rules, ...]
    alternatives: Mapping[Question, tuple[Alternative, ...]]

    def of(self, question: Question) -> tuple[Alternative, ...]:
        """The alternatives for a question, of every audience; none where no clause speaks."""
        return self.alternatives.get(question, ())

    def relevant(self, question: Question) -> int:
        """The facts that the answer to a question depends on, as a mask."""
        masks = (each.need | each.forbid for each in self.of(question))
        return _joined([*masks, *(each.need | each.forbid for each in self.rules)])


def compile_policy(policy: Policy, bits: Mapping[str, int]) -> Masks:
    """All flows of `policy` and of its rule sets as masks over `bits` (fact to bit number).

    Raises InputError `decision.age-limit`.
    """
    every = tuple(_rules(policy, name, bits) for name in (None, *sorted(policy.rule_sets)))
    found: dict[Question, list[Alternative]] = {}
    for rules in every:
        for flow in flows(rules.policy):
            asked = Question(flow.purpose, flow.item, flow.action, flow.recipient)
            found.setdefault(asked, []).extend(_alternatives(policy, rules, flow, bits))
    return Masks(policy, bits, every, {asked: tuple(each) for asked, each in found.items()})


def _rules(policy: Policy, name: str | None, bits: Mapping[str, int]) -> Rules:
    own = rule_set(policy, name)
    consents = {each: matter.label for each, matter in matters(own).items()}
    needs = () if name is None else (audience_fact(name),)
    forbids = tuple(audience_fact(each) for each in sorted(policy.rule_sets) if each != name)
    return Rules(name, own, consents, needs, forbids, _needed(needs, bits), _forbidden(forbids, bits))


def _alternatives(policy: Policy, rules: Rules, flow: Flow, bits: Mapping[str, int]) -> Iterator[Alternative]:
    clause = address(policy, rules.name, flow.clause)
    for ages in stretches(rules.policy.minors):
        terms = conditions(rules.policy, flow, ages)
        need = rules.need | _needed(terms.needs, bits)
        forbid = rules.forbid | _forbidden(terms.forbids, bits)
        yield Alternative(rules, flow, clause, terms.needs, terms.forbids, need, forbid)


def _needed(names: Iterable[str], bits: Mapping[str, int]) -> int:
    return _joined(1 << bits.get(name, NEVER) for name in names)


def _forbidden(names: Iterable[str], bits: Mapping[str, int]) -> int:
    return _joined(1 << bits[name] for name in names if name in bits)


def _joined(masks: Iterable[int]) -> int:
    joined = 0
    for mask in masks:
        joined |= mask
    return joined


def _holds(name: str, state: int, bits: Mapping[str, int]) -> bool:
    return name in bits and bool(state >> bits[name] & 1)
