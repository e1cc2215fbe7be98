"""The console: what needs somebody comes first, evidence is one link away, and nobody's data are on any page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.web.company import LIN_EMAIL, LIN_PHONE
from tests.web.test_portal import walk
from tests.web.world import World
from troth.drill.model import DrillRun, Promise, Result
from troth.drill.model import State as DrillState
from troth.drill.service import record
from troth.journal.service import size
from troth.journal.tables import entry
from troth.policy.lint import lint
from troth.requests.machine import State
from troth.requests.service import recall
from troth.subjects.facts import change
from troth.web.pages import TEMPLATES


def references(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"K-\w{4}-\w{2}", text)))


def test_with_nothing_to_do_the_front_page_says_so(world: World) -> None:
    text = world.officer().page("/console").text
    assert "Nothing needs anybody at the moment." in text
    assert "0 other requests are under way" in text


def test_what_needs_somebody_is_grouped_by_what_is_to_be_done_and_ordered_by_the_time_left(world: World) -> None:
    erasure = world.open("erasure", world.lin)
    world.pass_time(timedelta(days=4))
    verify(world)
    copy = world.open("copy", world.qing)
    world.pass_time(timedelta(days=14))
    world.company.break_down("shop")
    world.run_due()
    page = world.officer().page("/console")
    assert references(page.text) == [erasure.reference, copy.reference]
    assert "2 requests need somebody." in page.text
    assert "See what holds it up" in page.text
    assert "One of the systems that hold the data does not answer" in page.text
    assert "Due soon: 3 days left" in page.text


def verify(world: World) -> None:
    with world.app.begin() as work:
        change(work, world.qing, add=("verified.phone",))


def test_what_is_in_good_time_is_only_counted(world: World) -> None:
    world.open("erasure", world.lin)
    page = world.officer().page("/console")
    assert references(page.text) == []
    assert "1 other request is under way in good time" in page.text


def test_all_requests_come_a_page_at_a_time_newest_first_without_gaps(world: World) -> None:
    made = []
    for _ in range(60):
        request = world.open("close_account", world.lin)
        with world.app.begin() as work:
            recall(work, world.app.vault, request.id)
        world.pass_time(timedelta(minutes=1))
        made.append(request.reference)
    officer, found, address = world.officer(), list[str](), "/console/requests?state=recalled"
    pages = 0
    while address:
        page = officer.page(address)
        found += references(page.text)
        pages += 1
        address = next((href for href, said in page.links if said == "Older requests"), "")
        assert not address or "state=recalled" in address, "the filter is kept"
    assert pages == 2
    assert found == list(reversed(made))


@pytest.mark.parametrize("state", list(State))
def test_the_list_is_filtered_by_state(world: World, state: State) -> None:
    request = world.open("close_account", world.lin)
    text = world.officer().page(f"/console/requests?state={state}").text
    assert (request.reference in text) is (state is State.COOLING_OFF)
    assert ("There are no such requests" in text) is (state is not State.COOLING_OFF)


@pytest.mark.parametrize("query", ["after=req-nothing", "state=nothing&after=req-x"])
def test_a_page_after_nothing_is_not_there(world: World, query: str) -> None:
    assert world.officer().get(f"/console/requests?{query}").status_code == 404


def test_one_request_shows_its_deadlines_its_way_and_its_evidence(world: World) -> None:
    request = world.open("erasure", world.lin)
    officer = world.officer()
    before = officer.page(f"/console/requests/{request.id}").text
    assert "Certificate" not in before
    assert "cn:request.answer" in before
    assert "rights.erasure.within" in before
    world.run_due()
    page = officer.page(f"/console/requests/{request.id}")
    assert "Done" in page.text
    assert "shop orders 24 24 0 – 0" in page.text
    assert "the shop invoices 1 0 1 retention.invoices 0" in page.text
    assert "the push system devices 1 1 0 – 0" in page.text
    assert "sha256:" in page.text
    assert "journal entry" in page.text


def test_how_far_an_erasure_has_come_is_seen_while_it_is_held_up(world: World) -> None:
    request = world.open("erasure", world.lin)
    world.company.execute("shop", "CREATE TRIGGER hold BEFORE DELETE ON orders BEGIN SELECT RAISE(IGNORE); END")
    world.run_due()
    page = world.officer().page(f"/console/requests/{request.id}")
    assert "Held up" in page.text
    assert "the push system devices 1 1 0 –" in page.text
    assert "shop orders 24 – – – –" in page.text
    assert "Certificate" not in page.text


def test_no_page_of_the_console_shows_anybodys_data(world: World) -> None:
    world.signed_in(LIN_PHONE).post("/copy", {"language": "zh"})
    world.open("erasure", world.lin)
    world.run_due()
    officer = world.officer()
    pages = ["/console", "/console/requests", "/console/policy", "/console/drills", "/console/journal"]
    pages += [href for href, _ in officer.page("/console/requests").links if "/req-" in href]
    assert len(pages) == 7
    for address in pages:
        source = officer.get(address).text
        for secret in (LIN_PHONE, LIN_EMAIL, "小林", "imei-a", world.lin):
            assert secret not in source, (address, secret)


@pytest.mark.parametrize("request_id", ["req-nothing", "x"])
def test_a_request_that_is_not_there_is_said_to_be_not_there(world: World, request_id: str) -> None:
    assert world.officer().get(f"/console/requests/{request_id}").status_code == 404


def test_the_version_in_force_is_shown_with_hash_findings_and_clauses(world: World) -> None:
    page = world.officer().page("/console/policy")
    assert world.version.hash in page.text
    assert "In force" in page.text
    assert f"{len(lint(world.version.policy))} findings" in page.text
    assert "rights.close_account.cooling_off" in page.ids
    assert "7 days" in page.text
    findings = [href for href, _ in page.links if href.startswith("#")]
    assert all(href[1:] in page.ids for href in findings), "each finding leads to its clause"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_lint_finds_is_told_in_the_language_of_the_page(world: World, language: str) -> None:
    told = " ".join(world.officer(language).page("/console/policy").text.split())
    for finding in lint(world.version.policy, language):
        assert " ".join(f"{finding.message} – {finding.hint}".split()) in told


def test_any_version_has_its_page_and_another_has_none(world: World) -> None:
    officer = world.officer("zh")
    assert world.version.hash in officer.page("/console/policy/kaiconn:1").text
    assert officer.get("/console/policy/kaiconn:2").status_code == 404


def test_the_journal_verifies_at_the_press_of_a_button(world: World) -> None:
    officer = world.officer()
    page = officer.page("/console/journal")
    assert "Nothing was signed yet" in page.text
    checked = officer.press(page, "/console/journal/verify")
    with world.app.begin() as work:
        number = size(work)
    assert f"It verifies. Derived anew from every entry up to the signed checkpoint: {number} entries" in checked.text
    assert world.app.signer.vkey in checked.text
    assert "test.example/journal" in checked.text


def test_a_journal_that_was_altered_is_said_to_be(world: World) -> None:
    officer = world.officer()
    officer.post("/console/journal/verify")
    with world.app.begin() as work:
        work.db.execute(sa.update(entry).where(entry.c.number == 1).values(leaf=b'{"v":1}'))
    text = officer.press(officer.page("/console/journal"), "/console/journal/verify").text
    assert "It does not verify. The journal has been altered." in text
    assert "It verifies." not in text


def test_without_a_rehearsal_the_page_says_how_to_get_one(world: World) -> None:
    assert "There was no rehearsal yet" in world.officer().page("/console/drills").text


def test_the_last_rehearsal_is_shown_with_what_is_broken_first(world: World) -> None:
    states: tuple[DrillState, ...] = ("kept", "broken", "unproven")
    results = tuple(
        Result(
            Promise(
                f"KAI-{n}", "rights", {"zh": f"承诺{n}", "en": f"promise {n}"}, ("rights.copy",), "copy.package", {}
            ),
            state,
            f"seen {n}",
        )
        for n, state in enumerate(states)
    )
    with world.app.begin() as work:
        record(work, DrillRun("kaiconn", world.version.hash, datetime(2026, 3, 1, tzinfo=UTC), results))
    page = world.officer().page("/console/drills").text
    assert page.index("KAI-1") < page.index("KAI-2") < page.index("KAI-0")
    assert "Broken KAI-1 promise 1 Control copy.package" in page
    assert "seen 1" in page
    assert "another version" not in page
    assert "承诺1" in world.officer("zh").page("/console/drills").text


def test_a_rehearsal_of_another_version_is_said_to_be_one(world: World) -> None:
    with world.app.begin() as work:
        record(work, DrillRun("kaiconn", "sha256:other", datetime(2026, 3, 1, tzinfo=UTC), ()))
    assert "This rehearsal was of another version" in world.officer().page("/console/drills").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_of_the_console_leads_somewhere(world: World, language: str) -> None:
    world.open("erasure", world.lin)
    world.run_due()
    world.open("close_account", world.qing)
    walk(world, world.officer(language), "/console")


def test_without_npm_the_pages_leave_the_script_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    every: Any = TEMPLATES.globals["assets"]
    assets = {name: address for name, address in every.items() if name != "htmx.min.js"}
    monkeypatch.setitem(TEMPLATES.globals, "assets", assets)
    page = world.officer().page("/console/requests").text
    assert "htmx" not in page
    assert "<script" not in page
