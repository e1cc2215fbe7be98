from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.base.clock import SettableClock
from troth.base.errors import InputError
from troth.base.work import Begin, Work
from troth.subjects import facts, tables
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault

VAULT = Vault(bytes(range(32)))
NAMES = [f"consent.f{number}.general" for number in range(140)]


def person(begin: Begin, account: str = "1") -> str:
    with begin() as work:
        return register(work, VAULT, [identifier("account", account)])


def test_of_an_unknown_person_nothing_is_true(begin: Begin) -> None:
    with begin() as work:
        assert facts.facts(work, "sub-nobody") == frozenset()
        assert facts.state(work, "sub-nobody") == 0
        with pytest.raises(InputError, match="`sub-nobody`"):
            facts.change(work, "sub-nobody", add=["account.open"])


def test_facts_become_true_and_untrue(begin: Begin) -> None:
    subject = person(begin)
    with begin() as work:
        facts.change(work, subject, add=["account.open", "verified.phone"])
    with begin() as work:
        assert facts.facts(work, subject) == {"account.open", "verified.phone"}
        facts.change(work, subject, add=["account.closed"], remove=["account.open", "never.said"])
        assert facts.facts(work, subject) == {"account.closed", "verified.phone"}


def test_a_fact_in_both_lists_becomes_true(begin: Begin) -> None:
    subject = person(begin)
    with begin() as work:
        facts.change(work, subject, add=["hold"], remove=["hold"])
        assert facts.facts(work, subject) == {"hold"}


def test_a_bit_is_allocated_once_and_bit_zero_never(begin: Begin) -> None:
    subject, other = person(begin), person(begin, "2")
    with begin() as work:
        facts.change(work, subject, add=["account.open"])
        first = facts.bits(work)
        facts.change(work, subject, remove=["account.open"])
        facts.change(work, other, add=["restricted", "account.open"])
        second = facts.bits(work)
    assert dict(first).items() <= dict(second).items()
    assert facts.NEVER not in second.values()
    assert len(set(second.values())) == len(second) == 2


def test_facts_of_one_person_are_not_those_of_another(begin: Begin) -> None:
    subject, other = person(begin), person(begin, "2")
    with begin() as work:
        facts.change(work, subject, add=["restricted"])
        assert facts.facts(work, other) == frozenset()


def test_words_hold_62_bits_each(begin: Begin) -> None:
    subject = person(begin)
    with begin() as work:
        facts.change(work, subject, add=NAMES)
        rows = work.db.execute(sa.select(tables.word).order_by(tables.word.c.word)).all()
        assert [row.word for row in rows] == [0, 1, 2]
        assert all(0 < row.value < 2**62 for row in rows)
        assert facts.facts(work, subject) == set(NAMES)
        facts.change(work, subject, remove=NAMES[:100])
        assert facts.facts(work, subject) == set(NAMES[100:])
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.word)) == 2


@given(st.integers(0, 2**200 - 1))
def test_words_put_together_are_the_mask(mask: int) -> None:
    words = facts.words(mask)
    assert sum(value << (facts.WORD_BITS * number) for number, value in words.items()) == mask
    assert all(0 < value < 2**facts.WORD_BITS for value in words.values())


@given(st.lists(st.tuples(st.sets(st.sampled_from(NAMES[:70])), st.sets(st.sampled_from(NAMES[:70]))), max_size=5))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changes_add_up_like_sets(begin: Begin, changes: list[tuple[set[str], set[str]]]) -> None:
    expected: set[str] = set()
    with begin() as work:
        subject = register(work, VAULT, [identifier("account", work.new_id("acc"))])
        for add, remove in changes:
            facts.change(work, subject, add=add, remove=remove)
            expected = (expected - remove) | add
            assert facts.facts(work, subject) == expected


@pytest.mark.parametrize("name", ["", "Account.open", "a b", ".a", "a:b", "é", "a" * 201])
def test_what_cannot_be_a_fact_is_refused(begin: Begin, name: str) -> None:
    subject = person(begin)
    with begin() as work, pytest.raises(InputError) as raised:
        facts.change(work, subject, add=[name])
    assert raised.value.code == "subjects.bad-fact"


def test_changes_at_the_same_time_are_all_kept(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    subject = person(begin)
    failures: list[BaseException] = []

    def add(names: list[str]) -> None:
        try:
            for name in names:
                with engine.begin() as connection:
                    facts.change(Work(connection, clock.now(), bytes), subject, add=[name])
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=add, args=(NAMES[start : start + 8],)) for start in (0, 8, 16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with begin() as work:
        assert facts.facts(work, subject) == set(NAMES[:24])
