"""How surely somebody shows who they are: as the policy's tiers say, then the law, and never more than is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.requests.proofs import RIGHT, TIERED, match, send_in, tiered
from tests.requests.world import POLICY, World
from tests.support.databases import Databases
from troth.base.errors import InputError
from troth.policy.read import parse
from troth.requests import deadline, pulse
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.proof import evidence, identity, proving
from troth.requests.proof.identity import NOTHING, Need, need
from troth.subjects import facts


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    """One database is enough here; the statements run on both in `test_standing` and `test_tries`."""
    assert request.param == "sqlite"
    yield from databases.sqlite()


ACCOUNT, GUEST, STRANGER = {"account.open", "verified.phone"}, {"verified.email"}, set[str]()


def under(regimes: str, tiers: str = "") -> str:
    text = POLICY.replace("regimes: [cn]", f"regimes: [{regimes}]")
    return text.replace("requests:\n", f"requests:\n{tiers}")


def tier(name: str, points: int, rights: str, *, declaration: bool = False) -> str:
    label = "label: {zh: 一, en: one}"
    return f"    {name}: {{{label}, points: {points}, declaration: {str(declaration).lower()}, rights: [{rights}]}}\n"


BOTH = "  tiers:\n" + tier("account", 0, "copy") + tier("high", 3, "copy", declaration=True)
HIGH = "  tiers:\n" + tier("high", 3, "copy", declaration=True)


@pytest.mark.parametrize(
    ("regimes", "tiers", "kind", "known", "expected"),
    [
        ("cn", "", Kind.COPY, ACCOUNT, NOTHING),
        ("cn", "", Kind.COPY, GUEST, NOTHING),
        ("cn", BOTH, Kind.COPY, ACCOUNT, NOTHING),
        ("cn", BOTH, Kind.COPY, GUEST, Need(2, True)),
        ("cn", BOTH, Kind.COPY, STRANGER, Need(3, True)),
        ("cn", HIGH, Kind.COPY, ACCOUNT, Need(2, True)),
        ("cn", HIGH, Kind.ERASURE, GUEST, NOTHING),
        ("us-ca", "", Kind.COPY, ACCOUNT, NOTHING),
        ("us-ca", "", Kind.COPY, GUEST, Need(2, True)),
        ("us-ca", "", Kind.ERASURE, GUEST, Need(1, False)),
        ("us-ca", "", Kind.ERASURE, STRANGER, Need(2, False)),
        ("us-ca", HIGH, Kind.OPT_OUT, STRANGER, NOTHING),
        ("us-ca", "", Kind.LIMIT, STRANGER, NOTHING),
        ("us-ca", "", Kind.COMPLAINT, GUEST, NOTHING),
        ("eu", HIGH, Kind.COPY, GUEST, NOTHING),
        ("uk", HIGH, Kind.COPY, ACCOUNT, NOTHING),
        ("uk", HIGH, Kind.COPY, STRANGER, Need(1, False)),
        ("eu, us-ca", "", Kind.COPY, GUEST, Need(2, True)),
    ],
)
def test_what_has_to_be_shown(regimes: str, tiers: str, kind: Kind, known: set[str], expected: Need) -> None:
    policy = parse({"policy.yaml": under(regimes, tiers)})
    assert need(policy, kind, known, "portal") == expected


def test_who_is_signed_in_to_the_product_has_an_account() -> None:
    policy = parse({"policy.yaml": under("us-ca")})
    assert need(policy, Kind.COPY, STRANGER, "api") == NOTHING
    assert need(policy, Kind.COPY, STRANGER, "phone") == Need(3, True)


@given(
    st.sampled_from(["cn", "us-ca", "eu", "uk", "cn, us-ca"]),
    st.sampled_from(["", BOTH, HIGH]),
    st.sampled_from(list(Kind)),
)
def test_whoever_has_shown_more_never_has_to_show_more(regimes: str, tiers: str, kind: Kind) -> None:
    policy = parse({"policy.yaml": under(regimes, tiers)})
    stranger, guest, account = (need(policy, kind, known, "portal") for known in (STRANGER, GUEST, ACCOUNT))
    assert (stranger.points, stranger.declaration) >= (guest.points, guest.declaration)
    assert (guest.points, guest.declaration) >= (account.points, account.declaration)
    assert identity.need_elsewhere(policy, kind).points >= 2


def test_a_request_waits_until_all_of_it_is_shown(company: World) -> None:
    world = tiered(company)
    request = world.open("copy")
    assert (request.state, world.asked) == (State.IDENTIFYING, [])
    assert world.run(request).state is State.IDENTIFYING, "no worker touches it"
    send_in(world, request, RIGHT)
    assert match(world) == 1
    assert world.get(request).state is State.IDENTIFYING
    with world.begin() as work:
        assert identity.missing(work, request.id) == ("declaration",)
        shown = proving.declare(work, world.vault, request.id, " Lin Xiao ", language="en", jobs=world.jobs)
    assert shown.state is State.RECEIVED
    assert world.run(request).state is State.FULFILLED


def test_what_the_policy_counts_from_the_proof_begins_with_it(company: World) -> None:
    text = TIERED.replace("    after: identity.verified\n", "    within: 15 days\n    counts_from: verification\n")
    policy = parse({"policy.yaml": text})
    with company.begin() as work:
        at = work.at
    clauses = {one.clause for one in deadline.deadlines(policy, Kind.COPY, at, identified=False)}
    assert "rights.copy.within" not in clauses
    assert {one.clause for one in deadline.deadlines(policy, Kind.COPY, at)} - clauses == {"rights.copy.within"}


def test_a_proof_given_for_one_request_never_opens_another(company: World) -> None:
    world = tiered(company)
    first = world.open("copy")
    send_in(world, first, RIGHT)
    match(world)
    with world.begin() as work:
        proving.declare(work, world.vault, first.id, "Lin", language="zh", jobs=world.jobs)
    assert world.run(first).state is State.FULFILLED
    second = world.open("copy")
    assert second.id != first.id
    assert second.state is State.IDENTIFYING
    with world.begin() as work:
        assert identity.missing(work, second.id) == ("points", "declaration")
    theirs = world.open("copy", subject=world.other)
    with world.begin() as work:
        assert identity.missing(work, theirs.id) == ("points", "declaration")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_declaration_is_signed(company: World, name: str) -> None:
    world = tiered(company)
    request = world.open("copy")
    with world.begin() as work, pytest.raises(InputError) as unsigned:
        proving.declare(work, world.vault, request.id, name, language="en", jobs=world.jobs)
    assert unsigned.value.code == "identity.no-name"


def test_a_declaration_keeps_what_was_shown_to_whom_and_when_sealed(company: World) -> None:
    world = tiered(company)
    request = world.open("copy")
    with world.begin() as work:
        proving.declare(work, world.vault, request.id, "Lin Xiao", language="zh", jobs=world.jobs)
        (kept,) = evidence.of(work, request.id)
        text = evidence.read(work, world.vault, request, kept.id).decode()
        (sealed,) = work.db.exec_driver_sql("SELECT sealed FROM request_evidence").scalars().all()
        leaves = work.db.exec_driver_sql("SELECT leaf FROM journal_entry").scalars().all()
    assert all(part in text for part in ("Lin Xiao", request.reference, request.version, "本人声明", "2026-03-02"))
    assert not any(b"Lin Xiao" in bytes(one) for one in (sealed, *leaves))


def test_a_declaration_that_nobody_asked_for_is_not_taken(company: World) -> None:
    request = company.open("erasure")
    with company.begin() as work, pytest.raises(InputError) as unasked:
        proving.declare(work, company.vault, request.id, "Lin", language="en", jobs=company.jobs)
    assert unasked.value.code == "requests.unknown-proof"


def test_who_shows_nothing_is_waited_for_and_then_not(company: World) -> None:
    world = tiered(company)
    request = world.open("copy")
    world.clock.advance(pulse.PATIENCE + timedelta(seconds=1))
    world.pulse()
    assert world.get(request).state is State.LAPSED


def test_california_waits_no_longer_for_a_proof(company: World) -> None:
    at = company.clock.now()
    policy = parse({"policy.yaml": under("us-ca")})
    legal = [one for one in deadline.deadlines(policy, Kind.COPY, at, identified=False) if one.source == "law"]
    assert {one.clause for one in legal} == {"us-ca:request.acknowledge", "us-ca:request.answer"}
    assert all("identity" not in one.pausable for one in legal)


def test_no_account_is_ever_made_by_asking(company: World) -> None:
    world = tiered(company)
    with world.begin() as work:
        facts.change(work, world.other, remove=["account.open"])
    world.open("copy", subject=world.other)
    with world.begin() as work:
        assert "account.open" not in facts.facts(work, world.other)
