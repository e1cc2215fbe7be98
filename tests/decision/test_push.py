"""A database selects exactly the people whom the engine allows."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import registry

from tests.consent.people import VAULT
from tests.decision.policies import FACTS, all_questions, policies
from tests.versions.sample import policy as sample
from troth.base.work import Begin, Work
from troth.decision import push
from troth.decision.compile import Masks, compile_policy
from troth.decision.engine import answer
from troth.decision.model import Question
from troth.policy.model import Policy
from troth.subjects import facts, tables
from troth.subjects.identifier import identifier
from troth.subjects.service import register

ALL = all_questions()


def crowd(work: Work, size: int, seed: int) -> dict[str, int]:
    """People with random facts, many of them nearly unhindered, and one without any row of facts; by their state."""
    draw = random.Random(seed)
    filler = [f"consent.filler{number}.general" for number in range(70)]  # so that facts lie in several words
    states = {}
    for _ in range(size):
        subject = register(work, VAULT, [identifier("account", work.new_id("acc"))])
        share = draw.choice([0, 0.3, 0.9])
        held = {name for name in FACTS if draw.random() < share}
        if draw.random() < 0.6:
            held = (held | {"account.open"}) - {"restricted", "account.closed", "age.barred", "objected.push"}
        order = [*filler, *FACTS] if draw.random() < 0.5 else [*FACTS, *filler]
        facts.change(work, subject, add=[name for name in order if name in held or name in filler] if held else [])
        states[subject] = facts.state(work, subject)
    return states


def selected(work: Work, masks: Masks, question: Question) -> set[str]:
    c = tables.subject.c
    return set(work.db.scalars(sa.select(c.id).where(push.allowed(masks, question, c.id))))


def allowed(masks: Masks, states: dict[str, int], question: Question) -> set[str]:
    return {each for each, state in states.items() if answer(masks, state, question, "v").outcome == "allowed"}


@given(policies, st.integers(0, 10**6))
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_database_selects_exactly_whom_the_engine_allows(begin: Begin, policy: Policy, seed: int) -> None:
    with begin() as work:
        crowd(work, 6, seed)
    with begin() as work:
        everybody = work.db.scalars(sa.select(tables.subject.c.id)).all()
        states = {each: facts.state(work, each) for each in everybody}
        masks = compile_policy(policy, facts.bits(work))
        for question in masks.alternatives:
            assert selected(work, masks, question) == allowed(masks, states, question)


def test_the_selection_is_neither_empty_nor_everybody(begin: Begin) -> None:
    with begin() as work:
        states = crowd(work, 40, 1)
        needed = ["account.open", "verified.phone", "accepted.policy", "consent.push.explicit"]
        chosen = sorted(states)[::2]
        for subject in chosen:
            facts.change(work, subject, add=needed, remove=sorted(set(FACTS) - set(needed)))
        states = {each: facts.state(work, each) for each in states}
        masks = compile_policy(sample(), facts.bits(work))
        for question in (Question("account", "account.phone"), Question("push", "device.imei", "share", "getui")):
            found = selected(work, masks, question)
            assert set(chosen) <= found == allowed(masks, states, question)
            assert found < set(states)


def test_a_question_that_no_clause_answers_selects_nobody(begin: Begin) -> None:
    with begin() as work:
        crowd(work, 5, 2)
        masks = compile_policy(sample(), facts.bits(work))
        assert selected(work, masks, Question("ads", "account.phone")) == set()


def test_a_fact_that_was_never_said_of_anybody_selects_nobody(begin: Begin) -> None:
    with begin() as work:
        subject = register(work, VAULT, [identifier("account", "1")])
        facts.change(work, subject, add=["account.open"])
        masks = compile_policy(sample(), facts.bits(work))
        assert selected(work, masks, Question("push", "device.imei")) == set()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mysql"])
def test_the_predicate_is_plain_sql(dialect: str) -> None:
    bits = {"account.open": 61, "consent.push.explicit": 62, "restricted": 63}
    masks = compile_policy(sample(), bits)
    predicate = push.allowed(masks, Question("push", "device.imei"), tables.subject.c.id)
    text = str(predicate.compile(dialect=registry.load(dialect)()))
    assert text.count("EXISTS") == 3  # two words are needed, one forbids
    assert "NOT (EXISTS" in text
