"""Two pairs of eyes: nothing acts before a second person agrees, and the second is never the first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under
from troth.base.errors import ConflictError, InputError, RefusedError, TrothError
from troth.journal.rows import check_rows
from troth.journal.service import entries, size
from troth.requests import service, texts
from troth.requests.deciding import approval, proposals, review
from troth.requests.deciding.eyes import ACTS, Act, known, needed
from troth.requests.details import Details
from troth.requests.fulfilment import fulfil
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier

FIRST, SECOND = "li@kaiconn.example", "wang@kaiconn.example"
MATTER = Details(text="The lamp tells my neighbours when I am at home.")
REASON = {"reason": "It was answered on Monday.", "ground": "repeated", "evidence": ""}


@pytest.fixture
def grounded(company: World) -> World:
    grounds = "requests:\n  refuse: {repeated: {label: {zh: 重复, en: repeated}}}\n  within"
    under(company, POLICY.replace("requests:\n  within", grounds))
    return company


def complaint(world: World) -> Request:
    return world.open("complaint", details=MATTER)


def wanted(world: World, request: Request, act: Act = "refuse", by: str = FIRST) -> proposals.Proposal:
    with world.begin() as work:
        given_ = REASON if act == "refuse" else {"text": "We mended it.", "reason": "It takes longer."}
        made = approval.act(work, world.vault, request.id, act, given_, by=by, two_pairs=(act,))
    assert made is not None
    return made


def approve(world: World, proposal: proposals.Proposal, by: str = SECOND) -> Request:
    with world.begin() as work:
        return approval.approve(work, world.vault, proposal.id, by=by, jobs=world.jobs)


def events(world: World, request: Request) -> list[tuple[str, str | None, str | None]]:
    with world.begin() as work:
        return [(one.event, one.code, one.by) for one in service.timeline(work, request.id)]


def test_without_the_setting_an_act_is_done_at_once(grounded: World) -> None:
    request = complaint(grounded)
    with grounded.begin() as work:
        made = approval.act(work, grounded.vault, request.id, "refuse", REASON, by=FIRST, two_pairs=("answer",))
    assert made is None
    assert grounded.get(request).state is State.REFUSED


def test_nothing_acts_before_a_second_person_agrees_and_then_it_does(grounded: World) -> None:
    request = complaint(grounded)
    proposal = wanted(grounded, request)
    assert grounded.get(request).state is State.IN_REVIEW
    with grounded.begin() as work:
        assert [one.role for one in texts.texts(work, grounded.vault, request)] == ["details"]
        sealed = bytes(work.db.exec_driver_sql("SELECT sealed FROM request_proposal").scalar_one())
        assert dict(proposals.given(work, grounded.vault, proposal)) == REASON
    assert b"Monday" not in sealed
    done = approve(grounded, proposal)
    assert (done.state, done.blocked) == (State.REFUSED, "ground.repeated")
    assert events(grounded, request)[-3:] == [
        ("propose", "refuse", FIRST),
        ("approve", "refuse", SECOND),
        ("refuse", "ground.repeated", SECOND),
    ]


@pytest.mark.parametrize("by", [FIRST, FIRST.upper()])
def test_whoever_proposed_cannot_be_the_second(grounded: World, by: str) -> None:
    request = complaint(grounded)
    proposal = wanted(grounded, request)
    with pytest.raises(RefusedError) as same:
        approve(grounded, proposal, by=by)
    assert same.value.code == "requests.same-person"
    assert grounded.get(request).state is State.IN_REVIEW
    with grounded.begin() as work:
        approval.decline(work, proposal.id, by=FIRST)
    assert events(grounded, request)[-1] == ("decline", "refuse", FIRST), "but they may take it back"


def test_what_was_declined_is_not_done_and_may_be_proposed_anew(grounded: World) -> None:
    request = complaint(grounded)
    proposal = wanted(grounded, request)
    with pytest.raises(ConflictError) as twice:
        wanted(grounded, request, by=SECOND)
    assert twice.value.code == "requests.proposed-already"
    with grounded.begin() as work:
        approval.decline(work, proposal.id, by=SECOND)
    with pytest.raises(ConflictError) as over:
        approve(grounded, proposal)
    assert over.value.code == "requests.proposal-over"
    assert approve(grounded, wanted(grounded, request)).state is State.REFUSED


def test_a_proposal_expires_and_that_is_told(grounded: World) -> None:
    request = complaint(grounded)
    proposal = wanted(grounded, request)
    grounded.clock.advance(proposals.LASTS)
    with pytest.raises(ConflictError):
        approve(grounded, proposal)
    grounded.pulse()
    grounded.pulse()
    assert [one for one, _, _ in events(grounded, request)].count("expire") == 1
    assert grounded.get(request).state is State.IN_REVIEW
    with grounded.begin() as work:
        assert proposals.waiting(work, request.id) == ()
        assert proposals.get(work, proposal.id).outcome == "expired"


def test_what_was_proposed_of_a_request_that_moved_since_is_not_done(grounded: World) -> None:
    request = complaint(grounded)
    proposal = wanted(grounded, request)
    with grounded.begin() as work:
        review.ask(work, grounded.vault, request.id, "Which lamp?", by=SECOND)
        review.reply(work, grounded.vault, request.id, "The one in the hall.")
    with pytest.raises(ConflictError) as moved:
        approve(grounded, proposal)
    assert moved.value.code == "requests.moved-meanwhile"
    assert grounded.get(request).state is State.IN_REVIEW


def test_what_cannot_be_done_cannot_be_proposed_either(grounded: World) -> None:
    request = complaint(grounded)
    before = events(grounded, request)
    with grounded.begin() as work, pytest.raises(InputError) as unknown:
        approval.act(
            work, grounded.vault, request.id, "refuse", REASON | {"ground": "whim"}, by=FIRST, two_pairs=("refuse",)
        )
    assert unknown.value.code == "requests.unknown-ground"
    assert events(grounded, request) == before


def test_the_journal_has_that_it_was_proposed_and_approved_and_no_names_or_words(grounded: World) -> None:
    request = complaint(grounded)
    approve(grounded, wanted(grounded, request))
    with grounded.begin() as work:
        told = entries(work, 0, size(work))
        assert list(check_rows(work)) == []
    assert [one.kind for one in told][-3:] == ["request.proposed", "request.approved", "request.refused"]
    assert not any(word in one.leaf for one in told for word in (b"kaiconn.example", b"Monday", b"wang"))


def test_a_workers_erasure_waits_for_two_people_and_touches_nothing_before(company: World) -> None:
    request = company.open("erasure")
    for _ in range(3):
        fulfil.run(company.begin, company.vault, company.stores, request.id, two_pairs=("erase",))
    stopped = company.get(request)
    assert (stopped.state, stopped.blocked) == (State.BLOCKED, proposals.WAITS)
    assert company.company.stores["shop"].erasures == 0
    with company.begin() as work:
        proposal = approval.let(work, company.vault, request.id, "erase", by=FIRST)
    assert fulfil.run(company.begin, company.vault, company.stores, request.id, two_pairs=("erase",)).state is (
        State.BLOCKED
    ), "one person is not two"
    assert approve(company, proposal).state is State.BLOCKED
    assert company.asked[-1] == request.id, "it goes on at once"
    done = fulfil.run(company.begin, company.vault, company.stores, request.id, two_pairs=("erase",))
    assert done.state is State.FULFILLED
    assert company.mine_left_in("shop")["orders"] == 0


def test_a_setting_may_name_one_kind_only(company: World) -> None:
    copy, erasure = company.open("copy"), company.open("erasure", subject=company.other)
    for one in (copy, erasure):
        fulfil.run(company.begin, company.vault, company.stores, one.id, two_pairs=("copy.package", "copy.erase"))
    assert company.get(copy).blocked == proposals.WAITS
    assert company.get(erasure).state is State.FULFILLED


@pytest.mark.parametrize("word", ["erase", "erasure.refuse", "opt-out.refuse"])
def test_a_word_of_the_setting_is_an_act_or_a_kind_and_an_act(word: str) -> None:
    assert known(word)


@pytest.mark.parametrize("word", ["", "erasure", "erasure.", ".erase", "whim.erase", "erase.erasure", "Erase"])
def test_anything_else_is_not(word: str) -> None:
    assert not known(word)


@given(st.sampled_from(ACTS), st.sampled_from(list(Kind)), st.sets(st.sampled_from(ACTS)))
def test_an_act_needs_two_where_it_is_named_for_all_or_for_its_kind(act: Act, kind: Kind, named: set[str]) -> None:
    assert needed(named, kind, act) is (act in named or (act == "keep" and "refuse" in named))
    assert needed({f"{kind}.{act}"}, kind, act)


def test_of_a_person_whose_key_is_destroyed_nothing_proposed_can_be_read(grounded: World) -> None:
    proposal = wanted(grounded, complaint(grounded))
    with grounded.begin() as work:
        subjects.shred(work, grounded.vault, grounded.subject)
    with grounded.begin() as work, pytest.raises(RefusedError) as gone:
        proposals.given(work, grounded.vault, proposal)
    assert gone.value.code == "subjects.shredded"


PEOPLE = ("li@kaiconn.example", "wang@kaiconn.example", "zhao@kaiconn.example")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["propose", "approve", "decline", "wait"]), st.sampled_from(PEOPLE)), max_size=10
    )
)
def test_whatever_staff_do_a_request_is_refused_only_after_two_different_people_agreed(
    grounded: World, steps: list[tuple[str, str]]
) -> None:
    with grounded.begin() as work:
        who = subjects.register(work, grounded.vault, [identifier("account", work.new_id("x"))])
    request = grounded.open("complaint", details=MATTER, subject=who)
    made: list[proposals.Proposal] = []
    for step, by in steps:
        try:
            if step == "propose":
                made.append(wanted(grounded, request, by=by))
            elif step == "wait":
                grounded.clock.advance(timedelta(days=4))
            elif made:
                with grounded.begin() as work:
                    if step == "approve":
                        approval.approve(work, grounded.vault, made[-1].id, by=by, jobs=grounded.jobs)
                    else:
                        approval.decline(work, made[-1].id, by=by)
        except TrothError:
            continue
    told = events(grounded, request)
    refused = grounded.get(request).state is State.REFUSED
    assert refused is any(event == "approve" for event, _, _ in told)
    for place, (event, _, by_) in enumerate(told):
        if event == "approve":
            proposers = [one for name, _, one in told[:place] if name == "propose"]
            assert proposers[-1] != by_
