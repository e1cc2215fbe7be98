"""From the shell: systems that are told, other controllers, and tasks of stores where somebody answers."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.json_server import JsonServer, json_server
from troth.cli.main import run
from troth.cli.session import opened
from troth.journal.model import Signer
from troth.requests import tables
from troth.stores.mailbox.tables import task as store_task

KAICONN = Path(__file__).resolve().parents[2] / "examples" / "kaiconn"
WHO = "phone:+8619900001234"
KEY = Signer.from_seed("privacy.other.example/log", b"t" * 32).vkey
ARCHIVE = """
store: archive
kind: mailbox
url: env:ARCHIVE_DESK
datasets:
  letters:
    label: {zh: 来信, en: letters}
    key: none
    identifies: {phone: phone}
    fields: {phone: account.phone, date: none}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TROTH_PRIVATE_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(b"k" * 32).decode())
    monkeypatch.setenv("ARCHIVE_DESK", "mailto:archive@kaiconn.example")
    monkeypatch.setenv("KAICONN_COMPANY_URL", f"sqlite:///{tmp_path / 'company.db'}")


@pytest.fixture
def receiver() -> Iterator[JsonServer]:
    with json_server() as made:
        made.answers = lambda _: (204, None)
        yield made


def told(capsys: pytest.CaptureFixture[str], *arguments: str, ends: int = 0) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == ends, capsys.readouterr().out
    return json.loads(capsys.readouterr().out)


def test_a_webhook_is_added_tried_listed_and_removed(capsys: pytest.CaptureFixture[str], receiver: JsonServer) -> None:
    added = ("webhook", "add", f"{receiver.address}/in", "--secret", "env:HOOK_SECRET", "--kind", "request.*")
    hook = told(capsys, *added)["webhook"]
    assert told(capsys, "webhook", "test", hook)["status"] == 204
    assert "webhook-signature" in receiver.told[0].headers
    receiver.answers = lambda _: (500, None)
    assert told(capsys, "webhook", "test", hook, ends=5)["ok"] is False
    (listed,) = told(capsys, "webhook", "list")["webhooks"]
    assert (listed["id"], listed["kinds"], listed["waiting"], listed["dead"]) == (hook, ["request.*"], 0, 0)
    assert told(capsys, "webhook", "again", hook)["messages"] == 0
    assert told(capsys, "webhook", "remove", hook)["ok"]
    assert told(capsys, "webhook", "list")["webhooks"] == []
    assert run(["webhook", "test", hook]) == 2


def test_what_was_given_up_and_what_is_late_is_seen_by_the_doctor(
    capsys: pytest.CaptureFixture[str], receiver: JsonServer, task: str
) -> None:
    hook = told(capsys, "webhook", "add", receiver.address, "--secret", "env:HOOK_SECRET")["webhook"]
    with opened().begin() as work:
        message = {"id": "msg-1", "webhook": hook, "number": 0, "made_at": work.at, "attempts": 9, "dead_at": work.at}
        work.db.execute(sa.insert(tables.webhook_message).values(**message))
        work.db.execute(sa.update(store_task).values(due_at=work.at - timedelta(days=1)))
    found = {one["id"]: one["level"] for one in told(capsys, "doctor", ends=4)["checks"]}
    assert (found["webhooks.dead"], found["tasks.late"]) == ("error", "error")
    assert run(["task", "list"]) == 3, "a task is late"
    assert told(capsys, "webhook", "list")["webhooks"][0]["dead"] == 1


def test_a_webhook_without_a_secret_or_into_another_network_is_refused(
    capsys: pytest.CaptureFixture[str], receiver: JsonServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = told(capsys, "webhook", "add", receiver.address, "--secret", "env:NOT_THERE", ends=2)
    assert missing["errors"][0]["code"] == "secrets.missing"
    monkeypatch.setenv("TROTH_PRIVATE_NETWORKS", "")
    refused = told(capsys, "webhook", "add", receiver.address, "--secret", "env:HOOK_SECRET", ends=3)
    assert refused["errors"][0]["code"] == "outward.private-address"
    assert receiver.told == []


def test_another_controller_is_written_down_until_it_is_removed(
    capsys: pytest.CaptureFixture[str], receiver: JsonServer
) -> None:
    url = f"{receiver.address}/api/v1/transfers"
    add = ("controller", "add", "other", "--zh", "另一家", "--en", "the other", "--key", KEY, "--url", url)
    assert told(capsys, *add)["controller"] == "other"
    assert told(capsys, "controller", "list")["controllers"] == [
        {"id": "other", "names": {"zh": "另一家", "en": "the other"}, "key": KEY, "url": url}
    ]
    assert told(capsys, "arrival", "list")["arrivals"] == []
    assert told(capsys, "arrival", "take", "trf-none", "--out", "x", ends=2)["errors"][0]["code"] == "transfers.unknown"
    assert told(capsys, "controller", "remove", "other")["ok"]
    assert run(["controller", "remove", "other"]) == 2


@pytest.fixture
def task(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A task for the archive: a copy of one person's letters."""
    folder = tmp_path / "kaiconn"
    shutil.copytree(KAICONN, folder)
    (folder / "map" / "company.yaml").unlink()
    (folder / "map" / "archive.yaml").write_text(ARCHIVE, encoding="utf-8")
    assert run(["publish", str(folder)]) == 0
    assert run(["subject", "register", WHO, "--verified"]) == 0
    request = told(capsys, "request", "open", WHO, "copy")["request"]["id"]
    told(capsys, "request", "run", request, ends=5)
    (one,) = told(capsys, "task", "list")["tasks"]
    assert (one["act"], one["store"], one["outcome"]) == ("access", "archive", None)
    assert "1234" not in json.dumps(one)
    return str(one["id"])


def test_rows_in_a_file_answer_a_task_and_the_request_goes_on(
    capsys: pytest.CaptureFixture[str], task: str, tmp_path: Path
) -> None:
    assert told(capsys, "task", "show", task)["task"]["person"] == ["phone:+8619900001234"]
    rows = tmp_path / "rows.csv"
    rows.write_text("phone,date\n+8619900001234,2026-01-31\n", encoding="utf-8")
    done = told(capsys, "task", "done", task, "--rows", str(rows), "--by", "archivist")["task"]
    assert (done["outcome"], done["counts"]["letters"]["rows"], done["by"]) == ("done", 1, "archivist")
    told(capsys, "request", "run")
    (request,) = told(capsys, "request", "list")["requests"]
    assert request["state"] == "fulfilled"
    assert told(capsys, "task", "list")["tasks"] == []
    assert len(told(capsys, "task", "list", "--all")["tasks"]) == 1
    assert run(["task", "done", task, "--nothing"]) == 3


UNFIT: tuple[tuple[list[str], str], ...] = (
    ([], "tasks.no-answer"),
    (["--nothing", "--count", "letters=1"], "tasks.no-answer"),
    (["--count", "letters=some"], "tasks.bad-count"),
    (["--count", "lettres=1"], "tasks.unknown-dataset"),
    (["--count", "letters=1"], "tasks.rows-missing"),
    (["--rows", "/nowhere/at/all"], "cli.cannot-read"),
)


def test_an_answer_that_says_too_little_or_too_much_is_refused_and_then_it_is_answered_later(
    capsys: pytest.CaptureFixture[str], task: str
) -> None:
    for more, code in UNFIT:
        assert told(capsys, "task", "done", task, *more, ends=2)["errors"][0]["code"] == code
    assert told(capsys, "task", "refuse", task, "the cellar is under water")["task"]["outcome"] == "refused"
    assert told(capsys, "task", "show", task)["task"]["reason"] == "the cellar is under water"
    assert told(capsys, "task", "done", task, "--nothing")["task"]["outcome"] == "done"
