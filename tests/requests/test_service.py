"""Opening, recalling, looking and listing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.requests.world import RUN_BY_WORKERS, World, week
from troth.base.errors import ConflictError, InputError, RefusedError, UnavailableError
from troth.base.work import Work
from troth.journal import service as journal
from troth.requests import record, service, tables
from troth.requests.kinds import Kind
from troth.requests.machine import Event, State
from troth.requests.model import ALPHABET
from troth.subjects import facts
from troth.subjects import service as subjects


class NoQueue:
    def enqueue(self, work: Work, *request_ids: str) -> None:
        assert work.db.in_transaction()
        raise UnavailableError("jobs.not-prepared", "the queue of jobs is not there", hint=" ".join(request_ids))


def kinds(company: World) -> list[str]:
    with company.begin() as work:
        return [entry.kind for entry in journal.entries(work, 0, 1000)]


def leaves(company: World) -> str:
    with company.begin() as work:
        return "\n".join(entry.leaf.decode() for entry in journal.entries(work, 0, 1000))


def test_opening_records_the_request_its_deadlines_and_its_entry_and_asks_for_a_run(company: World) -> None:
    request = company.open("copy", language="zh")
    assert (request.kind, request.state, request.language, request.channel) == ("copy", "received", "zh", "portal")
    assert request.version == company.version.id
    assert company.get(request) == request
    assert company.asked == [request.id]
    with company.begin() as work:
        (step,) = service.timeline(work, request.id)
        entry = journal.entries(work, step.entry, 1)[0]
    assert (step.event, step.state, step.code) == ("open", State.RECEIVED, None)
    assert entry.kind == "request.opened"
    assert request.id in entry.leaf.decode()


def test_no_leaf_names_the_subject(company: World) -> None:
    company.run(company.open("copy"))
    assert company.subject not in leaves(company)
    assert "+86" not in leaves(company)


def test_a_reference_is_short_and_has_no_letters_that_are_confused(company: World) -> None:
    request = company.open("copy")
    initial, four, two = request.reference.split("-")
    assert (initial, len(four), len(two)) == ("K", 4, 2)
    assert set(four + two) <= set(ALPHABET)
    assert not set("01ILOU") & set(ALPHABET)
    with company.begin() as work:
        assert service.by_reference(work, f" {request.reference.lower()} ") == request


def test_an_open_request_of_the_same_kind_is_returned_not_opened_twice(company: World) -> None:
    first = company.open("erasure")
    assert company.open("erasure") == first
    assert company.open("erasure", subject=company.other) != first
    assert company.open("copy") != first
    company.run(company.get(first))
    with company.begin() as work:
        assert len(service.of_subject(work, company.subject)) == 2


def test_the_database_itself_refuses_a_second_open_request(company: World) -> None:
    first = company.open("erasure")
    with company.begin() as work:
        row = dict(work.db.execute(sa.select(tables.request)).mappings().one())
    with pytest.raises(sa.exc.IntegrityError), company.begin() as work:
        work.db.execute(sa.insert(tables.request).values(row | {"id": "req-second", "reference": "K-2222-22"}))
    company.run(first)
    assert company.open("erasure").id != first.id


def test_a_copy_needs_a_verified_identity(company: World) -> None:
    with company.begin() as work:
        facts.change(work, company.subject, remove=("verified.phone",))
    with pytest.raises(RefusedError) as refused:
        company.open("copy")
    assert refused.value.code == "requests.condition-missing"
    assert "`rights.copy.after`" in refused.value.message
    assert "`identity.verified`" in refused.value.message
    with company.begin() as work:
        facts.change(work, company.subject, add=("verified.email",))
    assert company.open("copy").state is State.RECEIVED


def test_what_is_not_a_kind_a_language_or_a_state_is_said_so(company: World) -> None:
    with pytest.raises(InputError, match="`everything` is not a kind") as unknown:
        company.open("everything")
    assert "close_account" in unknown.value.hint
    with pytest.raises(InputError, match="`tlh` is not a language"):
        company.open("copy", language="tlh")
    with company.begin() as work, pytest.raises(InputError, match="`nowhere` is not a state"):
        service.listing(work, state="nowhere")
    with company.begin() as work, pytest.raises(InputError) as nothing:
        service.get(work, "req-none")
    assert nothing.value.code == "requests.unknown"


def test_a_failed_opening_leaves_nothing(company: World) -> None:
    before = leaves(company)
    with pytest.raises(UnavailableError), company.begin() as work:
        service.open_request(
            work, company.vault, company.version, company.subject, "copy",
            language="en", channel="portal", jobs=NoQueue(),
        )  # fmt: skip
    with company.begin() as work:
        assert service.of_subject(work, company.subject) == ()
    assert leaves(company) == before


def test_closing_an_account_waits_seven_times_24_hours_and_says_so(company: World) -> None:
    request = company.open("close_account")
    assert request.state is State.COOLING_OFF
    assert request.act_at == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    assert company.asked == []
    assert {"account.closing", "account.open"} <= company.facts()
    company.clock.advance(timedelta(days=7) - timedelta.resolution)
    assert company.pulse() == []
    assert company.run(request).state is State.COOLING_OFF
    company.clock.advance(timedelta.resolution)
    assert company.pulse() == [request.id]


def test_recall_in_time_undoes_everything(company: World) -> None:
    request = company.open("close_account")
    company.clock.advance(timedelta(days=6, hours=23))
    recalled = company.recall(request)
    assert recalled.state is State.RECALLED
    assert recalled.closed_at == company.clock.now()
    assert "account.closing" not in company.facts()
    assert "account.open" in company.facts()
    assert kinds(company)[-1] == "request.recalled"
    week(company)
    assert company.pulse() == []
    assert company.run(request) == recalled
    assert company.mine_left()["shop"] == {"member": 1, "orders": 2}


def test_after_a_recall_the_account_can_be_closed_anew(company: World) -> None:
    company.recall(company.open("close_account"))
    again = company.open("close_account")
    assert again.state is State.COOLING_OFF


def test_recall_too_late_is_a_conflict(company: World) -> None:
    request = company.open("close_account")
    week(company)
    with pytest.raises(ConflictError) as late:
        company.recall(request)
    assert late.value.code == "requests.too-late"
    company.run(request)
    with pytest.raises(ConflictError) as closed:
        company.recall(request)
    assert closed.value.code == "requests.not-possible"


def test_only_what_waits_can_be_recalled(company: World) -> None:
    request = company.open("erasure")
    with pytest.raises(ConflictError) as refused:
        company.recall(request)
    assert refused.value.code == "requests.not-possible"


def test_nothing_is_opened_while_the_account_is_being_closed(company: World) -> None:
    request = company.open("close_account")
    week(company)
    company.company.stores["push"].on = False
    assert company.run(request).state is State.BLOCKED
    with pytest.raises(ConflictError) as refused:
        company.open("copy")
    assert refused.value.code == "requests.closing"


def test_nothing_is_opened_for_a_person_whose_key_is_destroyed(company: World) -> None:
    with company.begin() as work:
        subjects.shred(work, company.vault, company.subject)
    with pytest.raises(RefusedError) as refused:
        company.open("erasure")
    assert refused.value.code == "subjects.shredded"
    with company.begin() as work:
        assert service.of_subject(work, company.subject) == ()


def test_two_moves_of_what_was_seen_once_end_in_one(company: World) -> None:
    request = company.open("close_account")
    company.recall(request)
    with company.begin() as work, pytest.raises(ConflictError) as second:
        record.advance(work, company.vault, request, Event.RECALL)
    assert second.value.code == "requests.moved-meanwhile"


def test_pages_follow_each_other_without_gap_or_repetition(company: World) -> None:
    made = []
    for kind in RUN_BY_WORKERS:
        for subject in (company.subject, company.other):
            made.append(company.open(kind.value, subject=subject).id)
            company.clock.advance(timedelta(minutes=1) if len(made) % 2 else timedelta())
    seen: list[str] = []
    after = None
    while True:
        with company.begin() as work:
            page = service.listing(work, after=after, limit=4)
        if not page:
            break
        assert len(page) <= 4
        seen += [one.id for one in page]
        after = seen[-1]
    assert sorted(seen) == sorted(made)
    with company.begin() as work:
        assert [one.id for one in service.listing(work)] == seen
        waiting = service.listing(work, state="cooling_off")
        assert {one.kind for one in waiting} == {Kind.CLOSE_ACCOUNT}
        assert len(waiting) == 2


def test_all_deadlines_are_visible_and_the_strictest_comes_first(company: World) -> None:
    request = company.open("erasure")
    assert [(one.source, one.clause, one.period) for one in request.deadlines] == [
        ("law", "cn:request.answer", "15 working days"),
        ("policy", "rights.erasure.within", "30 working days"),
    ]
    assert request.due == request.deadlines[0]
    assert request.deadlines[0].due_at == datetime(2026, 3, 23, 15, 59, 59, 999999, tzinfo=UTC)
    assert company.open("copy").deadlines[1].clause == "requests.within"


def test_what_is_due_soonest_comes_first(company: World) -> None:
    later = company.open("erasure")
    company.clock.advance(timedelta(days=3))
    latest = company.open("copy")
    done = company.open("erasure", subject=company.other)
    company.run(done)
    with company.begin() as work:
        assert [one.id for one in service.due_soonest(work)] == [later.id, latest.id]


def test_no_deadline_is_late_silently(company: World) -> None:
    request = company.open("erasure")
    company.clock.set(request.deadlines[0].due_at)
    with company.begin() as work:
        assert service.overdue(work) == ()
    company.clock.advance(timedelta(hours=2))
    with company.begin() as work:
        (late,) = service.overdue(work)
    assert (late.request, late.deadline) == (request, request.deadlines[0])
    assert late.by == timedelta(hours=2)
    company.clock.set(request.deadlines[1].due_at + timedelta(days=1))
    with company.begin() as work:
        assert [one.deadline for one in service.overdue(work)] == list(request.deadlines)
    company.run(request)
    with company.begin() as work:
        assert service.overdue(work) == ()


def test_a_deadline_beyond_the_calendar_is_marked_provisional(company: World) -> None:
    company.clock.set(datetime(2031, 3, 3, 1, 0, tzinfo=UTC))
    request = company.open("erasure")
    assert all(one.provisional for one in request.deadlines)
    assert company.get(request).deadlines == request.deadlines


def test_the_pulse_asks_once_and_again_only_when_nobody_answered(company: World) -> None:
    request = company.open("erasure")
    assert company.pulse() == []
    company.clock.advance(service.LEASE)
    assert company.pulse() == [request.id]
    assert company.pulse() == []
    company.run(request)
    company.clock.advance(service.LEASE)
    assert company.pulse() == []


def test_the_pulse_finds_what_a_lost_message_left(company: World) -> None:
    request = company.open("erasure")
    company.asked.clear()  # the message is lost
    company.clock.advance(service.LEASE)
    for one in company.pulse():
        company.run(company.get(request))
        assert one == request.id
    assert company.get(request).state is State.FULFILLED
