"""Many callers, one transaction: answered after the commit, each with their own result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from troth.app.grouped.group import BusyError, Group
from troth.base.errors import InputError, TrothError, UnavailableError
from troth.base.schema import metadata
from troth.base.work import Begin, Work

PATIENCE = 30

notes = sa.Table("group_note", sa.MetaData(), sa.Column("text", sa.String(20), primary_key=True))
assert "group_note" not in metadata.tables


@dataclass
class Desk:
    """Writes notes; a note that begins with `bad` is refused, one that is there already breaks the transaction."""

    begin: Begin
    gate: threading.Event = field(default_factory=threading.Event)
    groups: list[list[str]] = field(default_factory=list)
    committed: set[str] = field(default_factory=set)

    def run(self, work: Work, units: Sequence[str]) -> list[str | TrothError]:
        assert self.gate.wait(PATIENCE)
        self.groups.append(list(units))
        good = [unit for unit in units if not unit.startswith("bad")]
        if good:
            work.db.execute(notes.insert(), [{"text": unit} for unit in good])
        return [f"wrote {unit}" if unit in good else InputError("note.bad", "no") for unit in units]

    def written(self) -> set[str]:
        with self.begin() as work:
            return set(work.db.scalars(sa.select(notes.c.text)))


@pytest.fixture
def desk(engine: sa.Engine, begin: Begin) -> Desk:
    notes.metadata.create_all(engine)
    return Desk(begin)


@contextmanager
def grouping(desk: Desk, **limits: int) -> Iterator[Group[str, str]]:
    group = Group[str, str](desk.begin, desk.run, lambda _: 1, **limits)
    try:
        yield group
    finally:
        desk.gate.set()
        group.stop()


def outcome(answer: Future[str]) -> str:
    try:
        return answer.result(PATIENCE)
    except TrothError as error:
        return error.code
    except sa.exc.IntegrityError:
        return "broke"


def waiting_behind(group: Group[str, str], desk: Desk, first: str = "first") -> Future[str]:
    """Have the writer busy with one unit, so that what comes next gathers."""
    answer = group.submit(first)
    while answer.running() is False:
        threading.Event().wait(0.001)
    return answer


def test_what_waits_is_written_in_one_transaction_and_each_gets_their_own_answer(desk: Desk) -> None:
    with grouping(desk) as group:
        first = waiting_behind(group, desk)
        answers = [group.submit(f"note {number}") for number in range(20)]
        assert not any(answer.done() for answer in answers)
        desk.gate.set()
        assert outcome(first) == "wrote first"
        assert [outcome(answer) for answer in answers] == [f"wrote note {number}" for number in range(20)]
    assert [len(group) for group in desk.groups] == [1, 20]
    assert len(desk.written()) == 21


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    units=st.lists(st.sampled_from(["a", "b", "c", "bad 1", "bad 2", "there", "d", "e"]), max_size=12),
    at_once=st.integers(1, 12),
)
def test_whatever_one_unit_does_the_others_are_answered_as_if_alone(desk: Desk, units: list[str], at_once: int) -> None:
    with desk.begin() as work:
        work.db.execute(notes.delete())
        work.db.execute(notes.insert(), [{"text": "there"}])
    desk.gate.clear()
    with grouping(desk, at_once=at_once) as group:
        first = waiting_behind(group, desk)
        answers = [group.submit(unit) for unit in units]
        desk.gate.set()
        assert outcome(first) == "wrote first"
        found = [outcome(answer) for answer in answers]
    seen = {"there", "first"}
    for unit, said in zip(units, found, strict=True):
        expected = "note.bad" if unit.startswith("bad") else "broke" if unit in seen else f"wrote {unit}"
        assert said == expected
        seen |= {unit} if expected.startswith("wrote") else set()
    assert desk.written() == seen


def test_nobody_is_answered_before_the_commit(desk: Desk) -> None:
    committing, let_go = threading.Event(), threading.Event()

    @contextmanager
    def slow() -> Iterator[Work]:
        with desk.begin() as work:
            yield work
            committing.set()
            assert let_go.wait(PATIENCE)
        desk.committed.update(desk.written())

    desk.gate.set()
    group = Group[str, str](slow, desk.run, lambda _: 1)
    answer = group.submit("a")
    answer.add_done_callback(lambda _: desk.committed.add("answered after" if "a" in desk.committed else "too early"))
    assert committing.wait(PATIENCE)
    assert not answer.done()
    let_go.set()
    assert outcome(answer) == "wrote a"
    group.stop()
    assert desk.committed == {"a", "answered after"}


def test_a_commit_that_breaks_off_is_not_tried_again_and_says_that_the_outcome_is_unknown(desk: Desk) -> None:
    @contextmanager
    def breaking() -> Iterator[Work]:
        with desk.begin() as work:
            yield work
            raise OSError("the connection is gone")

    desk.gate.set()
    group = Group[str, str](breaking, desk.run, lambda _: 1)
    answers = [group.submit("a"), group.submit("b")]
    assert [outcome(answer) for answer in answers] == ["group.unknown-outcome"] * 2
    group.stop()
    assert sorted(unit for group_ in desk.groups for unit in group_) == ["a", "b"], "each ran once"


def test_a_database_that_is_away_is_asked_once_for_all(desk: Desk) -> None:
    asked: list[int] = []

    def away(_work: Work, units: Sequence[str]) -> list[str | TrothError]:
        assert desk.gate.wait(PATIENCE)
        asked.append(len(units))
        raise UnavailableError("database.unavailable", "the own database failed")

    group = Group[str, str](desk.begin, away, lambda _: 1)
    first = waiting_behind(group, desk)
    answers = [group.submit(f"note {number}") for number in range(5)]
    desk.gate.set()
    assert [outcome(answer) for answer in [first, *answers]] == ["database.unavailable"] * 6
    group.stop()
    assert asked == [1, 5]


def test_a_run_that_does_not_answer_everybody_writes_nothing_and_the_writer_goes_on(desk: Desk) -> None:
    def forgetful(work: Work, units: Sequence[str]) -> list[str | TrothError]:
        return desk.run(work, units)[: 0 if units == ["forgotten"] else None]

    desk.gate.set()
    group = Group[str, str](desk.begin, forgetful, lambda _: 1)
    with pytest.raises(ValueError, match="one answer"):
        group.submit("forgotten").result(PATIENCE)
    assert outcome(group.submit("a")) == "wrote a"
    group.stop()
    assert desk.written() == {"a"}


def test_the_writer_outlives_what_it_stumbles_over(desk: Desk) -> None:
    desk.gate.set()
    with grouping(desk) as group:
        assert outcome(group.submit("a")) == "wrote a"
        assert outcome(group.submit("a")) == "broke"
        assert outcome(group.submit("b")) == "wrote b"


def test_more_than_can_wait_is_told_to_come_back_and_nothing_of_it_is_taken(desk: Desk) -> None:
    with grouping(desk, waiting=3) as group:
        first = waiting_behind(group, desk)
        taken = [group.submit(f"note {number}") for number in range(3)]
        with pytest.raises(BusyError) as busy:
            group.submit("one too many")
        assert (busy.value.code, busy.value.status, busy.value.seconds) == ("group.busy", 503, 1)
        desk.gate.set()
        assert [outcome(answer)[:5] for answer in [first, *taken]] == ["wrote"] * 4
        assert outcome(group.submit("later")) == "wrote later"
    assert "one too many" not in desk.written()


def test_a_unit_heavier_than_a_whole_group_goes_alone(desk: Desk) -> None:
    group = Group[str, str](desk.begin, desk.run, len, at_once=5, waiting=100)
    first = waiting_behind(group, desk)
    answers = [group.submit(text) for text in ("ab", "abc", "abcdefghij", "x")]
    desk.gate.set()
    assert [outcome(answer)[:5] for answer in [first, *answers]] == ["wrote"] * 5
    group.stop()
    assert desk.groups == [["first"], ["ab", "abc"], ["abcdefghij"], ["x"]]


def test_stopping_writes_what_waits_and_takes_nothing_more(desk: Desk) -> None:
    group = Group[str, str](desk.begin, desk.run, lambda _: 1)
    answers = [waiting_behind(group, desk), *(group.submit(f"note {number}") for number in range(9))]
    stopping = threading.Thread(target=group.stop)
    stopping.start()
    desk.gate.set()
    stopping.join(PATIENCE)
    assert all(answer.done() for answer in answers)
    assert len(desk.written()) == 10
    with pytest.raises(UnavailableError, match="stopping"):
        group.submit("too late")


def test_a_group_that_was_never_used_stops_at_once(desk: Desk) -> None:
    Group[str, str](desk.begin, desk.run, lambda _: 1).stop()
    assert desk.groups == []


def test_whoever_gives_up_before_their_turn_is_left_out(desk: Desk) -> None:
    with grouping(desk) as group:
        waiting_behind(group, desk)
        given_up, kept = group.submit("given up"), group.submit("kept")
        assert given_up.cancel()
        desk.gate.set()
        assert outcome(kept) == "wrote kept"
    assert desk.written() == {"first", "kept"}


def test_threads_and_coroutines_hand_in_side_by_side(desk: Desk) -> None:
    desk.gate.set()
    with grouping(desk, at_once=16) as group, ThreadPoolExecutor(8) as threads:

        async def all_of() -> list[str]:
            return await asyncio.gather(*(asyncio.wrap_future(group.submit(f"c{number}")) for number in range(60)))

        def from_a_thread(number: int) -> str:
            return group.submit(f"t{number}").result(PATIENCE)

        from_threads = [threads.submit(from_a_thread, number) for number in range(60)]
        assert asyncio.run(all_of()) == [f"wrote c{number}" for number in range(60)]
        assert [one.result() for one in from_threads] == [f"wrote t{number}" for number in range(60)]
    assert len(desk.written()) == 120
    assert max(len(group) for group in desk.groups) <= 16
