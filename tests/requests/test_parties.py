"""Agents, guardians, relatives: they ask only where the policy lets them; nothing happens before they show it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.requests.world import POLICY, World
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.policy.read import parse
from troth.requests import pulse, service
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof import parties, proving
from troth.subjects import facts
from troth.versions import service as versions

OFFICER = "officer@kaiconn.example"
WHO = "    who: [self, agent, guardian, close-relative]\n"
OPEN_TO_ALL = POLICY.replace("    after: identity.verified\n", f"    after: identity.verified\n{WHO}").replace(
    "    by: [self-service]\n    within: 30 working days\n",
    f"    by: [self-service]\n    within: 15 days\n    counts_from: verification\n{WHO}",
)
NAMED = ("Ada Example", "ada@agents.example")


@pytest.fixture
def world(company: World) -> World:
    with company.begin() as work:
        company.version = versions.publish(work, parse({"policy.yaml": OPEN_TO_ALL}), company.company.maps, by="test")
        facts.change(work, company.subject, remove=("verified.phone",))
    return company


def asked(world: World, kind: str, who: str = "agent", details: Details | None = None) -> Request:
    with world.begin() as work:
        return service.open_request(
            work,
            world.vault,
            world.version,
            world.subject,
            kind,
            language="en",
            channel="email",
            jobs=world.jobs,
            details=details or Details(),
            party=parties.party(who, *NAMED),
        )


def prove(world: World, request: Request, *proofs: str) -> Request:
    with world.begin() as work:
        return proving.prove(work, world.vault, request.id, proofs, by=OFFICER, jobs=world.jobs)


@pytest.mark.parametrize(("who", "proofs"), [(who, all_) for who, all_ in parties.NEEDED.items() if all_])
def test_nothing_happens_before_the_last_proof_and_everything_after_it(
    world: World, who: str, proofs: tuple[str, ...]
) -> None:
    request = asked(world, "copy", who)
    assert request.state is State.IDENTIFYING
    assert world.asked == []
    assert world.run(request).state is State.IDENTIFYING, "no worker touches it"
    for one in proofs[:-1]:
        assert prove(world, request, one).state is State.IDENTIFYING
    assert prove(world, request, proofs[-1]).state is State.RECEIVED
    assert world.asked == [request.id]
    assert world.run(request).state is State.FULFILLED


def test_what_is_counted_from_the_proof_begins_with_it(world: World) -> None:
    request = asked(world, "erasure")
    assert [one.clause for one in request.deadlines if one.source == "policy"] == []
    world.clock.advance(timedelta(days=10))
    shown = prove(world, request, "identity", "authority")
    (promised,) = [one for one in shown.deadlines if one.source == "policy"]
    assert promised.clause == "rights.erasure.within"
    assert (promised.due_at - shown.opened_at).days >= 24
    assert [one.clause for one in world.open("erasure", subject=world.other).deadlines if one.source == "policy"]


def test_a_right_that_names_no_agent_is_not_open_to_one(world: World) -> None:
    with pytest.raises(RefusedError) as refused:
        asked(world, "close_account")
    assert refused.value.code == "requests.party-not-allowed"
    assert "rights.close_account.who" in refused.value.message
    with world.begin() as work:
        assert service.of_subject(work, world.subject) == ()


def test_who_cannot_show_it_is_told_why_and_nothing_was_done(world: World) -> None:
    request = asked(world, "erasure")
    before = world.mine_left()
    prove(world, request, "identity")
    with world.begin() as work:
        ended = proving.reject(work, world.vault, request.id, "The registration is not yours.", by=OFFICER)
    assert (ended.state, ended.blocked) == (State.REFUSED, "requests.not-proved")
    assert world.mine_left() == before
    with pytest.raises(ConflictError):
        prove(world, request, "authority")


def test_what_nobody_has_proved_keeps_the_person_from_nothing(world: World) -> None:
    asked(world, "copy")
    assert world.run(world.open("erasure", subject=world.subject)).state is State.FULFILLED


def test_who_never_shows_anything_is_waited_for_and_then_not(world: World) -> None:
    request = asked(world, "erasure")
    world.clock.advance(pulse.PATIENCE)
    world.pulse()
    assert world.get(request).state is State.LAPSED


@pytest.mark.parametrize("proofs", [["kinship"], ["passport"], ["identity", "x" * 500]])
def test_only_what_is_needed_is_asked_for(world: World, proofs: list[str]) -> None:
    request = asked(world, "erasure")
    with pytest.raises(InputError) as unknown:
        prove(world, request, *proofs)
    assert unknown.value.code == "requests.unknown-proof"
    assert len(unknown.value.message) < 100


def test_who_asks_is_sealed_and_never_in_the_journal(world: World) -> None:
    request = asked(world, "erasure")
    with world.begin() as work:
        found = parties.of(work, world.vault, request)
        held = work.db.exec_driver_sql("SELECT sealed FROM request_party").scalar_one()
        leaves = work.db.exec_driver_sql("SELECT leaf FROM journal_entry").scalars().all()
    assert found is not None
    assert (found.name.reveal(), found.contact.reveal()) == NAMED
    assert "Ada" not in repr(found)
    assert not any(b"Ada" in bytes(one) or b"ada@" in bytes(one) for one in (held, *leaves))


@pytest.mark.parametrize(
    ("who", "name", "contact", "code"),
    [
        ("friend", *NAMED, "requests.unknown-party"),
        ("agent", " ", "ada@agents.example", "requests.empty-text"),
        ("agent", "Ada", "", "requests.empty-text"),
    ],
)
def test_a_party_says_who_they_are(who: str, name: str, contact: str, code: str) -> None:
    with pytest.raises(InputError) as unfit:
        parties.party(who, name, contact)
    assert unfit.value.code == code


def test_a_choice_of_an_agent_holds_from_the_proof_on(world: World) -> None:
    text = OPEN_TO_ALL.replace(
        "rights:\n", f"rights:\n  restriction:\n    label: {{zh: 限制, en: restriction}}\n{WHO}", 1
    )
    with world.begin() as work:
        world.version = versions.publish(work, parse({"policy.yaml": text}), world.company.maps, by="test")
    request = asked(world, "restriction")
    assert "restricted" not in world.facts()
    assert prove(world, request, "identity", "authority").state is State.FULFILLED
    assert "restricted" in world.facts()
