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
    AGES,
    AUDIENCES,
    FACTS,
    FORBIDDING,
    FUNCTIONS,
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
from troth.consent.matter import matter_of
from troth.consent.model import facts_about, facts_up_to
from troth.decision.ages import stretches
from troth.decision.cohort import Cohorts
from troth.decision.compile import Masks, compile_policy
from troth.decision.engine import answer
from troth.decision.model import Decision, Question
from troth.decision.ready import Ready
from troth.policy.clauses import clause
from troth.policy.flows import Flow, flows
from troth.policy.model import GRADES, Minors, Policy
from troth.policy.read import from_value
from troth.policy.rule_sets import address, rule_set
from troth.subjects.age import OLDEST

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
def test_what_no_clause_allows_is_not_allowed(policy: Policy, person: frozenset[str], question: Question) -> None:
    own = reference.rules_for(policy, person)
    declared = {(flow.purpose, flow.item, flow.action, flow.recipient) for flow in (flows(own) if own else ())}
    key = (question.purpose, question.item, question.action, question.recipient)
    assert (ask(policy, person, question).outcome == "gap") == (key not in declared)


@given(policies, questions)
def test_a_person_of_whom_nothing_is_known_is_allowed_nothing(policy: Policy, question: Question) -> None:
    assert ask(policy, frozenset(), question).outcome in {"denied", "gap"}
    assert answer(compile_policy(policy, {}), 0, question, "made:1").outcome in {"denied", "gap"}


@given(policies, states, st.sampled_from(FORBIDDING), questions)
def test_a_forbidding_fact_wins_over_everything(
    policy: Policy, person: frozenset[str], fact: str, question: Question
) -> None:
    assert ask(policy, person | {fact}, question).outcome != "allowed"


@given(policies, states)
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
def test_adding_a_prohibition_never_allows_more(policy: Policy, person: frozenset[str], fact: str) -> None:
    bits = every_bit(policy, person | {fact})
    masks = compile_policy(policy, bits)
    before, after = outcomes(masks, person), outcomes(masks, person | {fact})
    assert {each for each in ALL if after[each] == "allowed"} <= {each for each in ALL if before[each] == "allowed"}


@given(values(), states)
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


@given(policies, states)
def test_a_policy_with_rule_sets_answers_each_person_as_the_rules_of_their_audience_alone(
    policy: Policy, person: frozenset[str]
) -> None:
    bits = every_bit(policy, person)
    whole, state = compile_policy(policy, bits), integer(person, bits)
    mine = [name for name in policy.rule_sets if f"audience.{name}" in person]
    if len(mine) > 1:
        assert {answer(whole, state, question, "made:1").outcome for question in ALL} == {"gap"}
        return
    name = mine[0] if mine else None
    narrowed = compile_policy(rule_set(policy, name), bits)
    for question in ALL:
        by_whole, by_narrowed = (answer(masks, state, question, "made:1") for masks in (whole, narrowed))
        assert replace(by_whole, clause=None) == replace(by_narrowed, clause=None)
        if by_narrowed.clause is not None:
            assert by_whole.clause == address(policy, name, by_narrowed.clause)
            assert clause(policy, str(by_whole.clause)) is not None


@given(policies, states, st.data())
def test_a_consent_of_a_higher_grade_allows_what_a_lower_one_does(
    policy: Policy, person: frozenset[str], data: st.DataObject
) -> None:
    matter = data.draw(st.sampled_from([*FUNCTIONS, "flows.sale", "recipients.bureau"]))
    lower, higher = sorted(data.draw(st.lists(st.sampled_from(GRADES[1:]), min_size=2, max_size=2)), key=GRADES.index)
    without = person - facts_about(matter)
    masks = compile_policy(policy, every_bit(policy, person))
    less, more = (outcomes(masks, without | {*facts_up_to(matter, grade)}) for grade in (lower, higher))
    assert {each for each in ALL if less[each] == "allowed"} <= {each for each in ALL if more[each] == "allowed"}


@given(policies, states, st.sampled_from([*FUNCTIONS, "flows.sale", "recipients.bureau"]))
def test_withdrawing_denies_whatever_rested_on_the_consent_alone(
    policy: Policy, person: frozenset[str], matter: str
) -> None:
    own = reference.rules_for(policy, person)
    if own is None:
        return
    masks = compile_policy(policy, every_bit(policy, person))
    after = outcomes(masks, person - facts_about(matter))
    others = {_asked(flow) for flow in flows(own) if flow.basis != "consent" or matter_of(flow) != matter}
    for flow in flows(own):
        if flow.basis == "consent" and matter_of(flow) == matter and _asked(flow) not in others:
            assert after[_asked(flow)] == "denied"


def _asked(flow: Flow) -> Question:
    return Question(flow.purpose, flow.item, flow.action, flow.recipient)


@given(policies, allocations(), states)
def test_a_fact_that_the_policy_does_not_know_changes_no_answer(
    policy: Policy, bits: dict[str, int], person: frozenset[str]
) -> None:
    known = person & bits.keys()
    masks = compile_policy(policy, bits)
    more = compile_policy(policy, {**bits, "never.heard": 900, "hold": bits.get("hold", 901)})
    state = integer(known, bits) | 1 << 900 | 1 << 901
    for question in ALL:
        assert answer(masks, integer(known, bits), question, "v").outcome == answer(more, state, question, "v").outcome


@given(policies, states)
def test_a_closing_account_collects_nothing_and_loses_nothing_else(policy: Policy, person: frozenset[str]) -> None:
    masks = compile_policy(policy, every_bit(policy, person))
    before = outcomes(masks, person - {"account.closing"})
    closing = outcomes(masks, person | {"account.closing"})
    for question in ALL:
        if question.action == "collect":
            assert closing[question] != "allowed"
        else:
            assert closing[question] == before[question]


@given(policies, states)
def test_a_hold_changes_no_decision(policy: Policy, person: frozenset[str]) -> None:
    masks = compile_policy(policy, every_bit(policy, person))
    assert outcomes(masks, person - {"hold"}) == outcomes(masks, person | {"hold"})


@given(policies, states)
def test_whoever_is_taken_for_younger_than_a_bar_is_allowed_nothing(policy: Policy, person: frozenset[str]) -> None:
    own = reference.rules_for(policy, person)
    if own is None or own.minors is None or own.minors.rule != "barred":
        return
    below = next(limit for limit in AGES if limit == own.minors.below)
    masks = compile_policy(policy, every_bit(policy, person))
    assert "allowed" not in outcomes(masks, person | {f"age.below.{below}"}).values()


@given(policies, states)
def test_what_is_made_ready_answers_as_the_engine_does(policy: Policy, person: frozenset[str]) -> None:
    bits = every_bit(policy, person)
    masks = compile_policy(policy, bits)
    ready, state = Ready(masks, "made:1"), integer(person, bits)
    for question in ALL:
        expected = answer(masks, state, question, "made:1")
        for _ in range(2):  # the second answer comes from memory
            found = ready.of(question).answer(state)
            assert found == expected
            assert found.words("en") == expected.words("en")


@given(policies, st.lists(states, max_size=12), st.data())
def test_bitmaps_select_exactly_those_whom_the_engine_allows_also_after_changes(
    policy: Policy, people: list[frozenset[str]], data: st.DataObject
) -> None:
    bits = every_bit(policy, frozenset())
    masks = compile_policy(policy, bits)
    numbered = [integer(person, bits) for person in people]
    cohorts = Cohorts()
    cut = data.draw(st.integers(0, len(people)))
    cohorts.add(numbered[:cut])
    cohorts.add(numbered[cut:])
    for number in range(len(people)):
        if data.draw(st.booleans()):
            after = integer(data.draw(states), bits)
            cohorts.change(number, numbered[number], after)
            numbered[number] = after
    for question, alternatives in masks.alternatives.items():
        expected = {n for n, state in enumerate(numbered) if answer(masks, state, question, "v").outcome == "allowed"}
        assert set(cohorts.allowed(alternatives)) == expected


def test_an_age_that_no_fact_tells_apart_is_refused_rather_than_passed_over() -> None:
    minors = Minors(below=OLDEST + 1, rule="barred")
    with pytest.raises(InputError) as raised:
        stretches(minors)
    assert raised.value.code == "decision.age-limit"
    assert stretches(Minors(below=OLDEST, rule="barred"))[0].forbids == (f"age.below.{OLDEST}",)
