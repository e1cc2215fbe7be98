"""The console's pages of tasks: what is asked is shown, whom it is about only on request, and the answer goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.company import LIN_PHONE
from tests.web.html import Page
from tests.web.world import World
from troth.datamap.read import parse
from troth.requests import service
from troth.requests.exchange import hooks
from troth.requests.machine import State
from troth.requests.model import Request
from troth.stores.mailbox import service as tasks
from troth.stores.mailbox.model import Task
from troth.subjects.facts import change
from troth.versions.service import publish

ARCHIVE = """
store: archive
kind: mailbox
label: {{zh: 纸质档案, en: the paper archive}}
url: file:{secret}
datasets:
  letters:
    label: {{zh: 来信, en: letters}}
    key: none
    identifies: {{phone: phone}}
    fields: {{phone: account.phone, text: order.record}}
"""


@pytest.fixture
def waiting(world: World, tmp_path: Path) -> Request:
    """A copy and an erasure of Lin's that wait for the archive; the copy is given."""
    secret = tmp_path / "archive.address"
    secret.write_text("mailto:archive@kaiconn.example")
    archive = parse({"archive.yaml": ARCHIVE.format(secret=secret)})["archive"].value
    with world.app.begin() as work:
        maps = {**world.version.maps, "archive": archive}
        world.version = publish(work, world.version.policy, maps, by="test")
        change(work, world.lin, add=("verified.phone",))
        hooks.add(work, "https://hook.kaiconn.example/in", "env:HOOK")
    request = world.open("copy", world.lin)
    world.run_due()
    return request


def world_tasks(world: World) -> tuple[Task, ...]:
    with world.app.begin() as work:
        return tasks.listing(work)


def the_task(world: World) -> Task:
    (one,) = world_tasks(world)
    return one


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_task_is_listed_and_shown_without_the_person(world: World, waiting: Request, language: str) -> None:
    officer, task = world.officer(language), the_task(world)
    listed = officer.get("/console/tasks").text
    assert f"/console/tasks/{task.id}" in listed
    assert waiting.reference in listed
    assert "hook.kaiconn.example" in listed
    shown = officer.get(f"/console/tasks/{task.id}").text
    assert {"zh": "纸质档案", "en": "the paper archive"}[language] in shown
    assert LIN_PHONE not in listed + shown
    assert LIN_PHONE in officer.post(f"/console/tasks/{task.id}/person").text
    with world.app.begin() as work:
        assert "reveal" in [one.event for one in service.timeline(work, waiting.id)]


def test_the_person_is_told_that_somebody_has_to_look_it_up(world: World, waiting: Request) -> None:
    shown = world.signed_in(LIN_PHONE).get("/data")
    assert shown.status_code == 200
    assert "“the paper archive” is looked up by hand" in shown.text
    assert "lamp 1" in shown.text, "what can be read is shown"
    assert len(world_tasks(world)) == 1, "looking makes no task"


def test_rows_that_are_pasted_go_into_the_copy(world: World, waiting: Request) -> None:
    officer, task = world.officer(), the_task(world)
    refused = officer.post(f"/console/tasks/{task.id}/done", {"rows": "not rows"})
    assert refused.status_code == 422
    assert ">not rows</textarea>" in refused.text, "what was typed is not lost"
    officer.post(f"/console/tasks/{task.id}/done", {"rows": f"phone,text\n{LIN_PHONE},a letter\n"})
    with world.app.begin() as work:
        assert tasks.listing(work) == ()
    world.run_due()
    with world.app.begin() as work:
        assert service.get(work, waiting.id).state is State.FULFILLED
    assert officer.get(f"/console/tasks/{task.id}").status_code == 200
    assert task.id in officer.get("/console/tasks?everything=true").text


def test_an_erasure_is_answered_by_numbers_and_nothing_held_by_a_button(world: World, waiting: Request) -> None:
    officer = world.officer()
    officer.post(f"/console/tasks/{the_task(world).id}/done", {"nothing": "yes"})
    world.run_due()
    erasure = world.open("erasure", world.lin)
    world.run_due()
    look = the_task(world)
    assert look.act == "look"
    for numbers, status in (("some", 422), ("", 422), ("2", 200)):
        answer = officer.post(f"/console/tasks/{look.id}/done", {"names": "letters", "numbers": numbers})
        assert answer.status_code == status
    world.run_due()
    erase = the_task(world)
    said = {"names": "letters", "numbers": "1", "kept": "1"}
    refused = officer.post(f"/console/tasks/{erase.id}/done", said)
    assert refused.status_code == 422
    fields = next(one.fields for one in Page(refused.text).forms if "numbers" in one.fields)
    assert (fields["numbers"], fields["kept"]) == ("1", "1"), "what was typed is not lost"
    assert officer.post(f"/console/tasks/{erase.id}/done", {**said, "grounds": "retention.invoices"}).status_code == 200
    world.run_due()
    with world.app.begin() as work:
        assert service.get(work, erasure.id).state is State.FULFILLED


def test_what_cannot_be_done_is_said_on_the_request(world: World, waiting: Request) -> None:
    officer, task = world.officer(), the_task(world)
    assert officer.post(f"/console/tasks/{task.id}/refuse", {"reason": " "}).status_code == 422
    officer.post(f"/console/tasks/{task.id}/refuse", {"reason": "the cellar is under water"})
    world.run_due()
    assert "could not do" in officer.get(f"/console/requests/{waiting.id}").text
    assert "under water" in officer.get(f"/console/tasks/{task.id}").text


def test_there_is_no_page_of_a_task_that_is_none(world: World) -> None:
    assert world.officer().get("/console/tasks/tsk-none").status_code == 404
