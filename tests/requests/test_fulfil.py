"""Fulfilment: what is left afterwards, what evidence there is, and that no crash and no failure changes either."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import DUE, MINE, OTHER, RUN_BY_WORKERS, Crash, World, crashing, week, world
from tests.support.databases import Databases
from troth.base.canonical import digest
from troth.base.clock import SettableClock
from troth.base.errors import RefusedError
from troth.base.work import Begin, Work
from troth.journal import service as journal
from troth.requests import service
from troth.requests.fulfilment import fulfil, package
from troth.requests.kinds import Kind, Way, of_way
from troth.requests.machine import OPEN, State
from troth.requests.model import Request
from troth.subjects import service as subjects

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@contextmanager
def fresh(databases: Databases, kind: str = "sqlite") -> Iterator[World]:
    """A world of its own, for tests that need many."""
    with ExitStack() as stack:
        engine = next(stack.enter_context(closing(getattr(databases, kind)())))
        folder = Path(stack.enter_context(TemporaryDirectory()))
        clock, entropy = SettableClock(START), random.Random(7).randbytes

        @contextmanager
        def begin() -> Iterator[Work]:
            with engine.begin() as connection:
                yield Work(connection, clock.now(), entropy)

        yield world(begin, clock, folder)


def journaled(company: World) -> Counter[str]:
    with company.begin() as work:
        return Counter(entry.kind for entry in journal.entries(work, 0, 1000))


def certified(company: World, request: Request) -> dict[str, dict[str, dict[str, object]]]:
    """The certificate's lines by store and dataset."""
    with company.begin() as work:
        found = service.certificate(work, request.id)
    assert found is not None
    assert found.digest == digest(dict(found.body))
    return {one["store"]: {line["dataset"]: line for line in one["datasets"]} for one in found.body["stores"]}


def is_gone(company: World) -> bool:
    return not any(number for store in company.mine_left().values() for number in store.values())


def others_untouched(company: World) -> bool:
    shop = company.company
    return (
        [row[1] for row in shop.rows("shop", "member")][-1] == OTHER
        and shop.rows("shop", "orders")[-1] == (12, 2, "plug")
        and shop.rows("push", "device")[-1] == ("imei-c", OTHER)
    )


def test_erasure_leaves_nothing_but_what_a_clause_keeps(company: World) -> None:
    request = company.run(company.open("erasure"))
    assert request.state is State.FULFILLED
    assert request.closed_at == company.clock.now()
    assert company.mine_left() == {"shop": {"member": 0, "orders": 0}, "push": {"device": 0}}
    assert company.company.rows("shop", "invoice")[0][1] == MINE
    assert others_untouched(company)


def test_the_certificate_says_what_was_found_changed_kept_and_why(company: World) -> None:
    request = company.run(company.open("erasure"))
    lines = certified(company, request)
    assert {
        store: {name: line["changed"] for name, line in of.items() if line["changed"]} for store, of in lines.items()
    } == DUE
    assert lines["shop"]["invoice"] == {
        "dataset": "invoice",
        "found": 1,
        "changed": 0,
        "kept": 1,
        "left": 0,
        "changes": [],
        "grounds": [{"ground": "retention.orders", "rows": 1}],
        "resumed": False,
    }
    with company.begin() as work:
        found = service.certificate(work, request.id)
        assert found is not None
        assert found.body["totals"] == {"found": 6, "changed": 5, "kept": 1, "left": 0}
        assert found.body["policy"] == company.version.hash
        assert found.body["backups"]["clause"] == "rights.erasure.backups"
        leaves = [entry.leaf.decode() for entry in journal.entries(work, 0, 1000) if entry.kind == "request.certified"]
    assert len(leaves) == 1
    assert found.digest in leaves[0]
    assert MINE not in str(found)


def test_erasure_keeps_the_person_and_closing_the_account_forgets_them(company: World) -> None:
    company.run(company.open("erasure"))
    assert {"account.open", "verified.phone"} <= company.facts()
    request = company.open("close_account")
    week(company)
    assert company.run(request).state is State.FULFILLED
    with company.begin() as work:
        assert subjects.is_shredded(work, company.subject)
        assert service.get(work, request.id).reference == request.reference
    assert "account.closed" in company.facts()
    assert not {"account.open", "account.closing"} & company.facts()
    kinds = journaled(company)
    assert (kinds["request.fulfilled"], kinds["subject.shredded"], kinds["request.certified"]) == (2, 1, 2)


def test_the_certificate_is_in_the_journal_before_the_key_is_destroyed(company: World) -> None:
    request = company.open("close_account")
    week(company)
    company.run(request)
    with company.begin() as work:
        order = [entry.kind for entry in journal.entries(work, 0, 1000)]
    assert order.index("request.certified") < order.index("request.fulfilled") < order.index("subject.shredded")


def test_a_second_run_changes_nothing(company: World) -> None:
    for kind in (Kind.COPY, Kind.ERASURE, Kind.CLOSE_ACCOUNT):
        request = company.open(kind.value)
        week(company)
        done = company.run(request)
        before = journaled(company)
        assert company.run(request) == done
        assert company.run(request) == done
        assert journaled(company) == before


def test_a_store_that_is_down_blocks_and_nothing_is_erased_anywhere(company: World) -> None:
    company.company.stores["push"].on = False
    request = company.run(company.open("erasure"))
    assert (request.state, request.blocked) == (State.BLOCKED, "stores.unavailable")
    assert not request.closed
    assert company.company.rows("shop", "member")[0][1] == MINE
    company.company.stores["push"].on = True
    assert company.pulse() == [request.id]
    done = company.run(request)
    assert (done.state, done.blocked) == (State.FULFILLED, None)
    assert is_gone(company)
    with company.begin() as work:
        events = [step.event for step in service.timeline(work, request.id)]
    assert events == ["open", "begin", "block", "retry", "complete"]


def test_a_store_that_goes_down_half_way_is_erased_when_it_is_back(company: World) -> None:
    request = company.open("erasure")
    shop, push = company.company.stores["shop"], company.company.stores["push"]
    begin, opened = crashing(company.begin, 10**6, before_commit=True)

    @contextmanager
    def losing() -> Iterator[Work]:
        with begin() as work:
            yield work
        shop.on = not push.erasures  # `push` comes first; `shop` is lost as soon as that is erased

    blocked = company.run(request, losing)
    assert (blocked.state, blocked.blocked) == (State.BLOCKED, "stores.unavailable")
    assert opened
    assert company.mine_left_in("push") == {"device": 0}
    shop.on = True
    assert company.run(request).state is State.FULFILLED
    assert certified(company, request)["push"]["device"]["changed"] == 2
    assert (shop.erasures, push.erasures) == (1, 1)
    assert is_gone(company)


def test_the_same_failure_again_is_not_told_again_but_waits_longer(company: World) -> None:
    company.company.stores["shop"].on = False
    request = company.open("copy")
    waited = []
    for _ in range(6):
        assert company.run(request).state is State.BLOCKED
        before = company.clock.now()
        while not company.pulse():
            company.clock.advance(timedelta(seconds=1))
        waited.append((company.clock.now() - before).total_seconds())
    assert waited == [0, 1, 2, 4, 8, 16]
    assert journaled(company)["request.moved"] == 2
    company.company.stores["shop"].on = True
    assert company.run(request).state is State.FULFILLED


def test_the_pause_grows_and_has_an_end() -> None:
    pauses = [fulfil.pause(attempts) for attempts in range(1, 2000)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta()
    assert pauses[-1] == timedelta(minutes=5)


def test_rows_that_are_written_meanwhile_are_not_called_erased(company: World) -> None:
    request = company.open("erasure")
    push = company.company.stores["push"]
    again = iter([True])

    @contextmanager
    def writing() -> Iterator[Work]:
        with company.begin() as work:
            yield work
        if push.erasures and next(again, False):  # the app writes between erasing and looking again
            company.company.execute("push", f"INSERT INTO device VALUES ('imei-z', '{MINE}')")

    blocked = company.run(request, writing)
    assert (blocked.state, blocked.blocked) == (State.BLOCKED, "requests.rows-left")
    assert not is_gone(company)
    with company.begin() as work:
        assert service.certificate(work, request.id) is None
    assert company.run(request).state is State.FULFILLED
    assert is_gone(company)
    assert certified(company, request)["push"]["device"]["found"] == 2


def test_an_erasure_waits_for_a_copy_that_was_asked_for(company: World) -> None:
    erasure = company.open("erasure")
    copy = company.open("copy")
    waiting = company.run(erasure)
    assert (waiting.state, waiting.blocked) == (State.BLOCKED, "requests.waits-for-another")
    assert company.run(copy).state is State.FULFILLED
    assert company.run(erasure).state is State.FULFILLED


def test_what_was_asked_for_first_is_done_first(company: World) -> None:
    closing_ = company.open("close_account")
    erasure = company.open("erasure")
    company.company.stores["shop"].on = False
    assert company.run(erasure).blocked == "stores.unavailable"
    week(company)
    company.company.stores["shop"].on = True
    assert company.run(closing_).blocked == "requests.waits-for-another"
    assert company.run(erasure).state is State.FULFILLED
    assert company.run(closing_).state is State.FULFILLED


def test_nothing_waits_for_a_cooling_off_period(company: World) -> None:
    company.open("close_account")
    assert company.run(company.open("erasure")).state is State.FULFILLED


def test_every_request_of_a_person_whose_key_is_destroyed_ends(company: World) -> None:
    opened = [company.open(kind.value) for kind in RUN_BY_WORKERS]
    company.company.stores["shop"].on = False
    assert company.run(opened[0]).state is State.BLOCKED
    with company.begin() as work:
        subjects.shred(work, company.vault, company.subject)
    week(company)
    for request in opened:
        ended = company.run(request)
        assert (ended.state, ended.blocked) == (State.REFUSED, "subjects.shredded")
    assert company.pulse() == []
    assert company.company.rows("shop", "member")[0][1] == MINE


def test_a_fault_in_the_machinery_is_raised_and_leaves_the_request_open(company: World) -> None:
    request = company.open("copy")

    def broken(version: object) -> dict[str, object]:
        raise ZeroDivisionError(f"{version}")

    with pytest.raises(ZeroDivisionError):
        fulfil.run(company.begin, company.vault, broken, request.id)  # type: ignore[arg-type]  # it is broken
    assert (company.get(request).state, company.get(request).blocked) == (State.BLOCKED, "requests.fault")
    assert company.run(request).state is State.FULFILLED


def test_a_map_that_does_not_fit_blocks_until_it_is_mended(company: World) -> None:
    company.company.execute("push", "ALTER TABLE device RENAME TO device_old")
    request = company.run(company.open("erasure"))
    assert request.state is State.BLOCKED
    assert request.blocked is not None
    assert company.company.rows("shop", "member")[0][1] == MINE
    company.company.execute("push", "ALTER TABLE device_old RENAME TO device")
    assert company.run(request).state is State.FULFILLED


def test_run_all_closes_everything_that_can_be_closed(company: World) -> None:
    closing_, erasure = company.open("close_account", subject=company.other), company.open("erasure")
    copy = company.open("copy")
    assert [one.id for one in company.run_all()] == [copy.id, erasure.id]
    assert company.run_all() == ()
    week(company)
    assert [one.id for one in company.run_all()] == [closing_.id]


# By day every kind is killed in one of the two ways, in turn, and by night in both.
@pytest.mark.parametrize(
    ("kind", "own", "before_commit"),
    [
        pytest.param(kind, "sqlite", before, marks=() if number % 2 == before else pytest.mark.long)
        for number, kind in enumerate(RUN_BY_WORKERS)
        for before in (False, True)
    ]
    + [(Kind.CLOSE_ACCOUNT, "postgresql", False)],
)
def test_a_kill_between_any_two_lines_and_another_run_complete_it_once(
    databases: Databases, kind: Kind, own: str, before_commit: bool
) -> None:
    with fresh(databases, own) as company:
        boundaries = _boundaries(company, kind)
    assert boundaries > 4
    for at in range(boundaries):
        with fresh(databases, own) as company:
            request = company.open(kind.value)
            week(company)
            dying, _ = crashing(company.begin, at, before_commit=before_commit)
            with pytest.raises(Crash):
                company.run(request, dying)
            done = company.run(request)
            assert done.state is State.FULFILLED, at
            _done_once(company, done)


def _boundaries(company: World, kind: Kind) -> int:
    request = company.open(kind.value)
    week(company)
    counting, opened = crashing(company.begin, 10**6, before_commit=False)
    company.run(request, counting)
    return len(opened)


def _done_once(company: World, request: Request) -> None:
    kinds = journaled(company)
    assert kinds["request.fulfilled"] == 1
    if request.kind in of_way(Way.PACKAGE):
        with company.begin() as work:
            assert package.read(work, company.vault, request.id)
        return
    assert kinds["request.certified"] == 1
    lines = certified(company, request)
    for store, datasets in DUE.items():
        for name, number in datasets.items():
            assert (lines[store][name]["found"], lines[store][name]["left"]) == (number, 0)
    assert lines["shop"]["invoice"]["kept"] == 1
    assert is_gone(company)
    assert others_untouched(company)
    assert all(store.erasures <= 1 for store in company.company.stores.values())
    assert kinds["subject.shredded"] == (request.kind is Kind.CLOSE_ACCOUNT)


def test_a_kill_after_the_stores_commit_is_told_in_the_certificate(company: World) -> None:
    request = company.open("erasure")
    dying = _dies_once_erased(company)
    with pytest.raises(Crash):
        company.run(request, dying)
    assert company.mine_left_in("push") == {"device": 0}
    assert company.run(request).state is State.FULFILLED
    line = certified(company, request)["push"]["device"]
    assert (line["found"], line["changed"], line["resumed"]) == (2, 2, True)


def _dies_once_erased(company: World) -> Begin:
    @contextmanager
    def unit() -> Iterator[Work]:
        if company.company.stores["push"].erasures:
            raise Crash
        with company.begin() as work:
            yield work

    return unit


class _Story:
    """A random life of one person's requests: what may happen, and what must hold after each happening."""

    def __init__(self, company: World) -> None:
        self.company = company
        self.opened: dict[str, Request] = {}

    def happen(self, what: str, number: int) -> None:
        getattr(self, what)(number)
        self.check()

    def ask(self, number: int) -> None:
        kind = RUN_BY_WORKERS[number % len(RUN_BY_WORKERS)]
        try:
            request = self.company.open(kind.value)
        except RefusedError:
            return
        self.opened[request.id] = request

    def recall(self, number: int) -> None:
        for request in list(self.opened.values())[: number + 1]:
            if self.company.get(request).recallable(self.company.clock.now()):
                self.company.recall(request)

    def advance(self, number: int) -> None:
        self.company.clock.advance(timedelta(hours=13 * (number + 1)))

    def switch(self, number: int) -> None:
        store = list(self.company.company.stores.values())[number % 2]
        store.on = not store.on

    def work(self, number: int) -> None:
        """A pulse, and a worker that dies somewhere on the way."""
        for request_id in self.company.pulse():
            dying, _ = crashing(self.company.begin, number, before_commit=bool(number % 2))
            try:
                self.company.run(self.opened[request_id], dying)
            except Crash:
                return

    def check(self) -> None:
        kinds = journaled(self.company)
        now = [self.company.get(request) for request in self.opened.values()]
        assert kinds["request.fulfilled"] == sum(one.state is State.FULFILLED for one in now)
        assert kinds["subject.shredded"] <= 1
        assert len({one.kind for one in now if not one.closed}) == sum(not one.closed for one in now)
        for one in now:
            assert (one.closed_at is not None) == one.closed
            assert (one.blocked is not None) == (one.state in (State.BLOCKED, State.REFUSED))
        self.nothing_acts_after_recall(now)

    def nothing_acts_after_recall(self, now: list[Request]) -> None:
        if {one.state for one in now if one.kind is not Kind.COPY} <= {State.RECALLED, State.COOLING_OFF}:
            assert self.company.company.rows("shop", "member")[0][1] == MINE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(["ask", "ask", "recall", "advance", "switch", "work", "work"]), st.integers(0, 14)),
        max_size=14,
    )
)
def test_whatever_happens_every_request_ends_once_when_the_stores_are_back(
    databases: Databases, happenings: list[tuple[str, int]]
) -> None:
    with fresh(databases) as company:
        story = _Story(company)
        for what, number in happenings:
            story.happen(what, number)
        for store in company.company.stores.values():
            store.on = True
        company.clock.advance(timedelta(days=30))
        while asked := company.pulse():
            for request_id in asked:
                company.run(story.opened[request_id])
            company.clock.advance(timedelta(minutes=5))
        story.check()
        assert not {company.get(one).state for one in story.opened.values()} & OPEN


def test_two_workers_on_one_request_end_it_once(company: World) -> None:
    """The second run begins inside every unit of the first: the closest overlap there is."""
    request = company.open("erasure")
    depth = [0]

    @contextmanager
    def overtaken() -> Iterator[Work]:
        if depth[0] == 0:
            depth[0] = 1
            company.run(request)
        with company.begin() as work:
            yield work

    assert company.run(request, overtaken).state is State.FULFILLED
    assert journaled(company)["request.fulfilled"] == 1
