"""The commands that ask about everybody: a file, a list, a condition for SQL, the table of states."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import troth
from troth.base.errors import InputError
from troth.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
KAICONN = ROOT / "examples" / "kaiconn"
PEOPLE = [f"phone:+8619900001{number:03}" for number in range(6)]
SHARE = ["--purpose", "push", "--item", "location.precise", "--action", "share", "--to", "getui"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def agreed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Six people, every second of whom agreed to push messages; the ids of those who did."""
    assert run(["publish", str(KAICONN)]) == 0
    found = []
    for number, who in enumerate(PEOPLE):
        capsys.readouterr()
        assert run(["subject", "register", who, "--verified"]) == 0
        subject = capsys.readouterr().out.strip()
        assert run(["consent", "accept", who]) == 0
        if number % 2:
            assert run(["consent", "give", who, "push"]) == 0
            found.append(subject)
    capsys.readouterr()
    return sorted(found)


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == code
    value: dict[str, object] = json.loads(capsys.readouterr().out)
    return value


def test_whom_lists_those_and_counts_them(agreed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "whom", *SHARE) == {"ok": True, "count": 3, "subjects": agreed}
    assert run(["whom", *SHARE, "--count"]) == 0
    assert capsys.readouterr().out == "3\n"


def test_a_file_of_phone_numbers_is_filtered_and_explained(
    agreed: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source, out = tmp_path / "people.csv", tmp_path / "out.parquet"
    phones = [who.removeprefix("phone:") for who in PEOPLE]
    rows = [f"{phone},x\n" for phone in [*phones, "+8619977777777"]]
    source.write_text("phone,name\n" + "".join(rows), encoding="utf-8")
    named = ["--column", "phone", "--kind", "phone"]
    value = told(capsys, "filter", str(source), *SHARE, *named, "-o", str(out), "--explain")
    assert (value["rows"], value["allowed"], value["not_allowed"]) == (7, 3, 4)
    assert (value["denied"], value["unknown"]) == (3, 1)
    reasons = value["reasons"]
    assert isinstance(reasons, list)
    assert sorted((one["outcome"], one["rows"], one["missing"]) for one in reasons) == [
        ("allowed", 3, []),
        ("denied", 3, ["consent.push.explicit"]),
    ]
    assert sorted(pq.read_table(out).column("phone").to_pylist()) == phones[1::2]
    assert run(["filter", str(source), *SHARE, "--column", "nobody", "-o", str(out)]) == 2
    assert "it has phone, name" in capsys.readouterr().err


def test_the_condition_selects_beside_the_exported_states(
    agreed: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    states = tmp_path / "states.parquet"
    exported = told(capsys, "state", "export", str(states))
    assert exported["people"] == 6
    places = ["--column", "people.id", "--table", "states"]
    condition = told(capsys, "sql", "--dialect", "duckdb", *SHARE, *places)["condition"]
    with duckdb.connect() as db:
        db.execute(f"CREATE VIEW states AS SELECT * FROM '{states}'")
        db.execute("CREATE VIEW people AS SELECT subject AS id FROM states UNION ALL SELECT 'sub-unknown'")
        found = db.execute(f"SELECT id FROM people WHERE {condition} ORDER BY id").fetchall()
    assert [row[0] for row in found] == agreed
    assert run(["sql", "--dialect", "oracle", *SHARE]) == 2


def test_whoever_had_their_data_restricted_is_in_no_list_file_or_condition(
    agreed: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source, out, states = tmp_path / "people.csv", tmp_path / "out.csv", tmp_path / "states.parquet"
    source.write_text("id\n" + "\n".join(agreed) + "\n", encoding="utf-8")
    named = ["filter", str(source), *SHARE, "--column", "id", "-o", str(out)]
    assert told(capsys, *named)["allowed"] == 3
    assert run(["request", "open", agreed[1], "restriction"]) == 0
    others = [agreed[0], agreed[2]]
    assert told(capsys, "whom", *SHARE)["subjects"] == others
    assert told(capsys, *named)["allowed"] == 2
    assert out.read_text(encoding="utf-8").split()[1:] == others
    told(capsys, "state", "export", str(states))
    condition = told(capsys, "sql", "--dialect", "duckdb", *SHARE, "--column", "states.subject", "--table", "states")[
        "condition"
    ]
    with duckdb.connect() as db:
        db.execute(f"CREATE VIEW states AS SELECT * FROM '{states}'")
        found = db.execute(f"SELECT subject FROM states WHERE {condition} ORDER BY subject").fetchall()
    assert [row[0] for row in found] == others


def test_all_purposes_of_a_person_are_listed_with_what_each_is_about(
    agreed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    allowed, other = (told(capsys, "may", who, "--list-purposes")["allowed"] for who in (PEOPLE[1], PEOPLE[0]))
    assert isinstance(allowed, list)
    assert isinstance(other, list)
    named = {(one["purpose"], one["item"], one["action"], one["recipient"]) for one in allowed}
    assert ("push", "location.precise", "share", "getui") in named
    assert {one["purpose"] for one in allowed} > {one["purpose"] for one in other} > set()
    assert run(["may", PEOPLE[1], "--list-purposes"]) == 0
    assert "\n  share location.precise to getui (clause " in capsys.readouterr().out
    assert run(["may", PEOPLE[1], "push"]) == 2
    assert "decision.incomplete" in capsys.readouterr().err


def test_a_program_asks_in_its_own_process(agreed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from troth.client.client import _default  # noqa: PLC0415

    _default.cache_clear()
    question = {"item": "location.precise", "purpose": "push", "action": "share", "recipient": "getui"}
    asked = troth.may(agreed[0], **question)  # type: ignore[operator]  # loaded when it is first used
    assert asked.outcome == "allowed"
    assert run(["consent", "withdraw", PEOPLE[1], "push"]) == 0
    outcomes = [troth.may(one, **question).outcome for one in agreed]  # type: ignore[operator]  # as above
    assert sorted(outcomes) == ["allowed", "allowed", "denied"]
    client = troth.Client.open()  # type: ignore[attr-defined]  # as above
    assert len(client) == 6
    assert client.follows > 0
    with pytest.raises(InputError):
        client.may(agreed[0], item="location.precise", purpose="pusch")
    assert run(["journal", "verify"]) == 0


def test_the_package_has_no_other_names_by_magic() -> None:
    with pytest.raises(AttributeError):
        _ = troth.nothing
