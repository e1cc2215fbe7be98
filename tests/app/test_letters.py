"""Letters about requests and warnings to staff: written with the move, sent by a worker, lost by nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.application import KeptSms, Outbox
from tests.web.company import LIN_EMAIL, LIN_PHONE
from tests.web.world import OFFICER, World
from tests.web.world import world as make_world
from troth.app.sending.letters import Post, send_due
from troth.app.sending.warnings import AHEAD, warn_staff
from troth.base.clock import SettableClock
from troth.base.text import LANGUAGES
from troth.base.work import Entropy
from troth.requests import tables
from troth.requests.deciding import review
from troth.requests.details import Details
from troth.requests.service import get, open_request
from troth.requests.telling import letters
from troth.requests.telling.letters import PAUSE, TOLD
from troth.requests.telling.words import LETTERS
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier

SECRET = "the lamp in my bedroom"


@pytest.fixture
def world(engine: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> World:
    return make_world(engine, tmp_path, clock, entropy)


def complain(world: World, channel: str = "portal") -> str:
    with world.app.begin() as work:
        return open_request(
            work,
            world.app.vault,
            world.version,
            world.lin,
            "complaint",
            language="en",
            channel=channel,
            jobs=world.app.jobs,
            details=Details(text=SECRET),
        ).id


def send(world: World) -> int:
    app = world.app
    return send_due(app.begin, app.vault, Post(app.mail, app.sms, "https://privacy.example"))


def outbox(world: World) -> Outbox:
    return world.outbox


def test_an_answer_is_told_by_mail_without_saying_what_it_is_about(world: World) -> None:
    request = complain(world)
    assert send(world) == 0, "the page confirmed it already"
    with world.app.begin() as work:
        reference = review.answer(work, world.app.vault, request, "It is mended.", by=OFFICER).reference
    assert send(world) == 1
    ((to, text),) = outbox(world).sent
    assert to == LIN_EMAIL
    assert reference in text
    assert f"https://privacy.example/requests/{request}" in text
    assert "lamp" not in text
    assert "mended" not in text
    assert send(world) == 0, "once"


def test_what_did_not_come_through_a_page_is_acknowledged_by_letter_and_only_then_met(world: World) -> None:
    request = complain(world, channel="post")
    with world.app.begin() as work:
        limits_ = get(work, request).deadlines
    assert send(world) == 1
    with world.app.begin() as work:
        after = get(work, request).deadlines
    assert all(one.met_at for one in after if one.stage == "acknowledge")
    assert len(after) == len(limits_)


def test_a_server_that_is_down_for_a_day_delays_letters_and_loses_none(world: World) -> None:
    request = complain(world)
    with world.app.begin() as work:
        review.answer(work, world.app.vault, request, "It is mended.", by=OFFICER)
    outbox(world).down = True
    for _ in range(24 * 6 + 1):
        assert send(world) == 0
        world.pass_time(PAUSE)
    outbox(world).down = False
    assert send(world) == 1
    assert len(outbox(world).sent) == 1


def test_two_workers_send_a_letter_once(world: World) -> None:
    request = complain(world)
    with world.app.begin() as work:
        review.answer(work, world.app.vault, request, "It is mended.", by=OFFICER)
        (letter,) = letters.due(work)
        assert letters.claim(work, letter.id)
        assert not letters.claim(work, letter.id), "the other worker leaves it"
    assert send(world) == 0
    world.pass_time(PAUSE)
    assert send(world) == 1, "one that died with it left it to the next"


def test_a_letter_is_written_in_the_transaction_of_the_move(world: World) -> None:
    request = complain(world)
    with pytest.raises(ZeroDivisionError):
        _answer_and_fail(world, request)
    assert send(world) == 0
    assert outbox(world).sent == []


def _answer_and_fail(world: World, request: str) -> None:
    with world.app.begin() as work:
        review.answer(work, world.app.vault, request, "It is mended.", by=OFFICER)
        raise ZeroDivisionError


def test_nobody_is_written_to_once_their_key_is_destroyed(world: World) -> None:
    complain(world, channel="post")
    with world.app.begin() as work:
        subjects.shred(work, world.app.vault, world.lin)
    assert send(world) == 0
    with world.app.begin() as work:
        assert work.db.scalar(sa.select(sa.func.count()).where(tables.letter.c.sent_at.is_(None))) == 0


def test_staff_are_warned_before_a_limit_ends_and_once_more_when_it_was_missed(world: World) -> None:
    request = complain(world)
    app = world.app

    def warn() -> int:
        return warn_staff(app.begin, app.mail, app.settings.staff, "https://privacy.example")

    assert warn() == 0
    with app.begin() as work:
        due = get(work, request).due
    assert due is not None
    world.pass_time(due.due_at - world.clock.now() - AHEAD)
    assert warn() == 1
    assert warn() == 0
    world.pass_time(AHEAD + timedelta(seconds=1))
    outbox(world).down = True
    assert warn() == 0, "not sent is not told"
    outbox(world).down = False
    assert warn() >= 1
    assert {to for to, _ in outbox(world).sent} == {OFFICER}
    assert "LATE" in outbox(world).sent[-1][1]
    assert not any(LIN_PHONE in text or "lamp" in text for _, text in outbox(world).sent)


def test_letters_in_the_same_words_go_by_text_message_under_a_name_each(world: World) -> None:
    asked = complain(world)
    with world.app.begin() as work:
        phone, email = identifier("phone", LIN_PHONE), identifier("email", LIN_EMAIL)
        subjects.rename(work, world.app.vault, world.lin, old=[email], new=[phone])
        request = get(work, asked)
        for _ in range(2):
            letters.write(work, request, "hold")
        names = set(work.db.scalars(sa.select(tables.letter.c.id)))
    assert send(world) == 2
    (first, second) = outbox(world).sent
    assert first == second
    assert isinstance(world.app.sms, KeptSms)
    assert set(world.app.sms.names) == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_written_in_both_languages_and_leads_to_the_request(language: str) -> None:
    for about in {"open", "extend", *TOLD.values()}:
        body = LETTERS[about][language].format(reference="K-1234-56", address="https://privacy.example/requests/x")
        assert "K-1234-56" in body
        assert "https://privacy.example/requests/x" in body
