"""Requests as an operator handles them from the shell."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from troth.cli.main import run

KAICONN = Path(__file__).resolve().parents[2] / "examples" / "kaiconn"
WHO = "phone:+8619900001234"


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAICONN_COMPANY_URL", f"sqlite:///{tmp_path / 'company.db'}")
    assert run(["publish", str(KAICONN)]) == 0
    assert run(["subject", "register", WHO, "--verified"]) == 0
    capsys.readouterr()


def told(capsys: pytest.CaptureFixture[str], *arguments: str, ends: int = 0) -> dict[str, object]:
    assert run([*arguments, "--json"]) == ends, capsys.readouterr().out
    value: dict[str, object] = json.loads(capsys.readouterr().out)
    return value


def problem(capsys: pytest.CaptureFixture[str], *arguments: str, ends: int) -> dict[str, str]:
    problems = told(capsys, *arguments, ends=ends)["errors"]
    assert isinstance(problems, list)
    first: dict[str, str] = problems[0]
    return first


def request(capsys: pytest.CaptureFixture[str], kind: str, *more: str) -> dict[str, object]:
    found = told(capsys, "request", "open", WHO, kind, *more)["request"]
    assert isinstance(found, dict)
    return found


def test_a_complaint_is_asked_about_and_answered_from_the_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = request(capsys, "complaint", "--text", "the lamp talks")
    assert made["state"] == "in_review"
    asked = told(capsys, "request", "ask", str(made["id"]), "Which lamp?", "--by", "li")["request"]
    assert isinstance(asked, dict)
    assert asked["state"] == "clarifying"
    told(capsys, "request", "answer", str(made["id"]), "too early", ends=3)
    other = request(capsys, "explanation", "--text", "why was it declined?")
    monkeypatch.setattr("sys.stdin", io.StringIO("Because the card had expired.\n"))
    done = told(capsys, "request", "answer", str(other["id"]), "-")["request"]
    assert isinstance(done, dict)
    assert done["state"] == "fulfilled"


def test_a_refusal_takes_one_of_the_policys_grounds(capsys: pytest.CaptureFixture[str]) -> None:
    made = request(capsys, "complaint", "--text", "again and again")
    unknown = problem(capsys, "request", "refuse", str(made["id"]), "whim", "no", ends=2)
    assert unknown["code"] == "requests.unknown-ground"
    ground = unknown["hint"].removeprefix("use one of ").split(", ")[0]
    done = told(capsys, "request", "refuse", str(made["id"]), ground, "See the letter.", "--evidence", "letter")
    assert isinstance(done["request"], dict)
    assert done["request"]["blocked"] == f"ground.{ground}"


def test_deadlines_lists_every_limit_the_soonest_first_and_ends_with_3_when_one_is_late(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert told(capsys, "deadlines")["deadlines"] == []
    request(capsys, "erasure")
    found = told(capsys, "deadlines")["deadlines"]
    assert isinstance(found, list)
    assert len(found) >= 2
    assert [one["due_at"] for one in found] == sorted(one["due_at"] for one in found)
    assert not any(one["late"] for one in found)
    late = told(capsys, "deadlines", "--at", "2099-01-01", ends=3)["deadlines"]
    assert isinstance(late, list)
    assert all(one["late"] for one in late)
    assert run(["deadlines"]) == 0
    assert "rights.erasure" in capsys.readouterr().out


def test_an_objection_names_its_purpose_and_a_hold_stops_an_erasure(capsys: pytest.CaptureFixture[str]) -> None:
    assert problem(capsys, "request", "open", WHO, "objection", ends=2)["code"] == "requests.detail-missing"
    held = told(capsys, "hold", "place", WHO, "file 12")
    listed = told(capsys, "hold", "list", WHO)["holds"]
    assert isinstance(listed, list)
    assert [one["id"] for one in listed] == [held["hold"]]
    assert told(capsys, "hold", "release", str(held["hold"]))["ok"] is True
    assert problem(capsys, "hold", "release", str(held["hold"]), ends=3)["code"] == "requests.released"
    assert told(capsys, "hold", "list", WHO)["holds"] == []


def test_an_agent_is_let_in_only_where_the_policy_names_one(capsys: pytest.CaptureFixture[str]) -> None:
    party = ("--party", "agent", "Ada Example", "ada@agents.example")
    assert problem(capsys, "request", "open", WHO, "copy", *party, ends=3)["code"] == "requests.party-not-allowed"
    unknown = problem(capsys, "request", "open", WHO, "copy", "--party", "friend", "Ada", "ada@x.example", ends=2)
    assert unknown["code"] == "requests.unknown-party"


def test_a_correction_is_asked_for_and_no_value_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("阿林\n"))
    asked = request(capsys, "correction", "--set", "account.nickname=-", "--set", "account.phone=199 0000 1239")
    assert asked["kind"] == "correction"
    assert "阿林" not in json.dumps(asked, ensure_ascii=False)
    assert "1239" not in json.dumps(asked)


@pytest.mark.parametrize("word", ["account.nickname", "=x", "account.nicknam=x"])
def test_what_is_no_new_value_is_refused_without_repeating_it(capsys: pytest.CaptureFixture[str], word: str) -> None:
    found = problem(capsys, "request", "open", WHO, "correction", "--set", word, ends=2)
    assert found["code"] in ("requests.bad-change", "requests.unknown-detail")
