"""Restriction: what is restricted is stored and not used; it ends when the person says so, or after they were told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.requests.world import World
from tests.support.application import KeptMail, KeptSms, Outbox
from troth.app.sending.letters import Post, send_due
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.decision.compile import compile_policy
from troth.decision.model import Question
from troth.decision.service import peek, whom
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.requests import restriction
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.service import timeline
from troth.subjects import facts

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def post(world: World) -> list[str]:
    """Send what waits to be sent; the texts that went out."""
    box = Outbox()
    send_due(world.begin, world.vault, Post(KeptMail(box), KeptSms(box), "https://privacy.example"))
    return [text for _, text in box.sent]


def policies() -> list[str]:
    return sorted(path.name for path in EXAMPLES.iterdir() if (path / "policy.yaml").exists())


def read(name: str) -> Policy:
    files = {path.name: path.read_text(encoding="utf-8") for path in (EXAMPLES / name).glob("*.yaml")}
    return parse({key: text for key, text in files.items() if "\npolicy:" in f"\n{text}" or key == "california.yaml"})


@pytest.mark.parametrize("name", policies())
def test_no_use_of_any_policy_is_allowed_for_whoever_restricted_it_even_with_every_consent(name: str) -> None:
    """What the law leaves open (claims at court, the rights of others, a new consent) nobody decides by machine."""
    policy = read(name)
    needed = {fact for each in compile_policy(policy, {}).alternatives.values() for one in each for fact in one.needs}
    bits = {fact: number for number, fact in enumerate(sorted({*needed, "restricted"}))}
    every = sum(1 << bit for fact, bit in bits.items() if fact != "restricted")
    ways = [
        one for each in compile_policy(policy, bits).alternatives.values() for one in each if one.rules.name is None
    ]
    assert any(one.allows(every) for one in ways)
    assert not any(one.allows(every | 1 << bits["restricted"]) for one in ways)


def restricted(world: World) -> Request:
    request = world.open("restriction", details=Details())
    assert request.state is State.FULFILLED
    assert "restricted" in world.facts()
    return request


ASKED = Question("account", "account.phone")


def allowed(world: World) -> bool:
    with world.begin() as work:
        return peek(work, world.vault, world.version, world.subject, ASKED).outcome == "allowed"


def test_decisions_and_lists_leave_them_out_until_it_ends(company: World) -> None:
    assert allowed(company)
    request = restricted(company)
    assert not allowed(company)
    with company.begin() as work:
        assert company.subject not in set(whom(work, company.version, ASKED))
        restriction.end_own(work, request.id)
    assert allowed(company)
    with company.begin() as work:
        assert company.subject in set(whom(work, company.version, ASKED))


def test_their_own_rights_go_on(company: World) -> None:
    restricted(company)
    assert company.run(company.open("copy")).state is State.FULFILLED
    wanted = Details(changes=(("account.nickname", "林"),))
    assert company.run(company.open("correction", details=wanted)).state is State.FULFILLED
    assert "restricted" in company.facts()
    assert company.run(company.open("erasure")).state is State.FULFILLED


def test_the_controller_ends_it_only_after_the_person_was_told(company: World) -> None:
    request = restricted(company)
    with company.begin() as work, pytest.raises(RefusedError) as refused:
        restriction.lift(work, request.id, by="o@x.example")
    assert refused.value.code == "requests.not-told"
    post(company)
    with company.begin() as work:
        restriction.announce(work, company.vault, request.id, "The data turned out to be right.", by="o@x.example")
    with company.begin() as work, pytest.raises(RefusedError):
        restriction.lift(work, request.id, by="o@x.example")
    assert "restricted" in company.facts()
    sent = post(company)
    assert any(request.reference in one for one in sent)
    assert not any("restrict" in one for one in sent), "a letter does not say what it is about"
    with company.begin() as work:
        restriction.lift(work, request.id, by="o@x.example")
        happened = [(one.event, one.by) for one in timeline(work, request.id)]
    assert happened[-2:] == [("announce", "o@x.example"), ("lift", "o@x.example")]
    assert "restricted" not in company.facts()


def test_what_does_not_stand_cannot_end(company: World) -> None:
    request = restricted(company)
    other = company.open("copy")
    with company.begin() as work:
        with pytest.raises(InputError) as refused:
            restriction.end_own(work, other.id)
        assert refused.value.code == "requests.not-a-restriction"
        restriction.end_own(work, request.id)
        with pytest.raises(ConflictError) as twice:
            restriction.end_own(work, request.id)
        with pytest.raises(ConflictError) as again:
            restriction.announce(work, company.vault, request.id, "again", by="o@x.example")
        assert twice.value.code == again.value.code == "requests.not-restricted"


def test_whoever_asks_again_is_restricted_again(company: World) -> None:
    first = restricted(company)
    with company.begin() as work:
        restriction.end_own(work, first.id)
    second = restricted(company)
    assert second.id != first.id
    with company.begin() as work:
        assert restriction.stands(work, second)
        assert "restricted" in facts.facts(work, company.subject)
