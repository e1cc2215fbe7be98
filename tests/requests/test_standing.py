"""A request for somebody else: nobody is looked up before the proof, and nothing is taken from the person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.requests.proofs import ASKER, NOBODY, RIGHT, TIERED, ask_for, asker, document, match, send_in, tiered
from tests.requests.world import MINE, OTHER, World
from troth.app.sweeps import forget_proofs
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.journal.rows import check_rows
from troth.policy.read import parse
from troth.requests import record, service, texts
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof import evidence, identity, parties, proving, standing
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.age import below_fact
from troth.subjects.identifier import identifier
from troth.versions import service as versions

OFFICER = "officer@kaiconn.example"


@pytest.fixture
def world(company: World) -> World:
    return tiered(company)


def prove(world: World, request: Request, *proofs: str) -> Request:
    with world.begin() as work:
        return proving.prove(work, world.vault, request.id, proofs, by=OFFICER, jobs=world.jobs)


def all_of(world: World, request: Request) -> tuple[str, ...]:
    with world.begin() as work:
        return identity.missing(work, request.id)


@contextmanager
def counted(begin_engine: sa.Engine) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(begin_engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(begin_engine, "before_cursor_execute", note)


@pytest.mark.parametrize("who", parties.WHO)
def test_the_same_is_done_whether_anybody_is_known_by_that_name(world: World, engine: sa.Engine, who: str) -> None:
    by, sent, told = asker(world), {}, {}
    world.open("copy")  # the person has one of their own under way: that must not show either
    for named in (MINE, NOBODY):
        with counted(engine) as statements:
            request = ask_for(world, who, named, by=by)
        # How much of the journal's tree a new entry touches depends on its place in it, and on nothing else.
        sent[named] = [one for one in statements if "journal_" not in one]
        told[named] = (request.state, [one.clause for one in request.deadlines], all_of(world, request))
    assert sent[MINE] == sent[NOBODY] != []
    assert told[MINE] == told[NOBODY]


@pytest.mark.parametrize("who", parties.WHO)
def test_before_the_proof_it_is_nobodys_and_after_it_the_persons(world: World, who: str) -> None:
    request = ask_for(world, who)
    assert request.state is State.IDENTIFYING
    assert request.subject not in {world.subject, world.other}
    with world.begin() as work:
        assert service.of_subject(work, world.subject) == ()
    shown = prove(world, request, *all_of(world, request))
    assert (shown.state, shown.subject) == (State.RECEIVED, world.subject)
    with world.begin() as work:
        assert subjects.is_shredded(work, request.subject)
        party = parties.of(work, world.vault, shown)
        assert parties.asker(work, shown.id) is not None
    assert party is not None
    assert (party.name.reveal(), party.contact.reveal(), party.mark.reveal()) == ("Ada Example", ASKER, "R-17")
    assert world.run(shown).state is State.FULFILLED


def test_somebody_known_elsewhere_proves_it_with_points_and_a_declaration(world: World) -> None:
    request = ask_for(world, "self")
    assert all_of(world, request) == ("points", "declaration")
    with world.begin() as work:
        proving.declare(work, world.vault, request.id, "Lin", language="en", jobs=world.jobs)
    send_in(world, request, {**RIGHT, "device.imei": "IMEI-a"})
    match(world)
    shown = world.get(request)
    assert (shown.state, shown.subject) == (State.RECEIVED, world.subject)
    with world.begin() as work:
        (kept,) = evidence.of(work, request.id)
        assert b"Lin" in evidence.read(work, world.vault, shown, kept.id), "what stays opens with the person's key"


def test_what_nobody_has_proved_takes_nothing_from_the_person(world: World) -> None:
    for number in range(3):
        ask_for(world, "agent", kind="erasure", by=asker(world, f"a{number}@mail.example"))
    mine = world.open("erasure")
    assert mine.state is State.RECEIVED
    assert world.run(mine).state is State.FULFILLED


def test_what_is_under_way_is_not_begun_twice(world: World) -> None:
    mine = world.open("erasure")
    request = ask_for(world, "agent", kind="erasure")
    ended = prove(world, request, "identity", "authority")
    assert (ended.state, ended.blocked) == (State.REFUSED, "requests.under-way")
    assert ended.subject != world.subject
    assert world.get(mine).state is State.RECEIVED


def test_nobody_known_by_that_name_gets_an_answer_all_the_same(world: World) -> None:
    shown = prove(world, ask_for(world, "agent", NOBODY), "identity", "authority")
    assert world.run(shown).state is State.FULFILLED
    assert shown.subject not in {world.subject, world.other}


def test_what_was_said_and_shown_moves_with_the_request(world: World) -> None:
    by = asker(world)
    one = parties.party("agent", "Ada", ASKER)
    with world.begin() as work:
        given = parties.Party(one.who, one.name, one.contact, asker=by, named=identifier("phone", MINE))
        request = standing.open_for(
            work,
            world.vault,
            world.version,
            given,
            "erasure",
            language="en",
            jobs=world.jobs,
            details=Details(text="All of the lamps."),
        )
    shown = prove(world, request, "identity", "authority")
    with world.begin() as work:
        (said,) = texts.texts(work, world.vault, shown)
    assert "lamps" in said.text.reveal()


@pytest.mark.parametrize("proofs", [("identity",), ("authority",)])
def test_one_of_two_proofs_is_not_enough(world: World, proofs: tuple[str, ...]) -> None:
    request = ask_for(world, "agent")
    assert prove(world, request, *proofs).state is State.IDENTIFYING
    assert world.run(request).state is State.IDENTIFYING


@pytest.mark.parametrize("left_out", ["kinship", "death"])
def test_close_relatives_need_both_proofs_and_the_account_is_marked(world: World, left_out: str) -> None:
    request = ask_for(world, "close-relative")
    assert prove(world, request, *({"identity", "kinship", "death"} - {left_out})).state is State.IDENTIFYING
    assert parties.DECEASED not in world.facts()
    assert prove(world, request, left_out).state is State.RECEIVED
    assert parties.DECEASED in world.facts()


@pytest.mark.parametrize("kind", [Kind.CLOSE_ACCOUNT, Kind.WITHDRAWAL, Kind.OPT_OUT])
def test_close_relatives_ask_for_what_the_law_gives_them(world: World, kind: Kind) -> None:
    assert not parties.allowed(world.version.policy, kind, "close-relative")
    assert parties.allowed(world.version.policy, Kind.ERASURE, "close-relative")
    without = parse({"policy.yaml": TIERED.replace("  deceased:", "  portability:")})
    assert not parties.allowed(without, Kind.ERASURE, "close-relative")


@pytest.mark.parametrize(
    ("held", "fits"),
    [((), True), ((14, 18), True), ((18,), False)],
)
def test_a_guardian_asks_for_somebody_who_is_too_young_to(world: World, held: tuple[int, ...], *, fits: bool) -> None:
    with world.begin() as work:
        facts.change(work, world.subject, add=[below_fact(age) for age in held])
    shown = prove(world, ask_for(world, "guardian"), "identity", "kinship")
    assert shown.blocked == (None if fits else "requests.not-a-minor")


def test_a_guardian_does_not_ask_for_an_adult(world: World) -> None:
    with world.begin() as work:
        facts.change(work, world.subject, add=["age.adult"])
    assert prove(world, ask_for(world, "guardian"), "identity", "kinship").blocked == "requests.not-a-minor"


def test_a_power_of_attorney_is_never_the_only_way_in_california() -> None:
    california = parse({"policy.yaml": TIERED.replace("regimes: [cn]", "regimes: [us-ca]")})
    china = parse({"policy.yaml": TIERED})
    assert set(parties.ways(california)) == {"power", "signed-permission"}
    assert set(parties.ways(china)) == {"power"}


def test_the_person_confirms_the_agent_and_nothing_else_is_needed(world: World) -> None:
    request = ask_for(world, "agent")
    with world.begin() as work:
        mine = subjects.identifiers(work, world.vault, world.subject)
        theirs = subjects.identifiers(work, world.vault, world.other)
        assert parties.naming(work, world.vault, mine) == (request.id,)
        assert parties.naming(work, world.vault, theirs) == ()
        proving.confirm(work, world.vault, request.id, jobs=world.jobs)
        assert parties.naming(work, world.vault, mine) == ()
    assert world.run(world.get(request)).state is State.FULFILLED


def test_the_person_says_that_nobody_asks_for_them(world: World) -> None:
    request = ask_for(world, "agent")
    document(world, request)
    with world.begin() as work:
        ended = proving.deny(work, world.vault, request.id)
        assert evidence.of(work, request.id) == ()
    assert (ended.state, ended.blocked) == (State.REFUSED, "requests.not-appointed")


@pytest.mark.parametrize("who", ["guardian", "close-relative", "self"])
def test_only_an_agent_is_confirmed_by_the_person(world: World, who: str) -> None:
    ask_for(world, who)
    with world.begin() as work:
        assert parties.naming(work, world.vault, subjects.identifiers(work, world.vault, world.subject)) == ()


def test_a_rejection_names_the_proof_that_failed(world: World) -> None:
    request = ask_for(world, "agent")
    prove(world, request, "identity")
    with world.begin() as work, pytest.raises(InputError):
        proving.reject(work, world.vault, request.id, "It is fine.", by=OFFICER, failed="identity")
    with world.begin() as work:
        ended = proving.reject(work, world.vault, request.id, "Out of date.", by=OFFICER, failed="authority")
    assert ended.blocked == "requests.not-proved-authority"


def test_somebody_has_few_unproved_requests_at_once(world: World) -> None:
    by = asker(world)
    for number in range(standing.MOST_WAITING):
        ask_for(world, "agent", f"+86199000001{number:02}", by=by)
    with pytest.raises(RefusedError) as many:
        ask_for(world, "agent", OTHER, by=by)
    assert many.value.code == "requests.too-many-waiting"
    ask_for(world, "agent", OTHER, by=asker(world, "another@mail.example"))


def test_what_ended_unproved_is_forgotten_after_a_while(world: World) -> None:
    request = ask_for(world, "agent")
    with world.begin() as work:
        proving.reject(work, world.vault, request.id, "Unreadable.", by=OFFICER)
    world.clock.advance(standing.REMEMBERED - timedelta(seconds=1))
    forget_proofs(world.begin, world.vault)
    with world.begin() as work:
        assert [one.text.reveal() for one in texts.texts(work, world.vault, request)] == ["Unreadable."]
    world.clock.advance(timedelta(seconds=1))
    assert forget_proofs(world.begin, world.vault) == 1
    assert forget_proofs(world.begin, world.vault) == 0
    with world.begin() as work:
        assert texts.texts(work, world.vault, request) == ()
        assert record.load(work, request.id).state is State.REFUSED


def test_too_many_requests_in_the_persons_name_are_refused_when_it_is_known_whose_they_are(world: World) -> None:
    text = TIERED.replace(
        "    by: [email]\n    after: identity.verified\n",
        "    by: [email]\n    frequency: {times: 1, per: 12 months}\n    after: identity.verified\n",
    )
    with world.begin() as work:
        world.version = versions.publish(work, parse({"policy.yaml": text}), world.company.maps, by="test")
    first = prove(world, ask_for(world, "agent"), "identity", "authority")
    assert world.run(first).state is State.FULFILLED
    again = prove(world, ask_for(world, "agent"), "identity", "authority")
    assert (again.state, again.blocked) == (State.REFUSED, "requests.too-often")


def test_the_journal_and_the_rows_tell_the_same_of_all_of_it(world: World) -> None:
    first, second = ask_for(world, "agent"), ask_for(world, "self", kind="erasure")
    document(world, first)
    prove(world, first, "identity", "authority")
    typed = {"device.imei": "imei-a", "order.record": "lamp"}
    send_in(world, second, typed)
    match(world)
    with world.begin() as work:
        proving.declare(work, world.vault, second.id, "Lin", language="en", jobs=world.jobs)
    world.run_all()
    forget_proofs(world.begin, world.vault)
    assert {world.get(one).state for one in (first, second)} == {State.FULFILLED}
    with world.begin() as work:
        assert list(check_rows(work)) == []


def test_what_was_decided_at_the_same_moment_is_decided_once(world: World) -> None:
    request = ask_for(world, "agent")
    prove(world, request, "identity", "authority")
    with world.begin() as work, pytest.raises(ConflictError):
        proving.deny(work, world.vault, request.id)
    with pytest.raises(ConflictError):
        prove(world, request, "identity")
    with world.begin() as work, pytest.raises(ConflictError):
        proving.reject(work, world.vault, request.id, "Too late.", by=OFFICER)
