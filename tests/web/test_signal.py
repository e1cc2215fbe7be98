"""A browser that sends Global Privacy Control opts its user out, and the page says so."""

from __future__ import annotations

import pytest

from tests.web.company import LIN_PHONE
from tests.web.world import World
from troth.journal.service import size
from troth.subjects.facts import facts

OUT = {"opted-out.sale", "opted-out.sharing", "opted-out.targeted-advertising"}


def opted_out(world: World) -> set[str]:
    with world.app.begin() as work:
        return {fact for fact in facts(work, world.lin) if fact.startswith("opted-out.")}


@pytest.mark.parametrize(("language", "said"), [("en", "Opt-out request honoured"), ("zh", "已按您浏览器的隐私信号")])
@pytest.mark.parametrize("address", ["/", "/consents"])
def test_the_signal_is_honoured_shown_and_written_once(world: World, address: str, language: str, said: str) -> None:
    visitor = world.signed_in(LIN_PHONE, language)
    assert said not in visitor.get(address).text
    assert opted_out(world) == set()
    assert said in visitor.get(address, headers={"Sec-GPC": "1"}).text
    assert opted_out(world) == OUT
    with world.app.begin() as work:
        before = size(work)
    assert said in visitor.get(address, headers={"Sec-GPC": "1"}).text
    with world.app.begin() as work:
        assert size(work) == before


@pytest.mark.parametrize("value", ["0", "true", "1, 1", "11", " "])
def test_nothing_but_exactly_1_is_the_signal(world: World, value: str) -> None:
    world.signed_in(LIN_PHONE).get("/consents", headers={"Sec-GPC": value})
    assert opted_out(world) == set()


def test_a_visitor_who_is_not_signed_in_has_nothing_recorded(world: World) -> None:
    assert world.visitor().get("/", headers={"Sec-GPC": "1"}).status_code == 200
    assert opted_out(world) == set()
