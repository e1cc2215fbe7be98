"""`troth schema`, `fmt`, `diff`, `promises`, `notice`: what concerns the text of a policy."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from troth.app.drills.folder import read_folder
from troth.cli.main import run
from troth.policy.lint import lint

ROOT = Path(__file__).resolve().parents[2]
KAICONN = ROOT / "examples" / "kaiconn"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "kaiconn"
    made.mkdir()
    shutil.copy(KAICONN / "policy.yaml", made)
    return made


def _changed(folder: Path, before: str, after: str) -> Path:
    new = folder.with_name("new")
    new.mkdir()
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    assert before in text
    (new / "policy.yaml").write_text(text.replace(before, after, 1), encoding="utf-8")
    return new


def test_the_schema_is_printed_as_it_is_or_in_an_answer_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    itself = json.loads(capsys.readouterr().out)
    assert run(["schema", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "schema": itself}


def test_the_schema_names_every_section_that_the_example_uses(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    known = schema["$defs"]["Policy"]["properties"]
    assert set(read_folder(KAICONN).policy.value) <= set(known)


def test_check_tells_what_it_finds_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    told = {}
    for language in ("en", "zh"):
        assert run(["check", str(KAICONN), "--lang", language]) == 0
        told[language] = capsys.readouterr().out
    assert run(["check", str(KAICONN)]) == 0
    assert capsys.readouterr().out == told["en"]
    assert told["en"].count("\n  hint: ") == told["zh"].count("\n  建议：") == len(lint(read_folder(KAICONN).policy))
    assert "警告：政策有`zh`、`en`文本，却未说明以哪种语言为准 [prevailing-language-missing, languages]" in told["zh"]
    assert "warning: the policy speaks `zh`, `en` and does not say which prevails" in told["en"]


def test_check_speaks_no_other_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(KAICONN), "--lang", "fr"]) == 2
    assert "findings are not told in `fr`" in capsys.readouterr().err


def test_check_gives_a_program_its_words_in_the_language_and_its_codes_in_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check", str(KAICONN), "--lang", "zh", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["severity"] for finding in findings} == {"warning", "note"}
    assert [finding["message"] for finding in findings] == [
        each.message for each in lint(read_folder(KAICONN).policy, "zh")
    ]


def test_fmt_changes_the_shape_once_and_never_the_meaning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = read_folder(folder).policy
    text = (folder / "policy.yaml").read_text(encoding="utf-8")
    (folder / "policy.yaml").write_text(text.replace("troth: 1\n", "troth:   1\n"), encoding="utf-8")
    assert run(["fmt", str(folder), "--check"]) == 2
    assert run(["fmt", str(folder)]) == 0
    assert run(["fmt", str(folder), "--check"]) == 0
    assert "in shape" in capsys.readouterr().out
    assert read_folder(folder).policy.hash == before.hash
    assert list(folder.iterdir()) == [folder / "policy.yaml"]


def test_diff_names_a_change_by_its_clause_in_both_languages(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = _changed(folder, "cooling_off: 7 days", "cooling_off: 9 days")
    assert run(["diff", str(folder), str(new), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [change["clause"] for change in told["changes"]] == ["rights.close_account.cooling_off"]
    assert run(["diff", str(folder), str(new), "--lang", "zh"]) == 0
    assert "9" in capsys.readouterr().out


def test_diff_of_a_policy_with_itself_names_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", str(folder), str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_promises_of_the_example_are_listed_with_clause_control_and_state(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["promises", str(KAICONN), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["count"] == len(told["promises"])
    assert {one["state"] for one in told["promises"]} == {"unproven"}
    assert all(one["clauses"] and one["control"] for one in told["promises"])
    kinds = Counter(one["kind"] for one in told["promises"])
    assert kinds == {"enforceable": 126, "evidence": 28, "content": 25}
    closing = next(one for one in told["promises"] if one["id"] == "KAI-152")
    assert closing["parameters"]["after"] == "7 days"
    assert not home.exists()


def test_promises_are_listed_with_their_kinds_for_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["promises", str(KAICONN)]) == 0
    told = capsys.readouterr().out
    assert "KAI-178  content  statements.dates, updated, effective  notice-says  unproven" in told
    assert "179 promises: 0 kept, 0 broken, 179 unproven; 126 enforceable, 28 evidence, 25 content" in told


def test_promises_of_a_strangers_policy_come_from_its_clauses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["promises", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    clauses = {one["id"] for one in told["promises"]}
    assert any(clause.startswith("rights.close_account") for clause in clauses)
    assert all(set(one["says"]) == {"zh", "en"} for one in told["promises"])
    assert {one["kind"] for one in told["promises"]} >= {"enforceable", "content"}


@pytest.mark.parametrize(
    ("language", "title"), [("zh", "每开隐私保护政策"), ("en", "Kaiconn privacy protection policy")]
)
@pytest.mark.parametrize("format_", ["html", "md"])
def test_a_notice_is_written_in_each_language_and_format(
    tmp_path: Path, language: str, title: str, format_: str
) -> None:
    out = tmp_path / "notice"
    assert run(["notice", str(KAICONN), "--lang", language, "--format", format_, "--out", str(out)]) == 0
    assert title in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", [["--lang", "fr"], ["--format", "docx"], ["--set", "nowhere"]])
def test_a_notice_that_does_not_exist_is_input_to_mend(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notice", str(KAICONN), *option]) == 2
    assert "error:" in capsys.readouterr().err


def test_a_notice_for_a_program_is_one_json_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notice", str(KAICONN), "--lang", "zh", "--format", "md", "--json"]) == 0
    assert "每开隐私保护政策" in json.loads(capsys.readouterr().out)["document"]
    out = tmp_path / "notice.md"
    assert run(["notice", str(KAICONN), "--format", "md", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == str(out)
    assert told["bytes"] == out.stat().st_size
