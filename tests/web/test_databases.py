"""The whole story on each own database: what the pages rely on is the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.web.company import LIN_PHONE
from tests.web.test_portal import ask_for_copy, close, requests_of
from tests.web.world import World
from tests.web.world import world as make_world
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.consent.service import history


@pytest.fixture
def either(engine: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> World:
    return make_world(engine, tmp_path, clock, entropy)


def test_a_person_chooses_copies_and_leaves_and_staff_see_that_it_was_done(either: World) -> None:
    lin = either.signed_in(LIN_PHONE)
    lin.press(lin.press(lin.page("/consents"), "/consents/push"), "/consents/push")
    ask_for_copy(lin)
    either.run_due()
    copy = requests_of(either, either.lin)[0]
    assert lin.get(f"/requests/{copy.id}/package").content.startswith(b"PK")
    close(lin)
    either.pass_time(timedelta(days=7))
    either.run_due()
    assert either.company.count("shop", "orders") == 1
    officer = either.officer()
    closed = officer.page("/console/requests?state=fulfilled")
    assert closed.text.count("Done") >= 2
    verified = officer.press(officer.page("/console/journal"), "/console/journal/verify")
    assert "It verifies." in verified.text


def test_wrong_codes_are_counted_although_the_page_says_no(either: World) -> None:
    visitor = either.visitor()
    visitor.ask_for_code(LIN_PHONE)
    right = either.code_for(LIN_PHONE)
    for _ in range(5):
        visitor.post("/sign-in/code", {"code": f"{(int(right) + 1) % 10**6:06}"})
    assert visitor.post("/sign-in/code", {"code": right}).status_code == 422


def test_a_button_pressed_many_times_at_once_is_one_choice_and_one_request(either: World) -> None:
    lin = either.signed_in(LIN_PHONE)

    def press(address: str) -> int:
        return lin.post(address, {"choice": "agree", "language": "en"}, follow_redirects=False).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, ["/consents/push", "/copy"] * 4))
    assert set(answers) == {303}
    assert len(requests_of(either, either.lin)) == 1
    with either.app.begin() as work:
        assert [event.kind for event in history(work, either.lin)] == ["given"]
