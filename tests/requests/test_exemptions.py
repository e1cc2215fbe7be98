"""People and data for which a right does not hold: told so at once, in the policy's words, and only until its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.requests.proofs import TIERED
from tests.requests.world import World
from troth.base.errors import InputError
from troth.policy.read import parse
from troth.requests.deciding.exemptions import CODE, in_force
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.texts import texts
from troth.versions import service as versions

EXEMPTIONS = """
exemptions:
  employment:
    label: {zh: 员工信息, en: data of staff}
    instead: {zh: 请联系人事部门, en: turn to human resources}
  b2b:
    label: {zh: 企业间往来, en: business communication}
    rights: [copy, erasure]
    until: 2026-03-04
"""


@pytest.fixture
def world(company: World) -> World:
    with company.begin() as work:
        policy = parse({"policy.yaml": TIERED + EXEMPTIONS})
        company.version = versions.publish(work, policy, company.company.maps, by="test")
    return company


def ask(world: World, kind: str, name: str) -> Request:
    return world.open(kind, details=Details(exempt=name))


def test_the_answer_names_the_exemption_and_where_to_turn(world: World) -> None:
    request = ask(world, "erasure", "employment")
    assert (request.state, request.blocked) == (State.REFUSED, CODE)
    with world.begin() as work:
        said = [one.text.reveal() for one in texts(work, world.vault, request) if one.role == "reason"]
    assert said == ["data of staff\nturn to human resources"]
    assert world.asked == []
    assert world.mine_left_in("shop") != {}


def test_nobody_has_to_show_who_they_are_to_be_told_so(world: World) -> None:
    assert ask(world, "copy", "employment").state is State.REFUSED
    assert world.open("copy").state is State.IDENTIFYING


def test_until_its_day_it_is_the_answer_and_afterwards_everybody_is_treated_alike(world: World) -> None:
    assert ask(world, "erasure", "b2b").blocked == CODE
    world.clock.advance(timedelta(days=1, hours=14, minutes=59))  # 3 March 2026, 23:59 in Beijing
    assert ask(world, "erasure", "b2b").blocked == CODE
    world.clock.advance(timedelta(minutes=1))
    later = ask(world, "erasure", "b2b")
    assert later.state is State.RECEIVED
    assert world.run(later).state is State.FULFILLED


def test_it_holds_for_the_rights_that_it_names(world: World) -> None:
    policy, at = world.version.policy, world.clock.now()
    assert set(in_force(policy, Kind.COPY, at)) == {"employment", "b2b"}
    assert set(in_force(policy, Kind.COMPLAINT, at)) == {"employment"}
    assert set(in_force(policy, Kind.COPY, at + timedelta(days=3))) == {"employment"}


def test_an_exemption_that_the_policy_does_not_have_is_none(world: World) -> None:
    with pytest.raises(InputError) as unknown:
        ask(world, "erasure", "employement")
    assert unknown.value.code == "requests.unknown-detail"
    assert "employment" in (unknown.value.hint or "")
