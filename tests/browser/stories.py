"""What people and staff do in a browser, in plain steps that need no script and no word of any one language.

An actor finds a form by where it goes, a field by its name, and reads states in the words of their own language.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Locator, Page

from tests.browser.driver import signed_in_as, window
from tests.web.town import Town
from tests.web.world import Visitor
from troth.base.text import Language
from troth.requests import service
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import State
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.facts import change
from troth.subjects.identifier import identifier
from troth.web.i18n import Words

ZONE = ZoneInfo("Asia/Shanghai")
_numbers = count(1001)  # beyond those of the people who are there already


@dataclass
class Actor:
    """Somebody in front of a browser."""

    page: Page
    words: Words

    def go(self, path: str) -> None:
        answer = self.page.goto(path)
        assert answer
        assert answer.status == 200, (path, answer.status, self.page.locator("main").inner_text())

    def send(self, ends: str, said: Mapping[str, str] | None = None) -> None:
        """Fill the form that goes to such an address, and press its first button; what follows must be a page."""
        form = self.page.locator(f'form[action$="{ends}"]').first
        closed = self.page.locator(f'details:not([open]):has(form[action$="{ends}"]) > summary')
        if closed.count():
            closed.first.click()
        for name, value in (said or {}).items():
            self._fill(form.locator(f'[name="{name}"]:not([type=hidden])'), value)
        self.press(form.locator("button").first)

    def press(self, button: Locator) -> None:
        """Press it, and wait for the page that follows: nothing is read from the one that was."""
        with self.page.expect_navigation() as led:
            button.click()
        assert led.value.status < 400, (led.value.url, led.value.status, self.said[:600])
        assert self.page.locator("[aria-invalid=true], .error-summary").count() == 0, self.said

    def _fill(self, fields: Locator, value: str) -> None:
        one = fields.first
        if one.get_attribute("type") in {"radio", "checkbox"}:
            self.page.locator(f'[name="{one.get_attribute("name")}"][value="{value}"]').check()
        else:
            one.fill(value)

    @property
    def said(self) -> str:
        """Everything that the page says."""
        return self.page.locator("main").inner_text()


@dataclass
class Stage:
    """A town, a browser in one language, and a person whom nobody has seen before."""

    town: Town
    person: Actor
    officer: Actor
    subject: str
    phone: str
    stack: ExitStack = field(repr=False)

    def request(self) -> Request:
        """What the person asked for last."""
        with self.town.world.app.begin() as work:
            found = service.of_subject(work, self.subject)
        return found[0]

    def stands(self, state: State) -> None:
        """The person and the staff both see the request in that state."""
        request = self.request()
        assert request.state is state, (request.state, request.blocked)
        self.person.go(f"/requests/{request.id}")
        assert self.person.words.choice("request.means", state.value) in self.person.said
        self.officer.go(f"/console/requests/{request.id}")
        assert request.reference in self.officer.said

    def work(self) -> None:
        self.town.world.run_due()

    def staff(self, act: str, **said: str) -> None:
        """The officer does something with the request on its page."""
        self.officer.go(f"/console/requests/{self.request().id}")
        self.officer.send(f"/{act}", said)


def stage(town: Town, home: str, browser: Browser, language: Language, *, scripts: bool) -> Stage:
    """Set one up; close its `stack` in the end."""
    town.world.pass_time(timedelta(seconds=1))  # what is asked for later is later
    number, stack, words = next(_numbers), ExitStack(), Words(language, ZONE)
    phone = f"+86199000{number:05d}"
    subject = _newcomer(town, phone, number)
    visitor = town.world.visitor(language)
    visitor.sign_in(phone)
    return Stage(
        town,
        Actor(_page(stack, home, browser, language, visitor, scripts=scripts), words),
        Actor(_page(stack, home, browser, language, town.caller("officer"), scripts=scripts), words),
        subject,
        phone,
        stack,
    )


def _page(
    stack: ExitStack, home: str, browser: Browser, language: Language, visitor: Visitor, *, scripts: bool
) -> Page:
    context = stack.enter_context(window(browser, home, language, scripts=scripts))
    signed_in_as(context, visitor, home)
    return context.new_page()


def _newcomer(town: Town, phone: str, number: int) -> str:
    world = town.world
    with world.app.begin() as work:
        subject = subjects.register(work, world.app.vault, [identifier("phone", phone)])
        change(work, subject, add=("account.open",))
    world.company.execute("shop", f"INSERT INTO member VALUES ({number}, '{phone}', NULL, 'newcomer', 's')")
    return subject


def ask(on: Stage, kind: Kind) -> None:
    """Ask for a right on its page: say what exactly, check, send, read the confirmation."""
    if kind is Kind.COPY:
        on.person.go("/copy")
        on.person.send("/copy/check")
        on.person.send("/copy")
    elif kind is Kind.CLOSE_ACCOUNT:
        on.person.go("/close/check")
        on.person.send("/close")
    elif kind is Kind.CORRECTION:
        on.person.go("/correct/account.nickname")
        on.person.send("/check", {"value": "Newman"})
        on.person.send("/correct/account.nickname")
    else:
        if kind is Kind.WITHDRAWAL:
            on.person.go("/consents")
            on.person.send("/consents/push")
        on.person.go(f"/ask/{kind.value}")
        on.person.send("/check", _details(kind))
        on.person.send(f"/ask/{kind.value}")
    assert on.request().reference in on.person.said


def _details(kind: Kind) -> dict[str, str]:
    if kind in {Kind.OBJECTION, Kind.WITHDRAWAL}:
        return {"named": "push"}
    return {"text": "Please look into it."} if WAYS[kind] is Way.ANSWER else {}


def every_right(kind: Kind) -> Callable[[Stage], None]:
    """The story of one right, from the question to the answer."""

    def told(on: Stage) -> None:
        ask(on, kind)
        if WAYS[kind] is Way.ANSWER:
            on.stands(State.IN_REVIEW)
            on.staff("answer", text="It is done.")
            on.stands(State.FULFILLED)
            assert "It is done." in _own(on)
        elif kind is Kind.CLOSE_ACCOUNT:
            on.stands(State.COOLING_OFF)
            on.person.go(f"/requests/{on.request().id}")
            on.person.send("/recall")
            on.stands(State.RECALLED)
        else:
            on.work()
            on.stands(State.FULFILLED)
        if WAYS[kind] is Way.PACKAGE:
            _fetched(on)

    return told


def _own(on: Stage) -> str:
    on.person.go(f"/requests/{on.request().id}")
    return on.person.said


def _fetched(on: Stage) -> None:
    on.person.go(f"/requests/{on.request().id}")
    with on.person.page.expect_download() as download:
        on.person.page.locator(f'a[href="/requests/{on.request().id}/package"]').click()
    assert zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).testzip() is None


def refused(on: Stage) -> None:
    """Staff refuse a complaint on a ground of the policy; the person reads why."""
    ask(on, Kind.COMPLAINT)
    on.staff("refuse", reason="It is the fifth time.")
    on.stands(State.REFUSED)
    assert "It is the fifth time." in _own(on)


def clarified(on: Stage) -> None:
    """Staff ask what is meant, the person answers, staff answer."""
    ask(on, Kind.COMPLAINT)
    on.staff("ask", text="Which lamp?")
    on.stands(State.CLARIFYING)
    on.person.go(f"/requests/{on.request().id}")
    on.person.send("/reply", {"text": "The one in the hall."})
    on.stands(State.IN_REVIEW)
    on.staff("answer", text="It is mended.")
    on.stands(State.FULFILLED)


def extended(on: Stage) -> None:
    """Staff take longer, as the law of California lets them, and say why; the person sees it with the new limit."""
    ask(on, Kind.ERASURE)
    before = {one.clause: one.due_at for one in on.request().deadlines}
    on.staff("extend", reason="There is much to read.")
    assert any(one.extended and one.due_at > before[one.clause] for one in on.request().deadlines)
    assert "There is much to read." in _own(on)


def held(on: Stage) -> None:
    """A hold keeps an erasure from being carried out; lifting it resumes it."""
    ask(on, Kind.ERASURE)
    on.staff("hold", reason="file 12")
    on.work()
    on.stands(State.HELD)
    on.officer.press(on.officer.page.locator('form[action*="/release/"] button'))
    on.work()
    on.stands(State.FULFILLED)


def for_another(who: str) -> Callable[[Stage], None]:
    """Somebody asks for another person; staff see the proofs; it is carried out for whoever it is about."""

    def told(on: Stage) -> None:
        on.person.go(f"/behalf/{who}")
        about = {"name": "Ada Example", "person": "+8619900000001", "kind": "portability"}
        appointed = {"way": "written", "mark": "12/2026"} if who == "agent" else {}
        on.person.send(f"/behalf/{who}/check", about | appointed)
        on.person.send(f"/behalf/{who}")
        found = _latest(on)
        assert found.reference in on.person.said
        assert found.state is State.IDENTIFYING
        on.officer.go(f"/console/requests/{found.id}")
        for box in on.officer.page.locator('form[action$="/prove"] [name=proofs]').all():
            box.check()
        on.officer.press(on.officer.page.locator('form[action$="/prove"] button'))
        assert _latest(on).state is not State.IDENTIFYING

    return told


def _latest(on: Stage) -> Request:
    """The newest of all requests."""
    with on.town.world.app.begin() as work:
        return service.listing(work, limit=1)[0]


STORIES: Mapping[str, Callable[[Stage], None]] = {
    **{f"right-{kind.value}": every_right(kind) for kind in Kind},
    "refusal": refused,
    "question": clarified,
    "extension": extended,
    "hold": held,
    "agent": for_another("agent"),
    "guardian": for_another("guardian"),
    "relative": for_another("close-relative"),
}
