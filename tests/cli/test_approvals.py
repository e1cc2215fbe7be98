"""Two pairs of eyes from the shell: the same rule as on the console, whoever types."""

from __future__ import annotations

import pytest

from tests.cli.test_requests import problem, published, request, told

__all__ = ["published"]


def proposed(found: dict[str, object]) -> str:
    proposals = found["proposals"]
    assert isinstance(proposals, list)
    (only,) = proposals
    return str(only)


def test_a_refusal_waits_until_somebody_else_approves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = request(capsys, "complaint", "--text", "the lamp talks")
    ground = problem(capsys, "request", "refuse", str(made["id"]), "whim", "no", ends=2)["hint"].split()[-1]
    monkeypatch.setenv("TROTH_TWO_PAIRS", "refuse")
    refusal = ("request", "refuse", str(made["id"]), ground, "See the letter.", "--evidence", "letter")
    waiting = told(capsys, *refusal, "--by", "li")
    assert waiting["request"]["state"] == "in_review"  # type: ignore[index]  # it is a request
    proposal = proposed(waiting)
    same = problem(capsys, "request", "approve", proposal, "--by", "li", ends=3)
    assert same["code"] == "requests.same-person"
    done = told(capsys, "request", "approve", proposal, "--by", "wang")
    assert done["request"]["state"] == "refused"  # type: ignore[index]  # it is a request
    assert done["proposals"] == []


def test_a_copy_waits_until_two_people_let_it_go(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = request(capsys, "copy")
    monkeypatch.setenv("TROTH_TWO_PAIRS", "copy.package")
    told(capsys, "request", "run", str(made["id"]), ends=5)
    assert problem(capsys, "request", "let", str(made["id"]), "refuse", ends=2)["code"] == "requests.unknown-act"
    proposal = proposed(told(capsys, "request", "let", str(made["id"]), "package", "--by", "li"))
    told(capsys, "request", "decline", proposal, "--by", "wang")
    again = proposed(told(capsys, "request", "let", str(made["id"]), "package", "--by", "li"))
    assert told(capsys, "request", "approve", again, "--by", "wang")["proposals"] == []


def test_a_setting_that_names_no_act_is_said_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROTH_TWO_PAIRS", "erase,whim")
    wrong = problem(capsys, "request", "list", ends=2)
    assert wrong["code"] == "settings.wrong-value"
    assert "TROTH_TWO_PAIRS" in wrong["message"]
