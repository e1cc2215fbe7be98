"""Rules of age: what the ledger admits is what decisions then rely on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.support import policy_with
from troth.base.errors import RefusedError
from troth.consent.actor import SELF, Actor
from troth.consent.checks import age_rules, graded
from troth.decision.ages import stretches
from troth.policy.model import GRADES, Grade, Policy
from troth.subjects.age import ADULT_FACT, OLDEST, below_fact

VERIFIED = Actor("guardian", "ver-1")
RULES = ("barred", "guardian", "sensitive", "opt-in")


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    below = draw(st.integers(2, 21))
    rule = draw(st.sampled_from(RULES[:2]))
    bands = []
    for number in range(draw(st.integers(0, 3))):
        low = draw(st.integers(0, below - 1))
        high = draw(st.integers(low + 1, below))
        start = f", at_least: {low}" if low else ""
        inclusive = ", inclusive: true" if draw(st.booleans()) else ""
        bands.append(f"b{number}: {{below: {high}, rule: {draw(st.sampled_from(RULES))}{start}{inclusive}}}")
    return policy_with(f"minors: {{below: {below}, rule: {rule}, bands: {{{', '.join(bands)}}}}}\n")


def facts_at(age: int) -> frozenset[str]:
    """What is true of somebody of this age."""
    below = {below_fact(limit) for limit in range(1, OLDEST + 1) if age < limit}
    return frozenset(below if age < 18 else {*below, ADULT_FACT})


def expected(policy: Policy, age: int) -> set[str]:
    """Slow and obvious: the rules whose ages include this one."""
    assert policy.minors is not None
    found: set[str] = {policy.minors.rule} if age < policy.minors.below else set()
    for band in policy.minors.bands.values():
        limit = band.below + 1 if band.inclusive else band.below
        if (band.at_least or 0) <= age < limit:
            found.add(band.rule)
    return found


@given(policies(), st.integers(0, 24))
def test_the_rules_for_a_person_are_those_whose_ages_include_theirs(policy: Policy, age: int) -> None:
    assert {rule.rule for rule in age_rules(policy, facts_at(age))} == expected(policy, age)


@given(policies(), st.integers(0, 24))
def test_the_ledger_and_decisions_read_the_same_rules_of_age(policy: Policy, age: int) -> None:
    held = facts_at(age)
    rules = {rule.rule for rule in age_rules(policy, held)}
    mine = [one for one in stretches(policy.minors) if set(one.needs) <= held and not held & set(one.forbids)]
    assert bool(mine) is ("barred" not in rules)
    for stretch in mine:
        assert stretch.rules == rules


@given(policies(), st.integers(0, 24), st.sampled_from(GRADES[2:]))
def test_a_consent_is_admitted_exactly_where_the_rules_of_age_let_it(policy: Policy, age: int, grade: Grade) -> None:
    held, rules = facts_at(age), expected(policy, age)
    for actor in (SELF, Actor("guardian"), Actor("agent", "ver-2"), VERIFIED):
        verified = actor == VERIFIED
        allowed = (
            "barred" not in rules
            and (verified or grade != "guardian-verified")
            and (verified or "guardian" not in rules)
            and ("sensitive" not in rules or grade in {"separate", "guardian-verified"} or "guardian" in rules)
        )
        if not allowed:
            with pytest.raises(RefusedError) as raised:
                graded(policy, held, actor, grade)
            assert raised.value.code in {
                "consent.barred", "consent.guardian-needed", "consent.guardian-unverified", "consent.grade-too-low",
            }  # fmt: skip
        else:
            given_ = graded(policy, held, actor, grade)
            assert given_ == ("guardian-verified" if "guardian" in rules else grade)


def test_of_somebody_whose_age_nobody_knows_no_rule_is_assumed() -> None:
    policy = policy_with("minors: {below: 18, rule: barred}\n")
    assert list(age_rules(policy, frozenset())) == []
    assert [rule.clause for rule in age_rules(policy, frozenset({"age.barred"}))] == ["minors.below"]


def test_every_refusal_names_its_clause() -> None:
    policy = policy_with("minors: {below: 14, rule: guardian, bands: {baby: {below: 3, rule: barred}}}\n")
    for age, clause in ((2, "minors.bands.baby"), (13, "minors.below")):
        with pytest.raises(RefusedError, match=f"`{clause}`"):
            graded(policy, facts_at(age), SELF, "explicit")
