"""What staff do on the console: find, filter, take away, act on many, agree in pairs, and not cross each other."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.web.company import LIN_EMAIL, LIN_PHONE, NOBODY_PHONE, POLICY, QING_PHONE
from tests.web.html import Page
from tests.web.test_console import references
from tests.web.world import OFFICER, Visitor, World
from troth.journal.service import entries, size
from troth.policy.read import parse as parse_policy
from troth.requests import service
from troth.requests.deciding import review
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.tables import staff_look
from troth.versions.service import publish
from troth.web.console.filtering import mark

SECOND, AGENT, AUDITOR, ENGINEER = (f"{name}@kaiconn.example" for name in ("second", "agent", "auditor", "engineer"))
STAFF = (OFFICER, SECOND, f"{AGENT}=agent", f"{AUDITOR}=auditor", f"{ENGINEER}=engineer")
GROUNDS = "requests:\n  refuse: {repeated: {label: {zh: 无理重复, en: repeated without reason}}}\n  within"


@pytest.fixture
def staffed(world: World) -> World:
    """The world with staff of every role, and a policy with a ground to refuse."""
    _set(world, staff=STAFF)
    with world.app.begin() as work:
        policy = parse_policy({"policy.yaml": POLICY.replace("requests:\n  within", GROUNDS)})
        world.version = publish(work, policy, world.version.maps, by="test")
    return world


def _set(world: World, **given: object) -> None:
    world.app = replace(world.app, settings=world.app.settings.model_copy(update=given))
    world.web.state.application = world.app


def member(world: World, email: str, language: str = "en") -> Visitor:
    visitor = world.visitor(language)
    visitor.sign_in(email, door="/console/sign-in")
    return visitor


def complaint(world: World, subject: str | None = None) -> Request:
    with world.app.begin() as work:
        return service.open_request(
            work,
            world.app.vault,
            world.version,
            subject or world.lin,
            "complaint",
            language="en",
            channel="email",
            jobs=world.app.jobs,
            details=Details(text="Your letters come twice."),
        )


def state(world: World, request: Request) -> State:
    with world.app.begin() as work:
        return service.get(work, request.id).state


def kinds(world: World) -> list[str]:
    with world.app.begin() as work:
        return [one.kind for one in entries(work, 0, size(work))]


def last_seen(page: Page, action: str) -> str:
    return page.form(action).fields["seen"]


def test_a_request_is_found_by_its_name_and_by_whose_it_is(staffed: World) -> None:
    request = complaint(staffed)
    agent = member(staffed, AGENT)
    for typed in (f" {request.reference.lower()} ", request.id):
        assert str(agent.post("/console/find", {"what": typed}).url.path) == f"/console/requests/{request.id}"
    assert "staff.searched" not in kinds(staffed), "only people are looked for"
    for typed in (LIN_PHONE, "199 0000 0001", LIN_EMAIL.upper()):
        answered = agent.post("/console/find", {"what": typed})
        assert references(Page(answered.text).text) == [request.reference]
        assert kinds(staffed)[-1] == "staff.searched"
        assert LIN_PHONE not in answered.text
        assert str(answered.url.path) == "/console/find"
        assert not answered.url.query, "what finds a person is no part of an address"


def test_what_finds_nobody_says_so(staffed: World) -> None:
    complaint(staffed)
    agent = member(staffed, AGENT)
    for typed in (NOBODY_PHONE, "", "nothing at all", "whim:x", "account:unknown"):
        page = Page(agent.post("/console/find", {"what": typed}).text)
        assert references(page.text) == []
        assert "Nobody whom we know is found by that" in page.text


def test_the_list_is_filtered_by_all_that_it_offers(staffed: World) -> None:
    erasure, asked = staffed.open("erasure", staffed.lin), complaint(staffed, staffed.qing)
    officer = member(staffed, OFFICER)
    officer.post(f"/console/requests/{asked.id}/assign", {"to": AGENT})
    for query, expected in {
        "kind=complaint": [asked.reference],
        "kind=erasure&law=cn": [erasure.reference],
        "law=eu": [],
        f"assignee={mark(AGENT)}": [asked.reference],
        "assignee=-": [erasure.reference],
        "since=2026-03-02&until=2026-03-02": [asked.reference, erasure.reference],
        "since=2026-03-03": [],
        "until=2026-03-01": [],
        "kind=whim&state=lost&since=yesterday&until=9999-12-31": [asked.reference, erasure.reference],
    }.items():
        for address in ("/console/requests", "/console"):
            page = officer.page(f"{address}?{query}")
            found = [one for one in references(page.text) if address == "/console/requests" or one == asked.reference]
            wanted = expected if address == "/console/requests" else [one for one in expected if one == asked.reference]
            assert sorted(found) == sorted(wanted), (address, query)
    offered = officer.get(f"/console/requests?assignee={mark(AGENT)}")
    assert f'<option value="{mark(AGENT)}" selected>{AGENT}</option>' in offered.text
    assert f"assignee={AGENT}" not in offered.text, "nobody's address stands in an address"
    assert len(references(officer.page(f"/console/requests?assignee={AGENT}").text)) == 2, "it asks for nothing"


def test_the_list_is_taken_away_as_a_table_and_that_is_written_down(staffed: World) -> None:
    request = complaint(staffed)
    staffed.open("erasure", staffed.qing)
    officer = member(staffed, OFFICER)
    page = officer.page("/console/requests?kind=complaint")
    assert page.form("/console/export").fields == {"kind": "complaint"}
    answered = officer.post("/console/export", {"kind": "complaint"})
    assert answered.headers["content-disposition"].startswith('attachment; filename="requests-2026-03-02')
    assert answered.content.startswith(b"\xef\xbb\xbf"), "a spreadsheet reads Chinese only with it"
    read = list(csv.DictReader(io.StringIO(answered.content.decode("utf-8-sig"))))
    assert [row["id"] for row in read] == [request.id]
    assert not any(secret in answered.text for secret in (LIN_PHONE, LIN_EMAIL, staffed.lin, "twice"))
    with staffed.app.begin() as work:
        kept = work.db.execute(sa.select(staff_look)).one()
    assert (kept.what, kept.found, kept.by) == ("list", 1, OFFICER)
    assert kinds(staffed)[-1] == "staff.exported"


def test_many_are_looked_over_before_anything_is_done_to_them(staffed: World) -> None:
    first, second = complaint(staffed), complaint(staffed, staffed.qing)
    officer = member(staffed, OFFICER)
    chosen: dict[str, str | Sequence[str]] = {"act": "refuse", "chosen": [first.id, second.id]}
    check = Page(officer.post("/console/bulk", chosen).text)
    assert references(check.text) == [first.reference, second.reference]
    assert state(staffed, first) is State.IN_REVIEW, "nothing is done yet"
    bare = officer.post("/console/bulk/do", chosen | {"ground": "repeated", "reason": " "})
    assert bare.status_code == 422
    assert "Write the reason" in bare.text
    assert state(staffed, first) is State.IN_REVIEW
    with staffed.app.begin() as work:
        review.ask(work, staffed.app.vault, second.id, "Which letters?", by=OFFICER)
    done = Page(officer.post("/console/bulk/do", chosen | {"ground": "repeated", "reason": "See our letter."}).text)
    assert [state(staffed, one) for one in (first, second)] == [State.REFUSED, State.CLARIFYING]
    assert f"{first.reference} Complaint Done" in done.text
    assert f"{second.reference} Complaint Not done That is not possible any more" in done.text


def test_an_order_that_makes_no_sense_is_refused(staffed: World) -> None:
    officer = member(staffed, OFFICER)
    for form in ({"act": "answer", "chosen": "x"}, {"act": "assign"}, {"act": "assign", "chosen": "req-nothing"}):
        assert officer.post("/console/bulk", form).status_code == 422


def test_of_two_who_decide_at_once_the_second_is_told_what_the_first_did_and_loses_nothing(staffed: World) -> None:
    request = complaint(staffed)
    one, other = member(staffed, OFFICER), member(staffed, SECOND)
    address = f"/console/requests/{request.id}"
    seen_by_one, seen_by_other = one.page(address), other.page(address)
    refusal = {"ground": "repeated", "reason": "See our letter.", "seen": last_seen(seen_by_one, f"{address}/refuse")}
    one.post(f"{address}/refuse", refusal)
    assert state(staffed, request) is State.REFUSED
    written = "We have looked into it, and you are right."
    late = other.post(f"{address}/answer", {"text": written, "seen": last_seen(seen_by_other, f"{address}/answer")})
    page = Page(late.text)
    assert late.status_code == 409
    assert "Somebody else acted on this request after you had opened the page" in page.text
    assert f"Last in the timeline: Refused, 2 March 2026, 09:00 · {OFFICER}" in page.text
    assert written in page.text, "what was typed is not lost"
    with staffed.app.begin() as work:
        assert "complete" not in [step.event for step in service.timeline(work, request.id)]


def test_a_form_that_was_not_taken_comes_back_open_with_everything_that_stood_in_it(staffed: World) -> None:
    request, officer = complaint(staffed), member(staffed, OFFICER)
    address = f"/console/requests/{request.id}"
    wrong = officer.post(f"{address}/refuse", {"ground": "no-such", "reason": "", "evidence": "the letter of Monday"})
    assert wrong.status_code == 422
    assert "<details open><summary>Refuse</summary>" in wrong.text
    assert ">the letter of Monday</textarea>" in wrong.text
    assert '<p class="box spoken">no-such</p>' not in wrong.text, "what was chosen from a list was not typed"
    wrong = officer.post(f"{address}/verdict", {"verdict": "overturned", "reason": " ", "remedy": "an apology"})
    assert wrong.status_code == 422
    assert 'value="overturned" checked' in wrong.text
    assert ">an apology</textarea>" in wrong.text


def test_staff_read_what_was_chosen_in_words_and_not_in_names(staffed: World) -> None:
    request = staffed.open("erasure", staffed.lin)
    page = member(staffed, OFFICER).page(f"/console/requests/{request.id}")
    assert "Channel phone" in page.text
    with staffed.app.begin() as work:
        details = Details(purposes=("push",), text="Enough.")
        objection = service.open_request(
            work,
            staffed.app.vault,
            staffed.version,
            staffed.lin,
            "objection",
            language="en",
            channel="portal",
            jobs=staffed.app.jobs,
            details=details,
        )
    officer = member(staffed, OFFICER)
    assert "Channel personal data centre" in officer.page(f"/console/requests/{objection.id}").text
    assert "push messages\nEnough." in officer.post(f"/console/requests/{objection.id}/read").text


def test_looking_is_no_act_that_another_must_have_seen(staffed: World) -> None:
    request = complaint(staffed)
    officer, agent = member(staffed, OFFICER), member(staffed, AGENT)
    address = f"/console/requests/{request.id}"
    page = officer.page(address)
    agent.post(f"{address}/read")
    agent.post(f"{address}/reveal")
    answered = officer.post(f"{address}/answer", {"text": "Done.", "seen": last_seen(page, f"{address}/answer")})
    assert answered.status_code == 200
    assert state(staffed, request) is State.FULFILLED


def test_who_a_person_is_stays_hidden_until_somebody_asks_and_that_is_noted(staffed: World) -> None:
    request = complaint(staffed)
    agent = member(staffed, AGENT)
    address = f"/console/requests/{request.id}"
    before = agent.get(address).text
    assert LIN_PHONE not in before
    assert "phone ••••01" in Page(before).text
    shown = agent.post(f"{address}/reveal").text
    assert LIN_PHONE in shown
    assert LIN_EMAIL in shown
    assert kinds(staffed)[-1] == "request.revealed"
    assert LIN_PHONE not in agent.get(address).text, "only once"
    mine = staffed.signed_in(LIN_PHONE).page(f"/requests/{request.id}").text
    assert "Contact details shown" not in mine, "what staff do among themselves is not told to the person"


@pytest.mark.parametrize(
    ("email", "sees_person", "sees_names", "acts"),
    [
        (OFFICER, True, True, True),
        (AGENT, True, True, True),
        (AUDITOR, False, True, False),
        (ENGINEER, False, False, False),
    ],
)
def test_each_role_sees_what_it_needs_and_no_more(
    staffed: World, email: str, *, sees_person: bool, sees_names: bool, acts: bool
) -> None:
    request = complaint(staffed)
    officer = member(staffed, OFFICER)
    officer.post(f"/console/requests/{request.id}/assign", {"to": AGENT})
    visitor = member(staffed, email)
    page = visitor.page(f"/console/requests/{request.id}")
    assert ("••••01" in page.text) is sees_person
    assert (AGENT in page.text) is sees_names
    assert (f"/console/requests/{request.id}/answer" in [form.action for form in page.forms]) is acts
    lists = " ".join(visitor.page(address).text for address in ("/console", "/console/requests"))
    assert (AGENT in lists) is sees_names
    exported = visitor.post("/console/export")
    assert exported.status_code == (200 if sees_names else 403)
    for address in ("find", "bulk", "bulk/do", f"requests/{request.id}/reveal", f"requests/{request.id}/assign"):
        assert (visitor.post(f"/console/{address}").status_code == 403) is not acts, address


def test_a_refusal_waits_for_a_second_person_who_reads_it_first(staffed: World) -> None:
    _set(staffed, two_pairs=("refuse",))
    request = complaint(staffed)
    address = f"/console/requests/{request.id}"
    one, other = member(staffed, OFFICER), member(staffed, AGENT)
    proposed = Page(one.post(f"{address}/refuse", {"ground": "repeated", "reason": "See our letter."}).text)
    assert "Waits for a second person: Refusing" in proposed.text
    assert "See our letter" not in proposed.text
    assert state(staffed, request) is State.IN_REVIEW
    assert "Approve" in other.page("/console").text
    (look,) = [form.action for form in proposed.forms if "/proposals/" in form.action]
    own = Page(one.post(look).text)
    assert "Somebody else has to approve it" in own.text
    assert f"{look}/approve" not in [form.action for form in own.forms]
    same = one.post(f"{look}/approve")
    assert same.status_code == 403
    assert "You proposed it yourself" in same.text
    read = Page(other.post(look).text)
    assert "See our letter." in read.text
    done = other.press(read, f"{look}/approve")
    assert "Approved by a second person" in done.text
    assert state(staffed, request) is State.REFUSED


def test_an_erasure_waits_for_two_people_where_that_is_set(staffed: World) -> None:
    _set(staffed, two_pairs=("erase",))
    request = staffed.open("erasure", staffed.lin)
    staffed.app.worker().drain()
    address = f"/console/requests/{request.id}"
    one, other = member(staffed, OFFICER), member(staffed, SECOND)
    page = one.page(address)
    assert "Two members of our staff have to agree first" in page.text
    counted = Page(one.post(f"{address}/count").text)
    assert "shop orders 24 24" in counted.text
    one.press(page, f"{address}/let/erase")
    assert f"{address}/let/erase" not in [form.action for form in other.page(address).forms]
    (look,) = [form.action for form in other.page(address).forms if "/proposals/" in form.action]
    staffed.app.worker().drain()
    assert staffed.company.count("shop", "orders") == 25, "one person is not two"
    other.post(f"{look}/approve")
    staffed.app.worker().drain()
    assert state(staffed, request) is State.FULFILLED
    assert staffed.company.count("shop", "orders") == 1


def test_only_what_workers_wait_with_is_let_go(staffed: World) -> None:
    request, officer = complaint(staffed), member(staffed, OFFICER)
    for act in ("refuse", "whim"):
        assert officer.post(f"/console/requests/{request.id}/let/{act}").status_code == 404


def test_a_proposal_is_seen_under_its_own_request_only(staffed: World) -> None:
    _set(staffed, two_pairs=("refuse",))
    request, elsewhere = complaint(staffed), complaint(staffed, staffed.qing)
    officer = member(staffed, OFFICER)
    page = Page(officer.post(f"/console/requests/{request.id}/refuse", {"ground": "repeated", "reason": "No."}).text)
    (look,) = [form.action for form in page.forms if "/proposals/" in form.action]
    wrong = look.replace(request.id, elsewhere.id)
    for address in (wrong, f"{wrong}/approve", f"{wrong}/decline", look.rpartition("/")[0] + "/prp-x"):
        assert member(staffed, SECOND).post(address).status_code == 404
    assert state(staffed, request) is State.IN_REVIEW


def test_what_cannot_be_done_is_said_on_the_page_of_the_request(staffed: World) -> None:
    request, officer = complaint(staffed), member(staffed, OFFICER)
    for act, form, said in (
        ("answer", {"text": " "}, "Write something first"),
        ("extend", {"reason": "Because."}, "allows more time"),
        ("refuse", {"ground": "whim", "reason": "Because."}, "no such ground"),
        ("prove", {"proofs": "kinship"}, "not possible any more"),
    ):
        answered = officer.post(f"/console/requests/{request.id}/{act}", form)
        page = Page(answered.text)
        assert answered.status_code in {403, 409, 422}
        assert "Nothing was done" in page.text
        assert said in page.text
        assert request.reference in page.headings


def test_the_front_page_groups_and_each_group_has_its_own_pages(staffed: World) -> None:
    request = complaint(staffed)
    officer = member(staffed, OFFICER)
    page = officer.page("/console")
    assert re.search(r"Decide 1 ", page.text)
    alone = officer.page("/console?todo=review")
    assert alone.headings == ["Decide"]
    assert references(alone.text) == [request.reference]
    assert references(officer.page("/console?todo=blocked").text) == []
    assert officer.get("/console?todo=review&after=req-nothing").status_code == 404
    assert references(officer.page(f"/console?todo=review&after={request.id}").text) == []


def test_figures_are_drawn_with_a_table_beneath_each(staffed: World) -> None:
    request = complaint(staffed)
    with staffed.app.begin() as work:
        review.refuse(work, staffed.app.vault, request.id, "repeated", reason="See our letter.", by=OFFICER)
    staffed.open("erasure", staffed.qing)
    engineer = member(staffed, ENGINEER)
    for by, language in (("week", "zh"), ("month", "en")):
        page = engineer.page(f"/console/figures?by={by}&lang={language}")
        charts = [given_ for tag, given_ in page.tags if tag == "svg"]
        assert len(charts) == 4
        for one in charts:
            assert one["role"] == "img"
            assert set(one["aria-labelledby"].split()) <= set(page.ids)
        assert [tag for tag, _ in page.tags].count("table") == 4
        assert ("无理重复 1" if language == "zh" else "repeated without reason 1") in page.text
        assert not [given_ for tag, given_ in page.tags if "style" in given_]


def test_without_any_request_the_figures_say_that_there_are_none(staffed: World) -> None:
    text = member(staffed, OFFICER).page("/console/figures").text
    assert text.count("There is nothing to count in this time.") == 2


def test_a_person_sees_nothing_of_who_looks_after_their_request(staffed: World) -> None:
    request = complaint(staffed, staffed.qing)
    member(staffed, OFFICER).post(f"/console/requests/{request.id}/assign", {"to": AGENT})
    text = staffed.signed_in(QING_PHONE).page(f"/requests/{request.id}").text
    assert AGENT not in text
    assert "Given to a colleague" not in text
