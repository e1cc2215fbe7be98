"""The engine, DuckDB, PostgreSQL and SQLite answer as the slow reference does, on generated policies and people.

Every policy is asked everything about everybody. The own databases select from their tables of facts; each of the
three also selects from an exported table of states by the printed predicate.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.consent.people import VAULT
from tests.decision import reference
from tests.decision.policies import AUDIENCES, FACTS, HELPING, HINDERING, all_questions, policies
from tests.support.databases import Databases
from troth.base.work import Work
from troth.decision import push
from troth.decision.compile import Masks, compile_policy
from troth.decision.engine import answer
from troth.decision.model import Question
from troth.decision.push import DIALECTS, predicate, word_column
from troth.policy.model import Policy
from troth.subjects import facts, tables
from troth.subjects.identifier import identifier
from troth.subjects.service import register

ALL = all_questions()
PEOPLE = 25
POLICIES = 40
STATES = "people's states"  # a name that must be quoted


def crowd(draw: random.Random) -> Iterator[frozenset[str]]:
    """Most of them nearly unhindered, so that many answers are yes; nobody in two audiences but the last."""
    for _ in range(PEOPLE - 2):
        lacking = set(draw.sample(HELPING, draw.choice([0, 0, 1, 8])))
        hindered = draw.sample(HINDERING, draw.choice([0, 0, 0, 1, 3]))
        audience = draw.choice([[], [f"audience.{draw.choice(AUDIENCES)}"]])
        yield frozenset({*HELPING, *hindered, *audience} - lacking)
    yield frozenset()
    yield frozenset(HELPING) | {f"audience.{name}" for name in AUDIENCES}


class Bench:
    """The same people in every engine."""

    def __init__(self, engines: Mapping[str, sa.Engine], clock: Any) -> None:
        self.engines = engines
        self.people: dict[str, frozenset[str]] = {}
        self.bits: Mapping[str, int] = {}
        self.cases: Counter[str] = Counter()
        self.lake = duckdb.connect()
        crowded = list(crowd(random.Random(7)))
        for engine in engines.values():
            numbers = random.Random(20260302).randbytes  # the same ids everywhere
            with engine.begin() as connection:
                self._fill(Work(connection, clock.now(), numbers), crowded)
        self._export()

    def _fill(self, work: Work, crowded: list[frozenset[str]]) -> None:
        filler = [f"consent.filler{number}.general" for number in range(40)]  # facts lie in several words
        order = [*FACTS[::2], *filler, *FACTS[1::2]]
        for number, held in enumerate(crowded):
            subject = register(work, VAULT, [identifier("account", str(number))])
            facts.change(work, subject, add=[name for name in order if name in held or (name in filler and held)])
            self.people[subject] = held
        self.bits = facts.bits(work)

    def _export(self) -> None:
        """The table of states, everywhere under the same name."""
        last = max(self.bits.values()) // facts.WORD_BITS
        columns = [word_column(number) for number in range(last + 1)]
        assert last >= 1
        rows = []
        for subject, held in self.people.items():
            state = facts.words(sum(1 << self.bits[name] for name in held))
            rows.append((subject, "made:1", *(state.get(number, 0) for number in range(last + 1))))
        table = sa.Table(
            STATES, sa.MetaData(), sa.Column("subject", sa.String(40)), sa.Column("version", sa.String(90)),
            *(sa.Column(name, sa.BigInteger) for name in columns),
        )  # fmt: skip
        for engine in self.engines.values():
            with engine.begin() as connection:
                table.create(connection)
                connection.execute(table.insert(), [dict(zip(table.columns.keys(), row, strict=True)) for row in rows])
        named = ", ".join(f'"{name}" BIGINT' for name in columns)
        self.lake.execute(f'CREATE TABLE "{STATES}" ("subject" VARCHAR, "version" VARCHAR, {named})')
        self.lake.executemany(f'INSERT INTO "{STATES}" VALUES ({", ".join("?" * len(rows[0]))})', rows)

    def expected(self, policy: Policy) -> dict[tuple[str, Question], str]:
        found = {}
        rules = {name: reference.rules_for(policy, facts_) for name, facts_ in self.people.items()}
        allowances = {id(one): tuple(reference.allowances(one)) for one in rules.values() if one is not None}
        for subject, held in self.people.items():
            own = rules[subject]
            for one in ALL:
                asked = (one.item, one.purpose, one.action, one.recipient)
                found[subject, one] = (
                    "gap" if own is None else reference.by_rules(own, allowances[id(own)], held, asked)
                )
        return found

    def check(self, policy: Policy) -> None:
        masks, expected = compile_policy(policy, self.bits), self.expected(policy)
        for (subject, question), outcome in expected.items():
            state = sum(1 << self.bits[name] for name in self.people[subject] if name in self.bits)
            assert answer(masks, state, question, "made:1").outcome == outcome, (subject, question)
            self.cases[outcome] += 1
        for question in masks.alternatives:
            allowed = {subject for subject in self.people if expected[subject, question] == "allowed"}
            self.select(masks, question, allowed)

    def select(self, masks: Masks, question: Question, allowed: set[str]) -> None:
        for name, engine in self.engines.items():
            said = predicate(DIALECTS[name], {"made:1": masks}, question, table=STATES)
            with engine.connect() as connection:
                c = tables.subject.c
                assert set(connection.scalars(sa.select(c.id).where(push.allowed(masks, question, c.id)))) == allowed
                exported = connection.exec_driver_sql(f'SELECT "subject" FROM "{STATES}" WHERE {said}')
                assert {row[0] for row in exported} == allowed, said
        said = predicate(DIALECTS["duckdb"], {"made:1": masks}, question, table=STATES)
        found = self.lake.execute(f'SELECT "subject" FROM "{STATES}" WHERE {said}').fetchall()
        assert {row[0] for row in found} == allowed, said
        self.cases["selected"] += len(self.people)


@contextmanager
def opened(databases: Databases) -> Iterator[dict[str, sa.Engine]]:
    sqlite, postgresql = databases.sqlite(), databases.postgresql()
    yield {"sqlite": next(sqlite), "postgresql": next(postgresql)}
    for each in (sqlite, postgresql):
        assert next(each, None) is None


@pytest.mark.parametrize("number", [20260302])
def test_the_engine_duckdb_postgresql_and_sqlite_agree_with_the_slow_reference(
    databases: Databases, clock: Any, number: int
) -> None:
    with opened(databases) as engines:
        bench = Bench(engines, clock)

        @seed(number)
        @settings(
            max_examples=POLICIES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        @given(policies)
        def agree(policy: Policy) -> None:
            bench.check(policy)

        agree()
    answered = sum(bench.cases[outcome] for outcome in ("allowed", "denied", "gap"))
    assert answered >= 100_000
    assert bench.cases["selected"] >= 5_000
    assert bench.cases["allowed"] >= 2_000
    assert bench.cases["denied"] >= 2_000
