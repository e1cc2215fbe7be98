"""A file keeps exactly the rows of people whom the database allows; whoever is unknown is not kept."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from tests.client.town import PUSH, Town
from troth.base.errors import InputError, UnavailableError
from troth.client.filter import Counts, Lookup, People, Reasons, opened
from troth.client.states import export_states
from troth.decision.model import Question
from troth.subjects.identifier import identifier
from troth.subjects.service import find_all

UNKNOWN = "sub-nobody"
COLUMN = 'who "is" it'


@pytest.fixture
def states(town: Town, tmp_path: Path) -> Path:
    path = tmp_path / "states.parquet"
    with town.app.begin() as work:
        export_states(work, town.version, path)
    return path


def written(rows: dict[str, list[str | None]], path: Path) -> Path:
    (pq.write_table if path.suffix == ".parquet" else pa_csv.write_csv)(pa.table(rows), path)
    return path


def read(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    text = pa_csv.ConvertOptions(column_types={COLUMN: pa.string(), "code": pa.string()})
    return list(pa_csv.read_csv(path, convert_options=text).to_pylist())


def run(
    town: Town, people: People, out: Path, lookup: Lookup | None = None, question: Question = PUSH
) -> tuple[Counts, Reasons]:
    with opened(people, town.masks(), question, lookup=lookup) as found:
        return found.keep(out), found.reasons()


@pytest.mark.parametrize("kinds", [("parquet", "parquet"), ("csv", "csv"), ("csv", "parquet")], ids=str)
def test_the_rows_kept_are_those_of_people_who_are_allowed(
    town: Town, states: Path, tmp_path: Path, kinds: tuple[str, str]
) -> None:
    everybody = [*town.people.values(), *list(town.people.values())[:7], UNKNOWN, UNKNOWN]
    codes = [f'00{number}, "x"\n1' for number in range(len(everybody))]
    source = written({COLUMN: list(everybody), "code": list(codes)}, tmp_path / f"people.{kinds[0]}")
    out = tmp_path / f"out.{kinds[1]}"
    counts, reasons = run(town, People(source, COLUMN, states), out)
    allowed = town.allowed(PUSH)
    expected = sorted((who, code) for who, code in zip(everybody, codes, strict=True) if who in allowed)
    assert sorted((row[COLUMN], row["code"]) for row in read(out)) == expected
    assert counts == Counts(len(everybody), len(expected))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert reasons.unknown == 2
    assert sum(reasons.decisions.values()) == len(everybody) - 2


def test_the_reasons_are_those_that_one_by_one_answers_give(town: Town, states: Path, tmp_path: Path) -> None:
    from collections import Counter  # noqa: PLC0415

    from troth.decision.service import peek  # noqa: PLC0415

    source = written({"subject": list(town.people.values())}, tmp_path / "people.parquet")
    _, reasons = run(town, People(source, "subject", states), tmp_path / "out.parquet")
    with town.app.begin() as work:
        expected = Counter(peek(work, town.app.vault, town.version, one, PUSH) for one in town.people.values())
    assert reasons.decisions == expected
    assert len(expected) > 5


def test_a_column_of_phone_numbers_is_looked_up_however_they_are_written(
    town: Town, states: Path, tmp_path: Path
) -> None:
    phones = [phone if number % 2 else f"{phone[3:6]} {phone[6:]}" for number, phone in enumerate(town.people)]
    values = [*phones, "no number", "+8619977777777", None]
    source = written({"phone": values, "code": [str(n) for n in range(len(values))]}, tmp_path / "people.csv")

    def look(page: list[str]) -> dict[str, str]:
        named = {}
        for value in page:
            try:
                named[value] = identifier("phone", value)
            except InputError:
                continue
        with town.app.begin() as work:
            found = find_all(work, town.app.vault, list(named.values()))
        return {value: found[one] for value, one in named.items() if one in found}

    counts, reasons = run(town, People(source, "phone", states), tmp_path / "out.parquet", look)
    allowed = town.allowed(PUSH)
    expected = {phone for phone, subject in zip(phones, town.people.values(), strict=True) if subject in allowed}
    assert {row["phone"] for row in read(tmp_path / "out.parquet")} == expected
    assert (counts.allowed, reasons.unknown) == (len(allowed), 3)


def test_what_no_clause_speaks_of_keeps_nothing(town: Town, states: Path, tmp_path: Path) -> None:
    source = written({"subject": list(town.people.values())}, tmp_path / "people.parquet")
    question = Question("ads", "account.phone")
    counts, reasons = run(town, People(source, "subject", states), tmp_path / "out.parquet", question=question)
    assert counts == Counts(len(town.people), 0)
    assert [one.outcome for one in reasons.decisions] == ["gap"]


def test_files_that_cannot_be_used_are_refused_and_no_value_of_theirs_is_repeated(
    town: Town, states: Path, tmp_path: Path
) -> None:
    good = written({"subject": [UNKNOWN]}, tmp_path / "people.parquet")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"+8619900000001 is no parquet")
    lacking = written({"subject": [UNKNOWN], "version": ["shop:1"], "word0": ["1"]}, tmp_path / "old.parquet")
    whole: dict[str, list[str | None]] = {"subject": [UNKNOWN], "version": ["shop:9"]}
    whole |= {f"word{number}": ["1"] for number in range(3)}
    strange = written(whole, tmp_path / "strange.parquet")
    for people, code in (
        (People(tmp_path / "none.csv", "subject", states), "client.file-missing"),
        (People(good, "phone", states), "client.no-column"),
        (People(good, "subject", lacking), "client.states-old"),
        (People(good, "subject", strange), "client.states-old"),
        (People(broken, "subject", states), "client.file-unreadable"),
    ):
        with pytest.raises((InputError, UnavailableError)) as raised:
            run(town, people, tmp_path / "out.parquet")
        assert raised.value.code == code
        assert "19900000001" not in str(raised.value)
        assert not (tmp_path / "out.parquet").exists()
