"""What staff see of all requests: filters, pages, what needs somebody, figures, tables; each against the plain sum."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import World
from troth.base.errors import InputError, RefusedError
from troth.base.work import Work
from troth.journal.rows import check_rows
from troth.journal.service import entries, size
from troth.requests import tables
from troth.requests.deciding.proposals import WAITS
from troth.requests.desk import assignment, export, lists, looks, statistics
from troth.requests.desk.attention import SOON, TASK, Todo, attention, counted
from troth.requests.desk.export import COLUMNS, guarded
from troth.requests.desk.filters import NOBODY, Filter
from troth.requests.kinds import Kind
from troth.requests.machine import FINAL, State
from troth.subjects.identifier import identifier

START = datetime(2026, 1, 1, tzinfo=UTC)
STAFF = ("li@kaiconn.example", "wang@kaiconn.example", None)
LAWS = ("cn:request.answer", "eu:request.answer", "uk:complaint.answer")


@dataclass(frozen=True)
class Row:
    """A request as the plain sums see it."""

    id: str
    kind: Kind
    state: State
    law: str
    assignee: str | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    blocked: str | None


def rows(number: int, seed: int, subject: str) -> list[Row]:
    """Requests of every kind and state, spread over two months."""
    del subject
    chance = random.Random(seed)
    found = []
    for n in range(number):
        state = chance.choice(list(State))
        opened = START + timedelta(minutes=chance.randrange(60 * 24 * 60))
        closed = opened + timedelta(minutes=chance.randrange(1, 60 * 24 * 40)) if state in FINAL else None
        blocked = chance.choice([WAITS, TASK, "stores.unavailable"]) if state is State.BLOCKED else None
        found.append(
            Row(
                f"req-{chance.randrange(36**6):08d}{n:04d}",
                chance.choice(list(Kind)),
                state,
                chance.choice(LAWS),
                chance.choice(STAFF),
                opened,
                chance.choice([None, opened + timedelta(days=chance.randrange(1, 90))]),
                closed,
                "ground.repeated" if state is State.REFUSED else blocked,
            )
        )
    return found


def write(work: Work, made: Sequence[Row], version: str) -> None:
    """Put them into the tables as they are; each person has one."""
    requests: list[dict[str, Any]] = []
    limits: list[dict[str, Any]] = []
    for n, one in enumerate(made):
        requests.append(
            {
                **{
                    name: getattr(one, name)
                    for name in ("id", "opened_at", "due_at", "closed_at", "blocked", "assignee")
                },
                "kind": one.kind.value,
                "state": one.state.value,
                "reference": f"K-{n:06d}",
                "subject": f"sub-{n}",
                "version": version,
                "language": "en",
                "channel": "portal",
                "attempts": 0,
            }
        )
        limits.append(
            {
                "request": one.id,
                "clause": one.law,
                "source": "law",
                "period": "1 month",
                "due_at": one.due_at or one.opened_at + timedelta(days=30),
                "provisional": False,
                "stage": "answer",
                "pausable": "",
                "extended": False,
                "met_at": one.closed_at,
            }
        )
    work.db.execute(sa.insert(tables.request), requests)
    work.db.execute(sa.insert(tables.request_deadline), limits)


def passes(one: Row, wanted: Filter) -> bool:
    """The filter, said once more the plain way."""
    return (
        wanted.state in (None, one.state.value)
        and wanted.kind in (None, one.kind.value)
        and (wanted.law is None or one.law.startswith(f"{wanted.law}:"))
        and (wanted.assignee is None or (one.assignee or NOBODY) == wanted.assignee)
        and (wanted.since is None or one.opened_at >= wanted.since)
        and (wanted.until is None or one.opened_at < wanted.until)
    )


def days() -> st.SearchStrategy[datetime]:
    return st.integers(0, 60).map(lambda day: START + timedelta(days=day))


WANTED = st.builds(
    Filter,
    state=st.none() | st.sampled_from([one.value for one in State]),
    kind=st.none() | st.sampled_from([one.value for one in Kind]),
    law=st.none() | st.sampled_from(["cn", "eu", "uk", "us-ca"]),
    assignee=st.none() | st.sampled_from([NOBODY, "li@kaiconn.example", "nobody@kaiconn.example"]),
    since=st.none() | days(),
    until=st.none() | days(),
)


@pytest.fixture
def many(company: World) -> tuple[World, list[Row]]:
    made = rows(300, 7, company.subject)
    with company.begin() as work:
        write(work, made, company.version.id)
    return company, made


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=WANTED, few=st.sampled_from([0, 40, 2000]))
def test_a_filtered_list_has_every_request_once_and_the_newest_first(
    many: tuple[World, list[Row]], wanted: Filter, few: int
) -> None:
    company, made = many
    with pytest.MonkeyPatch.context() as patched, company.begin() as work:
        patched.setattr("troth.requests.desk.filters._FEW", few)
        found: list[str] = []
        last: str | None = None
        while True:
            page = lists.listing(work, wanted=wanted, after=last, limit=40)
            found += [one.id for one in page]
            if len(page) < 40:
                break
            last = page[-1].id
    expected = sorted((one for one in made if passes(one, wanted)), key=lambda one: (one.opened_at, one.id))
    assert found == [one.id for one in reversed(expected)]


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(state="fulfilled"),
        Filter(kind="copy"),
        Filter(state="blocked", kind="copy"),
        Filter(assignee="li@kaiconn.example"),
        Filter(since=START, until=START + timedelta(days=3)),
    ],
    ids=lambda one: repr(one)[:30],
)
def test_a_page_goes_by_an_index_and_sorts_nothing(many: tuple[World, list[Row]], wanted: Filter) -> None:
    company, made = many
    with company.begin() as work:
        plan = explained(work, lambda: lists.listing(work, wanted=wanted, after=made[0].id, limit=50))
    assert "ix_request" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
    assert "Seq Scan on request " not in plan


@pytest.mark.parametrize("one", list(Todo))
def test_what_needs_somebody_is_read_in_the_order_of_the_index_of_open_requests(
    many: tuple[World, list[Row]], one: Todo
) -> None:
    company, _ = many
    with company.begin() as work:
        plan = explained(work, lambda: attention(work, one, limit=20), order="request.due_at")
    assert "ix_request_open_due" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def explained(work: Work, ask: Any, order: str = "request.opened_at") -> str:
    """How the database answers the statement that reads the page; as if the table were not a small one."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> None:
        if f"ORDER BY {order}" in statement:
            seen.append((statement, parameters))

    sa.event.listen(work.db, "before_cursor_execute", note)
    ask()
    sa.event.remove(work.db, "before_cursor_execute", note)
    ((statement, parameters),) = seen
    if work.db.dialect.name == "sqlite":
        found = work.db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return "\n".join(row[3] for row in found)
    work.db.exec_driver_sql("SET LOCAL enable_seqscan = off")
    work.db.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
    work.db.exec_driver_sql("SET LOCAL enable_sort = off")
    return "\n".join(row[0] for row in work.db.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def todo(one: Row, at: datetime) -> Todo | None:
    """What is to be done with it, said once more the plain way; nobody asks for another here."""
    if one.closed_at is not None:
        return None
    if one.state in {State.IN_REVIEW, State.DECIDING}:
        return Todo.REVIEW
    if one.state is State.BLOCKED:
        return {WAITS: Todo.APPROVE, TASK: Todo.TASK}.get(one.blocked or "", Todo.BLOCKED)
    return Todo.SOON if one.due_at is not None and one.due_at <= at + SOON else None


def test_what_needs_somebody_is_grouped_by_what_is_to_be_done_and_each_counts_once(
    many: tuple[World, list[Row]],
) -> None:
    company, made = many
    with company.begin() as work:
        at = work.at
        number = counted(work)
        found = {one: [each.id for each in pages(work, one)] for one in Todo}
    expected = Counter(todo(one, at) for one in made if one.closed_at is None)
    assert dict(number.todo) == {one: expected[one] for one in Todo}
    assert number.running == expected[None]
    far = datetime(9999, 1, 1, tzinfo=UTC)
    for one in Todo:
        ordered = sorted((each.due_at or far, each.id) for each in made if todo(each, at) is one)
        assert found[one] == [name for _, name in ordered], "the least time left first, those without a limit last"


def pages(work: Work, one: Todo) -> list[Any]:
    found: list[Any] = []
    while True:
        page = attention(work, one, after=found[-1].id if found else None, limit=3)
        found += page
        if len(page) < 3:
            return found


def test_what_needs_somebody_is_filtered_like_any_list(many: tuple[World, list[Row]]) -> None:
    company, made = many
    wanted = Filter(law="eu", assignee="li@kaiconn.example")
    with company.begin() as work:
        number = counted(work, wanted=wanted)
        at = work.at
    expected = Counter(todo(one, at) for one in made if one.closed_at is None and passes(one, wanted))
    assert dict(number.todo) == {one: expected[one] for one in Todo}
    assert number.running == expected[None]


def test_a_filter_that_names_nothing_known_is_refused(company: World) -> None:
    with company.begin() as work:
        for wrong in (Filter(state="lost"), Filter(kind="whim")):
            with pytest.raises(InputError):
                lists.listing(work, wanted=wrong)
        with pytest.raises(InputError):
            attention(work, Todo.REVIEW, after="req-nothing")


def test_figures_are_those_of_the_plain_sum(many: tuple[World, list[Row]]) -> None:
    company, made = many
    bounds = [START + timedelta(days=5 * n) for n in range(15)]
    since, until = bounds[2], bounds[-1]
    with company.begin() as work:
        at = work.at
        volume = statistics.volume(work, bounds)
        answers = statistics.answers(work, since, until)
        refusals = statistics.refusals(work, since, until)
        ages = statistics.ages(work)
    for span, end in zip(volume, bounds[1:], strict=True):
        assert span.opened == sum(span.start <= one.opened_at < end for one in made)
        assert span.closed == sum(one.closed_at is not None and span.start <= one.closed_at < end for one in made)
    ended = [
        one
        for one in made
        if one.closed_at and since <= one.closed_at < until and one.state in {State.FULFILLED, State.REFUSED}
    ]
    assert {one.kind: one.number for one in answers} == Counter(one.kind for one in ended)
    for found in answers:
        times = sorted((one.closed_at - one.opened_at) for one in ended if one.kind is found.kind and one.closed_at)
        hour = timedelta(hours=1)
        assert found.median // hour == times[-(-len(times) // 2) - 1] // hour
        assert found.nine_tenths // hour == times[-(-len(times) * 9 // 10) - 1] // hour
        allowed = min(
            (one.due_at or one.opened_at + timedelta(days=30)) - one.opened_at
            for one in ended
            if one.kind is found.kind
        )
        assert found.allowed == allowed // hour * hour
    refused = sum(one.state is State.REFUSED for one in ended)
    assert dict(refusals) == ({"ground.repeated": refused} if refused else {})
    open_ = [at - one.opened_at for one in made if one.closed_at is None]
    ends = [timedelta(), *statistics.AGES, timedelta(days=9999)]
    assert list(ages) == [sum(low <= age < high for age in open_) for low, high in pairwise(ends)]


def test_a_missed_limit_counts_as_late_in_the_figures(many: tuple[World, list[Row]]) -> None:
    company, made = many
    chosen = next(one for one in made if one.state is State.FULFILLED)
    limit = tables.request_deadline
    with company.begin() as work:
        work.db.execute(sa.update(limit).where(limit.c.request == chosen.id).values(missed_at=START))
        answers = statistics.answers(work, START, START + timedelta(days=300))
    assert {one.kind for one in answers if one.late} == {chosen.kind}


@given(st.dictionaries(st.integers(0, 500), st.integers(1, 50), min_size=1), st.floats(0.01, 1))
def test_a_quantile_is_the_smallest_value_that_so_many_reach(counts: dict[int, int], share: float) -> None:
    every = sorted(value for value, number in counts.items() for _ in range(number))
    found = statistics.quantile(counts, share)
    assert found in counts
    assert sum(one <= found for one in every) >= share * len(every)
    assert sum(one < found for one in every) < share * len(every)


def test_a_table_has_every_wanted_request_and_names_only_for_those_who_may_know(
    many: tuple[World, list[Row]],
) -> None:
    company, made = many
    wanted, zone = Filter(kind="copy"), ZoneInfo("Asia/Shanghai")
    with company.begin() as work:
        named, number = export.table(work, wanted, zone, names=True)
        bare, _ = export.table(work, wanted, zone, names=False)
    read = list(csv.DictReader(io.StringIO(named)))
    expected = {one.id: one for one in made if one.kind is Kind.COPY}
    assert number == len(read) == len(expected)
    assert {row["id"]: row["assignee"] for row in read} == {key: one.assignee or "" for key, one in expected.items()}
    assert next(csv.reader(io.StringIO(bare))) == list(COLUMNS)
    assert "kaiconn.example" not in bare


def test_a_table_that_is_too_long_is_refused_and_never_cut_off(
    many: tuple[World, list[Row]], monkeypatch: pytest.MonkeyPatch
) -> None:
    company, _ = many
    monkeypatch.setattr(export, "MOST", 299)
    with company.begin() as work, pytest.raises(RefusedError) as long:
        export.table(work, Filter(), UTC, names=False)
    assert long.value.code == "requests.too-many-rows"


@given(st.text(max_size=12))
def test_no_cell_of_a_table_is_a_formula(cell: str) -> None:
    kept = guarded(cell)
    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert kept.removeprefix("'") == cell.removeprefix("'")


def test_looking_for_a_person_is_written_down_without_saying_whom(company: World) -> None:
    request = company.open("erasure")
    with company.begin() as work:
        found = looks.search(work, company.vault, identifier("phone", "+8619900000001"), by="li@kaiconn.example")
        nobody = looks.search(work, company.vault, identifier("phone", "+8619900000009"), by="li@kaiconn.example")
        looks.note(work, "list", found=2, by="li@kaiconn.example")
        told = entries(work, 0, size(work))[-3:]
        kept = work.db.execute(sa.select(tables.staff_look.c.what, tables.staff_look.c.found)).all()
        assert list(check_rows(work)) == []
    assert [one.id for one in found] == [request.id]
    assert nobody == ()
    assert [one.kind for one in told] == ["staff.searched", "staff.searched", "staff.exported"]
    assert not any(b"kaiconn.example" in one.leaf or b"199" in one.leaf.split(b'"refs"')[1] for one in told)
    assert sorted(tuple(one) for one in kept) == [("list", 2), ("search", 0), ("search", 1)]


def test_a_request_is_given_to_somebody_and_that_is_noted_once(company: World) -> None:
    request = company.open("erasure")
    with company.begin() as work:
        for _ in range(2):
            assignment.assign(work, request.id, "li@kaiconn.example", by="wang@kaiconn.example")
        assert lists.assignees(work, [request.id]) == {request.id: "li@kaiconn.example"}
        assert [one.event for one in lists.timeline(work, request.id)].count("assign") == 1
        assignment.assign(work, request.id, None, by="wang@kaiconn.example")
        assert lists.assignees(work, [request.id]) == {}
    company.run(request)
    with company.begin() as work, pytest.raises(RefusedError):
        assignment.assign(work, request.id, "li@kaiconn.example", by="wang@kaiconn.example")
