"""`troth consent` and `troth receipt`, as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from troth.cli.main import run

KAICONN = Path(__file__).resolve().parents[2] / "examples" / "kaiconn"
WHO = "phone:+8619900001234"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KAICONN_COMPANY_URL", f"sqlite:///{tmp_path / 'company.db'}")
    return tmp_path / "home"


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def signed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["publish", str(KAICONN)]) == 0
    assert run(["subject", "register", WHO, "--verified"]) == 0
    capsys.readouterr()


@pytest.mark.usefixtures("signed_up")
def test_every_choice_is_recorded_and_told_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    made = [
        ("give", "push"), ("withdraw", "push"), ("refuse", "push"), ("opt-out", "sale"), ("opt-in", "sale"),
    ]  # fmt: skip
    for act, about in made:
        code, told = _json(capsys, "consent", act, WHO, about, "--lang", "en")
        assert (code, told["ok"]) == (0, True)
    code, told = _json(capsys, "consent", "history", WHO)
    assert [(event["kind"], event["function"]) for event in told["events"]] == [
        ("given", "push"), ("withdrawn", "push"), ("refused", "push"),
        ("opted-out", "opt-out:sale"), ("opted-in", "opt-out:sale"),
    ]  # fmt: skip
    code, told = _json(capsys, "consent", "show", WHO)
    standings = {row["function"]: row["status"] for row in told["consents"]}
    assert standings == {"push": "ConsentRefused", "opt-out:sale": "ConsentGiven"}


@pytest.mark.usefixtures("signed_up")
def test_asking_too_soon_ends_with_three_and_names_clause_and_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["consent", "ask", WHO, "push"]) == 0
    assert run(["consent", "refuse", WHO, "push"]) == 0
    capsys.readouterr()
    code, told = _json(capsys, "consent", "ask", WHO, "push")
    assert code == 3
    (error,) = told["errors"]
    assert error["code"] == "consent.may-not-ask"
    assert "regimes.cn.consent.reask" in error["message"]
    assert run(["consent", "give", WHO, "push", "--interface", "popup"]) == 3
    assert run(["consent", "give", WHO, "push"]) == 0
    assert run(["consent", "ask", WHO, "psuh"]) == 2


@pytest.mark.usefixtures("signed_up")
def test_a_guardian_and_an_agent_are_named_by_what_shows_them_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["consent", "give", WHO, "push", "--actor", "agent"]) == 2
    assert run(["consent", "give", WHO, "push", "--grade", "guardian-verified", "--actor", "guardian"]) == 3
    given = ["consent", "give", WHO, "push", "--actor", "guardian", "--verification", "ver-1"]
    assert run([*given, "--grade", "guardian-verified"]) == 0
    capsys.readouterr()
    _, told = _json(capsys, "consent", "history", WHO)
    (event,) = told["events"]
    assert (event["actor"], event["verification"], event["grade"]) == ("guardian", "ver-1", "guardian-verified")


@pytest.mark.usefixtures("signed_up")
@pytest.mark.parametrize("form", ["json", "json-ld"])
def test_a_receipt_verifies_without_database_and_settings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    _, given = _json(capsys, "consent", "give", WHO, "push")
    assert run(["receipt", "show", given["event"], "--format", form, "--lang", "en"]) == 0
    receipt = capsys.readouterr().out
    _, shown = _json(capsys, "receipt", "show", given["event"], "--format", form, "--lang", "en")
    assert shown["receipt"] == json.loads(receipt)
    _, journal = _json(capsys, "journal", "verify")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = elsewhere / "receipt.json"
    file.write_text(receipt, encoding="utf-8")
    verify = ["receipt", "verify", str(file), "--key", journal["key"]]
    program = "import sys; from troth.cli.main import run; sys.exit(run(sys.argv[1:]))"
    ended = subprocess.run(
        [sys.executable, "-c", program, *verify, "--json"], cwd=elsewhere, env={}, capture_output=True, check=True
    )
    told = json.loads(ended.stdout)
    assert (told["ok"], told["event"], told["function"]) == (True, given["event"], "push")
    assert [each.name for each in elsewhere.iterdir()] == ["receipt.json"], "verifying leaves nothing behind"
    file.write_text(receipt.replace('"push"', '"pull"'), encoding="utf-8")
    assert run(verify) == 4
    file.write_text("{", encoding="utf-8")
    assert run(verify) == 2
    file.unlink()
    assert run(verify) == 2


@pytest.mark.usefixtures("signed_up")
def test_what_is_no_receipt_and_no_form_is_input_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["receipt", "show", "evt-none"]) == 2
    assert run(["receipt", "show", "evt-none", "--format", "xml"]) == 2
    assert "consent.unknown-form" in capsys.readouterr().err
