"""What staff do with a request, and what time does meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under
from troth.base.errors import ConflictError, InputError, RefusedError, TrothError
from troth.journal.service import entries, size
from troth.requests import limits, pulse, service, texts
from troth.requests.deciding import review
from troth.requests.details import Details
from troth.requests.machine import FINAL, State
from troth.requests.model import Request
from troth.subjects import service as subjects

OFFICER = "officer@kaiconn.example"
MATTER = Details(text="The lamp tells my neighbours when I am at home.")


def complaint(world: World) -> Request:
    return world.open("complaint", details=MATTER)


def said(world: World, request: Request) -> list[tuple[str, str]]:
    with world.begin() as work:
        return [(one.role, one.text.reveal()) for one in texts.texts(work, world.vault, request)]


def test_a_complaint_waits_for_somebody_and_no_worker_touches_it(company: World) -> None:
    request = complaint(company)
    assert request.state is State.IN_REVIEW
    assert company.asked == []
    assert company.pulse() == []
    assert company.run(request).state is State.IN_REVIEW


def test_an_answer_ends_it_and_the_person_reads_it_sealed_until_then(company: World) -> None:
    request = complaint(company)
    with company.begin() as work:
        done = review.answer(work, company.vault, request.id, "We have changed the lamp's software.", by=OFFICER)
        steps = service.timeline(work, request.id)
    assert done.state is State.FULFILLED
    assert [(role, text) for role, text in said(company, request) if role == "answer"] == [
        ("answer", "We have changed the lamp's software.")
    ]
    assert steps[-1].by == OFFICER
    with company.begin() as work:
        held = work.db.exec_driver_sql("SELECT sealed FROM request_text").scalars().all()
        leaves = [entry.leaf for entry in entries(work, 0, size(work))]
    assert len(held) == 2
    assert not any(b"neighbours" in bytes(one) or b"software" in bytes(one) for one in held)
    assert not any(b"officer" in leaf for leaf in leaves), "who did it is no business of the journal's readers"


def test_words_do_not_carry_out_an_erasure(company: World) -> None:
    erasure = company.open("erasure")
    with company.begin() as work, pytest.raises(ConflictError) as words:
        review.answer(work, company.vault, erasure.id, "done", by=OFFICER)
    assert words.value.code == "requests.not-by-words"


GROUNDS = """
requests:
  within: 30 days
  refuse:
    repeated: {label: {zh: 无正当理由反复申请, en: repeated without reason}, discretionary: true}
    abuse: {label: {zh: 恶意, en: malice}, needs_evidence: true}
"""


@pytest.fixture
def grounded(company: World) -> World:
    under(company, POLICY.replace("requests:\n  within: 30 working days\n", GROUNDS.lstrip()))
    return company


def test_only_the_policys_own_grounds_refuse_and_the_reason_is_told(grounded: World) -> None:
    request = complaint(grounded)
    for ground, hint in (("repeted", "`repeated`"), ("whim", "abuse")):
        with grounded.begin() as work, pytest.raises(InputError) as unknown:
            review.refuse(work, grounded.vault, request.id, ground, reason="because", by=OFFICER)
        assert unknown.value.code == "requests.unknown-ground"
        assert hint in unknown.value.hint
    with grounded.begin() as work, pytest.raises(RefusedError) as bare:
        review.refuse(work, grounded.vault, request.id, "abuse", reason="because", by=OFFICER)
    assert bare.value.code == "requests.evidence-missing"
    with grounded.begin() as work, pytest.raises(InputError):
        review.refuse(work, grounded.vault, request.id, "repeated", reason=" ", by=OFFICER)
    assert grounded.get(request).state is State.IN_REVIEW, "nothing that failed changed anything"
    with grounded.begin() as work:
        done = review.refuse(work, grounded.vault, request.id, "repeated", reason="See our letter.", by=OFFICER)
    assert (done.state, done.blocked) == (State.REFUSED, "ground.repeated")
    assert ("reason", "See our letter.") in said(grounded, request)


def test_time_stands_still_for_a_question_only_where_the_law_lets_it(company: World) -> None:
    under(company, POLICY.replace("regimes: [cn]", "regimes: [uk, us-ca]"))
    request = company.open("explanation", details=MATTER)
    before = {one.clause: one.due_at for one in request.deadlines}
    with company.begin() as work:
        asked = review.ask(work, company.vault, request.id, "Which decision?", by=OFFICER)
    assert {one.clause for one in asked.deadlines if one.paused_at} == {"uk:request.answer"}
    company.clock.advance(timedelta(days=4))
    with company.begin() as work:
        replied = review.reply(work, company.vault, request.id, "The one on my credit.")
    after = {one.clause: one.due_at for one in replied.deadlines}
    assert after["uk:request.answer"] - before["uk:request.answer"] == timedelta(days=4)
    assert after["us-ca:request.answer"] == before["us-ca:request.answer"], "California never pauses"
    assert after["requests.within"] == before["requests.within"]
    assert not any(one.paused_at for one in replied.deadlines)


def test_an_extension_moves_only_what_may_be_extended_and_only_once(company: World) -> None:
    under(company, POLICY.replace("regimes: [cn]", "regimes: [us-ca]"))
    request = company.open("explanation", details=MATTER)
    with company.begin() as work:
        longer = review.extend(work, company.vault, request.id, "It concerns many records.", by=OFFICER)
    moved = {one.clause: one for one in longer.deadlines}
    assert moved["us-ca:request.answer"].extended
    assert (moved["us-ca:request.answer"].due_at - request.opened_at).days == 90
    assert not moved["requests.within"].extended
    assert longer.due is not None
    assert longer.due.clause == "requests.within", "the strictest still counts"
    with company.begin() as work, pytest.raises(RefusedError) as again:
        review.extend(work, company.vault, request.id, "Once more.", by=OFFICER)
    assert again.value.code == "requests.no-extension"


def test_an_extension_after_the_time_is_refused(company: World) -> None:
    under(company, POLICY.replace("regimes: [cn]", "regimes: [us-ca]"))
    request = company.open("explanation", details=MATTER)
    company.clock.advance(timedelta(days=50))
    with company.begin() as work, pytest.raises(RefusedError) as late:
        review.extend(work, company.vault, request.id, "We forgot.", by=OFFICER)
    assert late.value.code == "requests.too-late"


def test_a_missed_limit_is_written_down_once_and_cannot_be_hidden(company: World) -> None:
    request = complaint(company)
    company.clock.advance(timedelta(days=400))
    with company.begin() as work:
        before = size(work)
        count = pulse.tell_missed(work)
        assert count == len([one for one in request.deadlines if one.stage == "answer"])
        assert pulse.tell_missed(work) == 0
        kinds = [entry.kind for entry in entries(work, before, 20)]
        assert kinds == ["request.late"] * count
    with company.begin() as work:
        review.answer(work, company.vault, request.id, "At last.", by=OFFICER)
        told = [step.code for step in service.timeline(work, request.id) if step.event == "miss"]
    assert set(told) == {one.clause for one in request.deadlines if one.stage == "answer"}
    assert all(one.missed_at for one in company.get(request).deadlines if one.stage == "answer")


def test_a_request_that_nobody_identifies_or_clarifies_lapses(company: World) -> None:
    request = complaint(company)
    with company.begin() as work:
        review.ask(work, company.vault, request.id, "Which lamp?", by=OFFICER)
    company.clock.advance(pulse.PATIENCE - timedelta(seconds=1))
    company.pulse()
    assert company.get(request).state is State.CLARIFYING
    company.clock.advance(timedelta(seconds=1))
    company.pulse()
    assert company.get(request).state is State.LAPSED


def test_what_waits_for_somebody_ends_when_the_persons_key_is_destroyed(company: World) -> None:
    waiting, asked = complaint(company), company.open("explanation", details=MATTER)
    with company.begin() as work:
        review.ask(work, company.vault, asked.id, "Which decision?", by=OFFICER)
        subjects.shred(work, company.vault, company.subject)
    company.pulse()
    assert company.get(waiting).state is State.REFUSED
    assert company.get(asked).state is State.LAPSED
    with company.begin() as work:
        assert texts.texts(work, company.vault, waiting) == ()


def test_an_acknowledgement_is_due_where_no_page_gave_it(company: World) -> None:
    under(company, POLICY.replace("regimes: [cn]", "regimes: [us-ca]"))
    by_post = company.open("erasure", channel="post")
    assert [one.clause for one in by_post.deadlines if one.stage == "acknowledge"] == ["us-ca:request.acknowledge"]
    assert by_post.due is not None
    assert by_post.due.stage == "acknowledge"
    with company.begin() as work:
        told = review.acknowledge(work, by_post.id, by=OFFICER)
    assert all(one.met_at for one in told.deadlines if one.stage == "acknowledge")
    on_page = company.open("erasure", subject=company.other)
    assert all(one.met_at for one in on_page.deadlines if one.stage == "acknowledge")


ACTIONS = st.lists(
    st.sampled_from(["ask", "reply", "refuse", "answer", "extend", "recall", "day", "pulse"]), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTIONS)
def test_whatever_staff_and_people_do_nothing_acts_after_the_end_and_no_limit_is_late_silently(
    grounded: World, actions: list[str]
) -> None:
    request = complaint(grounded)
    ended: Request | None = None
    for action in actions:
        before = grounded.get(request)
        try:
            _do(grounded, request, action)
        except TrothError:
            assert grounded.get(request).state is before.state
        now = grounded.get(request)
        if ended is not None:
            assert now == ended
        elif now.state in FINAL:
            ended = now
    with grounded.begin() as work:
        pulse.tell_missed(work)
        assert limits.over(work) == ()
    if ended is None:
        unclear = grounded.get(request).state is State.CLARIFYING
        with grounded.begin() as work:
            if unclear:
                review.reply(work, grounded.vault, request.id, "that one")
        with grounded.begin() as work:
            review.answer(work, grounded.vault, request.id, "done", by=OFFICER)
    assert grounded.get(request).state in FINAL


def _do(world: World, request: Request, action: str) -> None:
    if action == "day":
        world.clock.advance(timedelta(days=1))
        return
    if action == "pulse":
        world.pulse()
        return
    with world.begin() as work:
        if action == "ask":
            review.ask(work, world.vault, request.id, "Which one?", by=OFFICER)
        elif action == "reply":
            review.reply(work, world.vault, request.id, "That one.")
        elif action == "refuse":
            review.refuse(work, world.vault, request.id, "repeated", reason="Again.", by=OFFICER)
        elif action == "answer":
            review.answer(work, world.vault, request.id, "So it is.", by=OFFICER)
        elif action == "extend":
            review.extend(work, world.vault, request.id, "Much to read.", by=OFFICER)
        else:
            service.recall(work, world.vault, request.id)
