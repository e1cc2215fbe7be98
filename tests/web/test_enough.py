"""What is held is shown to whoever has shown enough; California's strangers with one address have not, yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.web.company import LIN_EMAIL, POLICY
from tests.web.world import World
from tests.web.world import world as make_world
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.policy.read import parse
from troth.requests.machine import State
from troth.requests.proof import identity
from troth.requests.service import of_subject
from troth.subjects.facts import change
from troth.versions.service import publish

EXEMPT = """
exemptions:
  employment:
    label: {zh: 员工信息, en: data of staff}
    instead: {zh: 请联系人事部门, en: turn to human resources}
  b2b: {label: {zh: 企业间往来, en: business communication}, until: 2026-01-01}
"""


@pytest.fixture
def world(own: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> World:
    made = make_world(own, tmp_path, clock, entropy)
    text = POLICY.replace("regimes: [cn]", "regimes: [us-ca]") + EXEMPT
    with made.app.begin() as work:
        version = publish(work, parse({"policy.yaml": text}), made.version.maps, by="test")
        change(work, made.lin, remove=["account.open"])
    return replace(made, version=version)


def test_one_address_shows_nothing_yet_and_an_account_everything(world: World) -> None:
    visitor = world.signed_in(LIN_EMAIL)
    page = visitor.page("/data")
    assert "小林" not in page.text
    assert "/copy" in {address for address, _ in page.links}
    assert "小林" not in visitor.get("/correct/account.nickname").text
    with world.app.begin() as work:
        change(work, world.lin, add=["account.open"])
    assert "小林" in visitor.page("/data").text
    assert "小林" in visitor.get("/correct/account.nickname").text


def test_the_copy_waits_for_the_points_that_california_wants(world: World) -> None:
    visitor = world.signed_in(LIN_EMAIL)
    received = visitor.post("/copy", {"language": "en"})
    assert received.url.path.endswith("/received")
    with world.app.begin() as work:
        (request,) = of_subject(work, world.lin)
        assert request.state is State.IDENTIFYING
        assert identity.missing(work, request.id) == ("points", "declaration")
    assert "Answer 2 of these" in visitor.page(f"/requests/{request.id}/identity").text


def test_whoever_is_exempt_is_told_so_with_where_to_turn(world: World) -> None:
    visitor = world.signed_in(LIN_EMAIL)
    form = visitor.page("/ask/erasure")
    assert "data of staff" in form.text
    assert "business communication" not in form.text, "that ran out"
    check = visitor.press(form, "/ask/erasure/check", exempt="employment")
    assert "data of staff" in check.text
    visitor.press(check, "/ask/erasure")
    with world.app.begin() as work:
        (request,) = of_subject(work, world.lin)
    assert request.blocked == "requests.exempt"
    assert "turn to human resources" in visitor.page(f"/requests/{request.id}").text
