"""A replica answers as the database does, after every change, and lists exactly those whom it would allow."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.consent.people import HOW, VAULT, released
from tests.versions.sample import TEXT, policy
from troth.app.marker import Marker
from troth.base.clock import SettableClock
from troth.base.errors import InputError, TrothError, UnavailableError
from troth.base.work import Begin, Work
from troth.consent import service as consent
from troth.decision.model import Decision, Question
from troth.decision.replica import Replica
from troth.decision.service import compiled, peek, purposes, whom
from troth.policy.model import Policy
from troth.subjects import age, facts
from troth.subjects.audience import belong
from troth.subjects.identifier import identifier
from troth.subjects.service import is_shredded, register, shred
from troth.versions.service import publish

FREE = ("account.open", "account.closing", "restricted", "objected.push", "verified.phone", "opted-out.sale", "hold")
RULE_SETS = """
rule_sets:
  west:
    label: {zh: 西部, en: west}
    functions:
      push: {label: {zh: 推送, en: push}, for: push, basis: contract, needs: [device.imei], optional: [order.record]}
    minors: {below: 16, rule: guardian}
  east:
    label: {zh: 东部, en: east}
    without: [functions.push]
"""


class Town:
    """Some people under a policy with rule sets, a replica, and the acts that may happen to them."""

    def __init__(self, begin: Begin, engine: sa.Engine, clock: SettableClock, text: str) -> None:
        self.begin, self.clock = begin, clock
        self.version = released(begin, policy(text))
        self.people = [self._register(number) for number in range(6)]
        self.replica = Replica(begin, Marker(engine), clock.now)

    def _register(self, number: int) -> str:
        with self.begin() as work:
            subject = register(work, VAULT, [identifier("account", f"n{number}")])
            if number:
                facts.change(work, subject, add=["account.open", "verified.phone", "accepted.policy"])
            return subject

    def questions(self) -> list[Question]:
        with self.begin() as work:
            return sorted(compiled(self.version.policy, facts.bits(work)).alternatives, key=str)

    def agree(self) -> None:
        """The replica, asked about everybody and everything, says what the database says."""
        questions = self.questions()
        with self.begin() as work:
            for subject in [*self.people, "sub-unknown"]:
                for question in questions:
                    expected = self._or_unknown(lambda: peek(work, VAULT, self.version, subject, question))  # noqa: B023
                    assert self._or_unknown(lambda: asked(self.replica, subject, question)) == expected  # noqa: B023

    @staticmethod
    def _or_unknown(ask: Callable[[], object]) -> object:
        try:
            return ask()
        except InputError as error:
            return error.code

    def act(self, draw: random.Random) -> None:
        """One of the things that happen, to somebody."""
        subject = draw.choice(self.people)
        acts = (self.fact, self.choose, self.accept, self.belong, self.grow, self.pass_time, self.erase, self.publish)
        chosen = draw.choices(acts, (8, 6, 3, 2, 3, 2, 1, 1))[0]
        with self.begin() as work:
            chosen(work, subject, draw)

    def fact(self, work: Work, subject: str, draw: random.Random) -> None:
        names = draw.sample(FREE, 3)
        facts.change(work, subject, add=names[:2], remove=names[2:])
        if draw.random() < 0.3:
            facts.expire_at(work, subject, names[0], work.at + timedelta(hours=draw.randrange(1, 60)))

    def choose(self, work: Work, subject: str, draw: random.Random) -> None:
        matter = draw.choice(["push", "flows.sale", "recipients.bureau"])
        bound = consent.binding_version(work, self.version, subject)
        with suppress(TrothError):  # what a rule refuses changes nothing, and that must agree as well
            if draw.random() < 0.7:
                consent.give(
                    work,
                    VAULT,
                    bound,
                    subject,
                    matter,
                    grade=draw.choice(["explicit", "separate", "guardian-verified"]),
                    **HOW,
                )
            else:
                consent.withdraw(work, VAULT, bound, subject, matter, **HOW)

    def accept(self, work: Work, subject: str, _: random.Random) -> None:
        with suppress(TrothError):
            consent.accept(work, VAULT, self.version, subject, documents=["policy"], **HOW)

    def belong(self, work: Work, subject: str, draw: random.Random) -> None:
        rule_sets = [None, *sorted(self.version.policy.rule_sets)]
        if not is_shredded(work, subject):
            belong(work, VAULT, subject, self.version.policy, draw.choice(rule_sets))

    def grow(self, work: Work, subject: str, draw: random.Random) -> None:
        if not is_shredded(work, subject):
            soon = (work.at - timedelta(days=365 * draw.choice([13, 16, 18, 30]) - draw.randrange(10))).date()
            age.record(work, VAULT, subject, date(soon.year, soon.month, min(soon.day, 28)))

    def pass_time(self, work: Work, _: str, draw: random.Random) -> None:
        self.clock.advance(timedelta(days=draw.choice([1, 3, 400])))
        if draw.random() < 0.5:
            age.grow(work, facts.due(work, work.at, 100))

    def erase(self, work: Work, subject: str, _: random.Random) -> None:
        shred(work, VAULT, subject)

    def publish(self, work: Work, _: str, __: random.Random) -> None:
        number = self.version.number + 1
        self.version = publish(work, _next(number), {}, by="officer@shop.example")


def _next(number: int) -> Policy:
    grade = ("separate", "explicit")[number % 2]
    return policy(
        (TEXT + RULE_SETS)
        .replace("updated: 2026-01-01", f"updated: 2026-01-{number:02}")
        .replace("grade: explicit", f"grade: {grade}")
    )


def asked(replica: Replica, subject: str, question: Question) -> Decision:
    return replica.may(
        subject, item=question.item, purpose=question.purpose, action=question.action, recipient=question.recipient
    )


@pytest.mark.parametrize("seed", range(2))
def test_the_replica_answers_as_the_database_does_after_every_change(
    begin: Begin, engine: sa.Engine, clock: SettableClock, seed: int
) -> None:
    draw = random.Random(seed)
    town = Town(begin, engine, clock, TEXT + RULE_SETS)
    outcomes = set()
    for _ in range(18):
        town.act(draw)
        town.replica.refresh()
        town.agree()
        outcomes |= {
            asked(town.replica, each, question).outcome for each in town.people for question in town.questions()
        }
    assert outcomes == {"allowed", "denied", "gap"}


@pytest.mark.parametrize("seed", range(2))
def test_bitmaps_list_exactly_those_whom_one_by_one_answers_allow(
    begin: Begin, engine: sa.Engine, clock: SettableClock, seed: int
) -> None:
    draw = random.Random(100 + seed)
    town = Town(begin, engine, clock, TEXT + RULE_SETS)
    listed = 0
    for _ in range(12):
        town.act(draw)
        town.replica.refresh()
        for question in town.questions():
            try:
                found = town.replica.whom(question.purpose, question.item, question.action, question.recipient)
            except InputError:
                continue
            expected = {one for one in town.people if asked(town.replica, one, question).outcome == "allowed"}
            assert set(found) == expected
            with begin() as work:
                listed_by_database = list(whom(work, town.version, question))
            assert sorted(listed_by_database) == sorted(expected)
            assert len(found) == len(list(found)) == len(expected)
            listed += len(expected)
        _agree_on_purposes(town)
    assert listed


def _agree_on_purposes(town: Town) -> None:
    """What is listed of a person is what is allowed, one question after the other."""
    for subject in town.people:
        allowed = []
        for question in town.questions():
            with suppress(InputError):
                allowed.append(asked(town.replica, subject, question))
        expected = {each for each in allowed if each.outcome == "allowed"}
        assert set(town.replica.purposes(subject)) >= expected
        with town.begin() as work:
            assert purposes(work, town.version, subject) == town.replica.purposes(subject)


def test_nothing_is_read_while_nothing_was_committed(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    town = Town(begin, engine, clock, TEXT)
    assert not town.replica.stale()
    assert not town.replica.refresh()
    with begin() as work:
        facts.change(work, town.people[0], add=["account.open"])
    assert town.replica.stale()
    before = town.replica.follows
    assert town.replica.refresh()
    assert town.replica.follows > before


def test_a_change_that_was_rolled_back_is_never_seen(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    town = Town(begin, engine, clock, TEXT)
    question = Question("account", "account.phone")
    with suppress(ZeroDivisionError), begin() as work:
        facts.change(work, town.people[1], add=["restricted"])
        raise ZeroDivisionError
    assert not town.replica.refresh()
    assert asked(town.replica, town.people[1], question).outcome == "allowed"


def test_a_fact_that_ends_ends_at_its_instant_without_any_sweep(
    begin: Begin, engine: sa.Engine, clock: SettableClock
) -> None:
    town = Town(begin, engine, clock, TEXT)
    one, question = town.people[1], Question("account", "account.phone")
    with begin() as work:
        facts.expire_at(work, one, "verified.phone", work.at + timedelta(hours=1))
    town.replica.refresh()
    clock.advance(timedelta(minutes=59))
    assert not town.replica.refresh()
    assert asked(town.replica, one, question).outcome == "allowed"
    clock.advance(timedelta(minutes=1))
    assert town.replica.refresh()
    assert asked(town.replica, one, question).missing == ("verified.phone",)
    with begin() as work:
        assert peek(work, VAULT, town.version, one, question).missing == ("verified.phone",)
        assert one not in set(whom(work, town.version, question))
        facts.change(work, one, add=["verified.phone"])  # said anew, it lasts; its bit never changed
    town.replica.refresh()
    assert asked(town.replica, one, question).outcome == "allowed"
    town.agree()


def test_a_database_that_is_gone_is_said_and_nothing_is_answered_from_memory(
    begin: Begin, engine: sa.Engine, clock: SettableClock
) -> None:
    town = Town(begin, engine, clock, TEXT)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE subject_change"))
    with pytest.raises(UnavailableError) as raised:
        town.replica.refresh()
    assert raised.value.code == "database.unavailable"
