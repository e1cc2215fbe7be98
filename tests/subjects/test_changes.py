"""Changes of many people at once, the numbers that order them, and facts that end by themselves."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.errors import InputError
from troth.base.work import Begin, Work
from troth.subjects import facts, tables
from troth.subjects.facts import Change, Expiry
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault

VAULT = Vault(bytes(range(32)))
NAMES = [f"consent.f{number}.general" for number in range(70)]
PEOPLE = 4
some_names = st.sets(st.sampled_from(NAMES), max_size=6)
one_change = st.tuples(some_names, some_names)
rounds = st.lists(st.dictionaries(st.integers(0, PEOPLE - 1), one_change, max_size=PEOPLE), max_size=5)


def people(begin: Begin, count: int = PEOPLE) -> list[str]:
    with begin() as work:
        return [register(work, VAULT, [identifier("account", work.new_id("acc"))]) for _ in range(count)]


@given(rounds)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changing_many_is_changing_one_after_the_other(
    databases: Databases, clock: SettableClock, made: list[dict[int, tuple[set[str], set[str]]]]
) -> None:
    seen = []
    for at_once in (True, False):
        for engine in databases.sqlite():
            with engine.begin() as connection:
                work = Work(connection, clock.now(), random.Random(1).randbytes)
                known = [register(work, VAULT, [identifier("account", str(n))]) for n in range(PEOPLE)]
                for one in made:
                    changes = {known[number]: (sorted(add), sorted(remove)) for number, (add, remove) in one.items()}
                    if at_once:
                        facts.change_all(work, changes)
                    for subject, (add, remove) in ({} if at_once else changes).items():
                        facts.change(work, subject, add, remove)
                order = facts.changed_since(work, 0, PEOPLE)
                seen.append((facts.bits(work), [facts.state(work, one) for one in known], order))
    assert seen[0] == seen[1]


@given(rounds, st.integers(1, 3))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_follows_the_numbers_knows_every_state(
    begin: Begin, made: list[dict[int, tuple[set[str], set[str]]]], page: int
) -> None:
    known = people(begin)
    with begin() as work:
        followed = facts.latest_change(work)
    copy: dict[str, int] = {}
    for one in made:
        with begin() as work:
            facts.change_all(work, {known[number]: change for number, change in one.items()})
        with begin() as work:
            while found := facts.changed_since(work, followed, page):
                assert len(found) <= page
                for change in found:
                    assert change.number > followed
                    followed = change.number
                    copy[change.subject] = change.state
            assert followed == facts.latest_change(work)
            assert {one: copy.get(one, 0) for one in known} == {one: facts.state(work, one) for one in known}


def test_a_change_that_changes_nothing_has_no_number(begin: Begin) -> None:
    (subject,) = people(begin, 1)
    with begin() as work:
        assert facts.latest_change(work) == 0
        facts.change(work, subject, add=["hold"])
        facts.change(work, subject, add=["hold"], remove=["restricted"])
        assert facts.latest_change(work) == 1
        (bit,) = facts.bits(work).values()
        assert facts.changed_since(work, 0, 9) == (Change(subject, 1, 1 << bit),)
        facts.change(work, subject, remove=["hold"])
        assert facts.changed_since(work, 1, 9) == (Change(subject, 2, 0),)
        assert facts.changed_since(work, 2, 9) == ()


def test_one_bad_change_among_many_changes_nobody(begin: Begin) -> None:
    known = people(begin, 2)
    attempts: list[facts.Changes] = [
        {known[0]: (["hold"], []), "sub-nobody": (["hold"], [])},
        {known[0]: (["hold"], []), known[1]: (["hold", "Not a fact"], [])},
    ]
    for bad in attempts:
        with begin() as work, pytest.raises(InputError):
            facts.change_all(work, bad)
    with begin() as work:
        assert facts.latest_change(work) == 0
        assert [facts.state(work, one) for one in known] == [0, 0]
        assert facts.bits(work) == {}


def test_the_number_of_statements_does_not_grow_with_the_number_of_people(begin: Begin, engine: sa.Engine) -> None:
    known = people(begin, 400)
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))

    def statements(subjects: list[str], name: str) -> int:
        seen.clear()
        with begin() as work:
            facts.change_all(work, {one: ([name], []) for one in subjects})
        return len(seen)

    few, many = statements(known[:2], "hold"), statements(known[2:], "restricted")
    assert many <= few + 1  # the insert of many rows may come in two parts
    with begin() as work:
        assert facts.latest_change(work) == 400


def test_numbers_are_ordered_as_commits_are(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    """Whoever has seen change `n` and looks again never finds a change below `n` that was not there before."""
    known = people(begin, 6)
    writers = [threading.Thread(target=_write, args=(engine, clock, one)) for one in known]
    for thread in writers:
        thread.start()
    looks: list[dict[str, int]] = []
    while any(thread.is_alive() for thread in writers):
        with begin() as work:
            looks.append({change.subject: change.number for change in facts.changed_since(work, 0, 99)})
    for thread in writers:
        thread.join()
    for earlier, later in pairwise(looks):
        highest = max(earlier.values(), default=0)
        assert all(number > highest for subject, number in later.items() if earlier.get(subject) != number)
    with begin() as work:
        assert facts.latest_change(work) == 6 * 12


def _write(engine: sa.Engine, clock: SettableClock, subject: str) -> None:
    for number in range(12):
        with engine.begin() as connection:
            work = Work(connection, clock.now(), bytes)
            facts.change(work, subject, **{"add" if number % 2 == 0 else "remove": ["hold"]})


def test_facts_that_end_are_found_when_they_are_due(begin: Begin, clock: SettableClock) -> None:
    first, second = people(begin, 2)
    now = clock.now()
    with begin() as work:
        facts.change_all(work, {first: (["hold", "restricted"], []), second: (["hold"], [])})
        facts.expire_at(work, first, "hold", now + timedelta(days=2))
        facts.expire_at(work, first, "restricted", now + timedelta(days=9))
        facts.expire_at(work, second, "hold", now + timedelta(days=1))
    with begin() as work:
        assert facts.due(work, now + timedelta(hours=23), 9) == ()
        soon = (
            Expiry(second, "hold", now + timedelta(days=1)),
            Expiry(first, "hold", now + timedelta(days=2)),
        )
        assert facts.due(work, now + timedelta(days=2), 9) == soon
        assert facts.due(work, now + timedelta(days=2), 1) == soon[:1]
        facts.change(work, second, remove=["hold"])
        assert facts.due(work, now + timedelta(days=2), 9) == soon[1:]
        assert facts.facts(work, first) == {"hold", "restricted"}


def test_an_expiry_belongs_to_the_last_time_that_the_fact_was_said(begin: Begin, clock: SettableClock) -> None:
    (subject,) = people(begin, 1)
    later = clock.now() + timedelta(days=1)
    with begin() as work:
        facts.change(work, subject, add=["hold", "restricted"])
        facts.expire_at(work, subject, "hold", clock.now())
        facts.expire_at(work, subject, "hold", later)
        facts.expire_at(work, subject, "restricted", later)
        assert [one.fact for one in facts.due(work, later, 9)] == ["hold", "restricted"]
        assert facts.due(work, clock.now(), 9) == ()
        facts.change(work, subject, add=["hold"])
        assert [one.fact for one in facts.due(work, later, 9)] == ["restricted"]
        facts.change(work, subject, remove=["restricted"])
        facts.change(work, subject, add=["restricted"])
        assert facts.due(work, later, 9) == ()
        assert work.db.execute(sa.select(tables.expiry)).all() == []


def test_what_is_not_true_cannot_end(begin: Begin, clock: SettableClock) -> None:
    (subject,) = people(begin, 1)
    with begin() as work, pytest.raises(InputError) as raised:
        facts.expire_at(work, subject, "hold", clock.now())
    assert raised.value.code == "subjects.not-a-fact"
