"""Earlier versions of the policy: each at its own address, and side by side with the changes marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.notice.test_pdf import FONTS, set_pages
from tests.web import company
from tests.web.world import World
from troth.notice.compare import Stated
from troth.policy.read import parse
from troth.versions.service import current, publish
from troth.web.portal.prints import Prints


def _published_again(world: World) -> None:
    with world.app.begin() as work:
        now = current(work)
        changed = company.POLICY.replace("cooling_off: 7 days", "cooling_off: 9 days")
        assert changed != company.POLICY
        publish(work, parse({"policy.yaml": changed}), dict(now.maps), by="officer")


def test_every_version_stays_readable_at_its_own_address(world: World) -> None:
    visitor = world.visitor()
    before = visitor.page("/policy/versions/1").text
    _published_again(world)
    after = visitor.page("/policy/versions/1").text
    assert "7 days" in before
    assert "7 days" in after
    assert "This is an earlier version" not in before
    assert "This is an earlier version" in after
    assert "9 days" in visitor.page("/policy").text


def test_the_list_leads_to_every_version_and_to_what_changed(world: World) -> None:
    _published_again(world)
    links = [href for href, _ in world.visitor().page("/policy/versions").links]
    assert links.index("/policy/versions/2") < links.index("/policy/versions/1")
    assert "/policy/versions/1/2" in links


@pytest.mark.parametrize(("language", "said"), [("en", "[new: "), ("zh", "［新增：")])
def test_two_versions_stand_side_by_side_with_the_change_marked(world: World, language: str, said: str) -> None:
    _published_again(world)
    answer = world.visitor(language).get("/policy/versions/1/2")
    assert answer.status_code == 200
    assert said in answer.text
    assert "<ins>" in answer.text
    assert "/policy/compare.css" in answer.text
    assert world.visitor().get("/policy/compare.css").headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("path", ["/policy/versions/2", "/policy/versions/0", "/policy/versions/1/2"])
def test_a_version_that_was_never_published_is_not_there(world: World, path: str) -> None:
    assert world.visitor().get(path).status_code == 404


def test_a_second_policy_does_not_take_the_first_offline_and_the_setting_chooses(world: World) -> None:
    other = company.POLICY.replace("policy: kaiconn", "policy: other").replace(
        "Kaiconn privacy policy", "Another policy"
    )
    with world.app.begin() as work:
        publish(work, parse({"policy.yaml": other}), {}, by="test")
    assert "Kaiconn privacy policy" in world.visitor().get("/policy").text
    assert world.visitor().get("/policy/versions/1").status_code == 200
    settings_ = world.app.settings.model_copy(update={"policy": "other"})
    world.web.state.application = replace(world.app, settings=settings_)
    assert "Another policy" in world.visitor().get("/policy").text


@set_pages
def test_a_version_is_had_as_a_pdf_in_ones_own_language(world: World) -> None:
    english, chinese = (world.visitor(language).get("/policy/versions/1/pdf") for language in ("en", "zh"))
    assert english.headers["Content-Type"] == chinese.headers["Content-Type"] == "application/pdf"
    assert english.content.startswith(b"%PDF-")
    assert english.content != chinese.content
    assert world.visitor().get("/policy/versions/7/pdf").status_code == 404
    assert ("/policy/versions/1/pdf", "Download this version as a PDF") in world.visitor().page("/policy").links


@set_pages
def test_a_pdf_is_set_once_and_given_out_as_often_as_it_is_asked_for(world: World) -> None:
    prints, asked = Prints(FONTS), list[None]()
    stated = Stated(world.version.policy, world.version.id)
    first, again = (prints.of(stated, "en", lambda: asked.append(None)) for _ in range(2))
    assert first == again
    assert len(asked) == 1, "whether one more may be set is asked for the first only"
