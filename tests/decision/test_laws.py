"""The laws of decisions, on generated policies, people and questions."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.decision import reference
from tests.decision.policies import (
    AUDIENCES,
    FACTS,
    FORBIDDING,
    HINDERING,
    ITEMS,
    all_questions,
    allocations,
    policies,
    questions,
    states,
    values,
)
from troth.base.errors import InputError
from troth.decision.compile import Masks, compile_policy
from troth.decision.engine import answer
from troth.decision.model import Decision, Question
from troth.policy.flows import flows
from troth.policy.model import Policy
from troth.policy.read import from_value

ALL = all_questions()
FORBID = frozenset(HINDERING) | {f"audience.{name}" for name in AUDIENCES}


def every_bit(policy: Policy, facts: AbstractSet[str]) -> dict[str, int]:
    """A number for every fact there is, and for others that a policy may ask for."""
    named = {*facts, *FACTS, *(f"audience.{name}" for name in policy.rule_sets)}
    return {name: number for number, name in enumerate(sorted(named), start=1)}


def integer(facts: AbstractSet[str], bits: Mapping[str, int]) -> int:
    return sum(1 << bits[name] for name in facts if name in bits)


def ask(policy: Policy, facts: AbstractSet[str], question: Question) -> Decision:
    bits = every_bit(policy, facts)
    return answer(compile_policy(policy, bits), integer(facts, bits), question, "made:1")


def outcomes(masks: Masks, facts: AbstractSet[str]) -> dict[Question, str]:
    state = integer(facts, masks.bits)
    return {question: answer(masks, state, question, "made:1").outcome for question in ALL}


@given(policies, allocations(), st.lists(states, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_engine_agrees_with_the_slow_reference(
    policy: Policy, bits: dict[str, int], people: list[frozenset[str]]
) -> None:
    # 126 questions to each of up to three people of each policy: thousands of answers in all.
    masks = compile_policy(policy, bits)
    for person in people:
        said = person & bits.keys()  # what has no bit was never said of anybody
        for question, outcome in outcomes(masks, said).items():
            expected = reference.decide(
                policy, said, question.purpose, question.item, question.action, question.recipient
            )
            assert outcome == expected, question


@given(policies, st.sampled_from(sorted(FACTS)))
@settings(max_examples=120, deadline=None)
def test_each_fact_counts_for_the_engine_as_it_does_for_the_reference(policy: Policy, fact: str) -> None:
    # From a person whom everything is allowed that may be, one fact is taken away or added.
    open_to_all = frozenset(FACTS) - FORBID
    bits = {name: number for number, name in enumerate(FACTS, start=1)}
    masks = compile_policy(policy, bits)
    for person in (open_to_all, open_to_all ^ {fact}):
        for question in masks.alternatives:
            expected = reference.decide(
                policy, person, question.purpose, question.item, question.action, question.recipient
            )
            assert answer(masks, integer(person, bits), question, "made:1").outcome == expected, question
            assert expected in {"allowed", "gap"} or person != open_to_all


@given(policies, states, questions)
@settings(max_examples=150, deadline=None)
def test_what_no_clause_allows_is_not_allowed(policy: Policy, person: frozenset[str], question: Question) -> None:
    own = reference.rules_for(policy, person)
    declared = {(flow.purpose, flow.item, flow.action, flow.recipient) for flow in (flows(own) if own else ())}
    key = (question.purpose, question.item, question.action, question.recipient)
    assert (ask(policy, person, question).outcome == "gap") == (key not in declared)


@given(policies, questions)
@settings(max_examples=100, deadline=None)
def test_a_person_of_whom_nothing_is_known_is_allowed_nothing(policy: Policy, question: Question) -> None:
    assert ask(policy, frozenset(), question).outcome in {"denied", "gap"}
    assert answer(compile_policy(policy, {}), 0, question, "made:1").outcome in {"denied", "gap"}


@given(policies, states, st.sampled_from(FORBIDDING), questions)
@settings(max_examples=150, deadline=None)
def test_a_forbidding_fact_wins_over_everything(
    policy: Policy, person: frozenset[str], fact: str, question: Question
) -> None:
    assert ask(policy, person | {fact}, question).outcome != "allowed"


@given(policies, states)
@settings(max_examples=60, deadline=None)
def test_an_objection_forbids_its_purpose_and_no_other(policy: Policy, person: frozenset[str]) -> None:
    before = {name for name in person if not name.startswith("objected.")}
    after = before | {"objected.push"}
    bits = every_bit(policy, after)
    masks = compile_policy(policy, bits)
    was, is_now = outcomes(masks, before), outcomes(masks, after)
    for question in ALL:
        if question.purpose == "push":
            assert is_now[question] != "allowed"
        else:
            assert is_now[question] == was[question]


@given(policies, states, st.sampled_from(["restricted", "account.closing", "opted-out.sale", "objected.account"]))
@settings(max_examples=60, deadline=None)
def test_adding_a_prohibition_never_allows_more(policy: Policy, person: frozenset[str], fact: str) -> None:
    bits = every_bit(policy, person | {fact})
    masks = compile_policy(policy, bits)
    before, after = outcomes(masks, person), outcomes(masks, person | {fact})
    assert {each for each in ALL if after[each] == "allowed"} <= {each for each in ALL if before[each] == "allowed"}


@given(values(), states)
@settings(max_examples=60, deadline=None)
def test_the_order_of_declarations_changes_no_decision(value: dict[str, object], person: frozenset[str]) -> None:
    turned = _turned(value)
    bits = every_bit(from_value(value), person)
    first, second = compile_policy(from_value(value), bits), compile_policy(from_value(turned), bits)
    state = integer(person, bits)
    for question in ALL:
        assert answer(first, state, question, "made:1") == answer(second, state, question, "made:1")


def _turned(value: object) -> dict[str, object]:
    turned = _reverse(value)
    assert isinstance(turned, dict)
    return {**turned, "languages": ["zh", "en"]}  # the one list whose order means something


def _reverse(value: object) -> object:
    if isinstance(value, dict):
        return {key: _reverse(each) for key, each in reversed(value.items())}
    return [_reverse(each) for each in reversed(value)] if isinstance(value, list) else value


@given(policies, allocations(), states, questions)
@settings(max_examples=200, deadline=None)
def test_a_denial_names_what_would_have_to_change(
    policy: Policy, bits: dict[str, int], person: frozenset[str], question: Question
) -> None:
    facts = person & bits.keys()
    decision = answer(compile_policy(policy, bits), integer(facts, bits), question, "made:1")
    if decision.outcome != "denied":
        assert (decision.missing, decision.blocking) == ((), ())
        return
    assert decision.missing or decision.blocking
    assert not set(decision.missing) & facts
    assert set(decision.blocking) <= facts
    assert ask(policy, (facts | set(decision.missing)) - set(decision.blocking), question).outcome == "allowed"


@given(policies, states, questions)
@settings(max_examples=100, deadline=None)
def test_every_decision_says_itself_in_both_languages(
    policy: Policy, person: frozenset[str], question: Question
) -> None:
    decision = ask(policy, person, question)
    for language, end in (("zh", "。"), ("en", ".")):
        text = decision.words(language)
        assert text.endswith(end)
        assert "{" not in text
        assert decision.clause is None or decision.clause in text
        assert not any(marker in text for marker in ("consent.", "account.closed", "objected.", "None"))


@given(policies, st.sampled_from(["purpose", "item", "action", "recipient"]))
@settings(max_examples=30, deadline=None)
def test_names_that_the_policy_does_not_know_are_refused_with_the_one_meant(policy: Policy, what: str) -> None:
    good = Question("push", "device.imei", "use", "getui")
    bad = {"purpose": "pusch", "item": "device.imie", "action": "uses", "recipient": "getiu"}
    meant = {"purpose": "push", "item": "device.imei", "action": "use", "recipient": "getui"}
    with pytest.raises(InputError) as raised:
        ask(policy, frozenset(), replace(good, **{what: bad[what]}))  # type: ignore[arg-type]  # a wrong action is the point
    assert raised.value.code == "decision.unknown-name"
    assert f"no {what} `" in raised.value.message
    assert raised.value.hint == f"did you mean `{meant[what]}`?"


def test_a_name_that_resembles_nothing_is_answered_with_what_there_is() -> None:
    policy = from_value(
        {
            "troth": 1,
            "policy": "made",
            "title": {"zh": "x", "en": "x"},
            "updated": "2026-01-01",
            "languages": ["zh", "en"],
            "controller": {"name": {"zh": "x", "en": "x"}},
            "items": {name: {"label": {"zh": name, "en": name}} for name in ITEMS},
        }
    )
    with pytest.raises(InputError) as raised:
        ask(policy, frozenset(), Question("???", "device.imei"))
    assert raised.value.hint == "the policy has none"
