"""The commands as an operator types them, in a process of their own where that matters, else in this one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from troth.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
KAICONN = ROOT / "examples" / "kaiconn"
WHO = "phone:+8619900001234"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAICONN_COMPANY_URL", f"sqlite:///{tmp_path / 'company.db'}")
    return tmp_path / "home"


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = run([*arguments, "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, told


def test_check_ends_with_0_for_the_example_and_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _json(capsys, "check", str(KAICONN))
    assert (code, told["ok"], told["policy"]) == (0, True, "kaiconn")
    assert not home.exists()


_FAULTS = [
    ("acceptance: explicit", "acceptanse: explicit", "policy.unknown-key", "did you mean `acceptance`?"),
    (
        "needs: [account.nickname]",
        "needs: [account.nickmane]",
        "policy.unknown-item",
        "did you mean `account.nickname`?",
    ),
    ("  push: {label:", "  operate: {label:", "yaml.duplicate-key", ""),
    ("label: {zh: 注册账号, en: registration}", "label: {zh: 注册账号}", "policy.missing-translation", ""),
]


@pytest.mark.parametrize(("right", "wrong", "code", "hint"), _FAULTS, ids=[fault[2] for fault in _FAULTS])
def test_a_fault_of_the_policy_is_shown_where_it_stands_and_nothing_is_written(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], right: str, wrong: str, code: str, hint: str
) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    text = (KAICONN / "policy.yaml").read_text(encoding="utf-8")
    line = text[: text.index(right)].count("\n") + 1
    (folder / "policy.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    ended, told = _json(capsys, "publish", str(folder))
    assert ended == 2
    errors = told["errors"]
    assert isinstance(errors, list)
    first = next(one for one in errors if one["code"] == code)
    assert (first["file"], first["line"]) == (str(folder / "policy.yaml"), line)
    assert hint in first["hint"]
    assert not home.exists()


def test_a_folder_that_is_not_there_is_input_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "/nowhere"]) == 2
    assert "folder.missing" in capsys.readouterr().err


def test_a_person_signs_up_agrees_withdraws_and_decisions_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", str(KAICONN)]) == 0
    assert run(["subject", "register", WHO, "--verified"]) == 0
    assert run(["consent", "accept", WHO]) == 0
    question = ["may", WHO, "push", "location.precise", "--action", "share", "--to", "getui"]
    capsys.readouterr()
    code, denied = _json(capsys, *question)
    assert (code, denied["outcome"], denied["missing"]) == (3, "denied", ["consent.push.explicit"])
    assert run(["consent", "give", WHO, "push"]) == 0
    capsys.readouterr()
    code, allowed = _json(capsys, *question)
    assert (code, allowed["outcome"], allowed["clause"]) == (0, "allowed", "recipients.getui.receives")
    assert run(["consent", "withdraw", WHO, "push"]) == 0
    assert run(question) == 3
    assert run(["may", WHO, "statistics", "account.password"]) == 2
    assert run(["journal", "verify"]) == 0


def test_an_unknown_person_and_an_unknown_purpose_are_input_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", str(KAICONN)]) == 0
    assert run(["may", WHO, "push", "account.phone"]) == 2
    assert run(["subject", "register", WHO]) == 0
    assert run(["may", WHO, "pusch", "account.phone"]) == 2
    said = capsys.readouterr().err
    assert "did you mean `push`" in said
    assert "19900001234" not in said


def test_a_fault_of_ours_is_said_without_a_traceback_and_without_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_folder: Path) -> None:
        raise ZeroDivisionError("+8619900001234")

    monkeypatch.setattr("troth.app.drills.folder.read_folder", broken)
    assert run(["check", str(KAICONN)]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "19900001234" not in said
    assert "Traceback" not in said


def test_a_database_that_is_down_ends_with_5(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROTH_DATABASE_URL", "postgresql+psycopg://nobody@/none?host=/nonexistent")
    assert run(["request", "list"]) == 5
    assert "database.unavailable" in capsys.readouterr().err


def test_a_request_is_opened_run_and_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "policy.yaml").write_text((KAICONN / "policy.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert run(["publish", str(plain)]) == 0
    assert run(["subject", "register", WHO, "--verified"]) == 0
    capsys.readouterr()
    _, opened = _json(capsys, "request", "open", WHO, "copy")
    request = opened["request"]
    assert isinstance(request, dict)
    assert run(["request", "run"]) == 0
    capsys.readouterr()
    _, shown = _json(capsys, "request", "show", str(request["id"]))
    whole = shown["request"]
    assert isinstance(whole, dict)
    assert whole["state"] == "fulfilled"
    assert run(["request", "package", str(request["id"]), "--out", str(tmp_path / "copy.zip")]) == 0
    assert (tmp_path / "copy.zip").stat().st_mode & 0o777 == 0o600
    assert run(["request", "recall", str(request["id"])]) == 3


def test_doctor_finds_a_store_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", str(KAICONN)]) == 0
    capsys.readouterr()
    code, told = _json(capsys, "doctor")
    assert code == 4
    checks = told["checks"]
    assert isinstance(checks, list)
    assert "journal.ok" in {one["id"] for one in checks if one["level"] == "ok"}
    assert [one for one in checks if one["level"] == "error"]


def test_doctor_finds_a_changed_journal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", str(KAICONN)]) == 0
    program = (
        f"import sqlite3; c = sqlite3.connect({str(home / 'troth.db')!r}); "
        "c.execute(\"UPDATE journal_entry SET leaf = x'00' WHERE number = 0\"); c.commit()"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert run(["doctor"]) == 4
    assert run(["journal", "verify"]) == 4
    assert "journal." in capsys.readouterr().err


def test_the_real_program_prints_help_and_its_version_of_every_command() -> None:
    program = Path(sys.executable).with_name("troth")
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    for command in ("check", "publish", "notice", "may", "consent", "request", "journal", "drill", "up", "doctor"):
        assert f"\n  {command} " in told
