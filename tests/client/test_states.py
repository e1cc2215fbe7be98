"""The exported table of states says of everybody what the own database says, in files and in SQL of five dialects."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import sqlglot

from tests.client.town import PHONE, PUSH, Town
from tests.consent.people import HOW
from tests.versions.sample import dated
from troth.base.errors import InputError
from troth.client.states import export_states
from troth.consent.service import accept
from troth.decision.model import Question
from troth.decision.push import DIALECTS, NOBODY, dialect_named, predicate, word_column
from troth.subjects import facts
from troth.versions.service import publish

SALE = Question("ads", "order.record", "sell", "bureau")


def exported(town: Town, path: Path) -> Path:
    with town.app.begin() as work:
        done = export_states(work, town.version, path)
    assert done.people == len(town.people) + 1  # and the one who made facts lie in three words
    assert done.words == 3
    return path


def test_the_file_holds_everybodys_facts_and_is_for_its_owner_alone(either: Town, tmp_path: Path) -> None:
    town = either
    path = exported(town, tmp_path / "states.parquet")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = {}
    for row in pq.read_table(path).to_pylist():
        assert row["version"] == "shop:1"
        found[row["subject"]] = sum(row[word_column(number)] << (62 * number) for number in range(3))
    with town.app.begin() as work:
        assert all(found[one] == facts.state(work, one) for one in town.people.values())


def test_csv_holds_the_same_as_parquet(town: Town, tmp_path: Path) -> None:
    parquet, csv = exported(town, tmp_path / "states.parquet"), exported(town, tmp_path / "states.csv")
    with duckdb.connect() as db:
        both = f"(SELECT * FROM '{parquet}') {{}} (SELECT * FROM read_csv('{csv}'))"
        assert db.execute(f"{both.format('EXCEPT')} UNION ALL ({both.format('INTERSECT')}) LIMIT 0").fetchall() == []
        assert db.execute(both.format("EXCEPT")).fetchall() == []
        assert len(db.execute(both.format("INTERSECT")).fetchall()) == len(town.people) + 1


@pytest.mark.parametrize("question", [PHONE, PUSH, SALE], ids=str)
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_each_dialects_predicate_selects_exactly_whom_the_database_allows(
    town: Town, tmp_path: Path, dialect: str, question: Question
) -> None:
    path = exported(town, tmp_path / "states.parquet")
    table = 'troth\'s "state" `table`'
    said = predicate(DIALECTS[dialect], town.masks(), question, table=table)
    whole = f"SELECT {DIALECTS[dialect].name('subject')} FROM {DIALECTS[dialect].name(table)} WHERE {said}"
    expected = town.allowed(question)
    assert 0 < len(expected) < len(town.people)
    if dialect in {"mysql", "spark"}:  # no such server here: their text is read by their grammar and run elsewhere
        whole = sqlglot.transpile(whole, read=dialect, write="duckdb")[0]
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE {DIALECTS['duckdb'].name(table)} AS SELECT * FROM '{path}'")
        assert {row[0] for row in db.execute(whole).fetchall()} == expected


def test_people_who_accepted_different_versions_are_each_selected_by_theirs(either: Town, tmp_path: Path) -> None:
    town = either
    first, second = sorted(town.allowed(PUSH))[:2]
    with town.app.begin() as work:
        accept(work, town.app.vault, town.version, first, documents=["policy"], **HOW)
        town.version = publish(
            work, dated("2026-02-01", **{"grade: explicit": "grade: separate"}), {}, by="o@shop.example"
        )
        accept(work, town.app.vault, town.version, second, documents=["policy"], **HOW)
    path = exported(town, tmp_path / "states.parquet")
    assert town.allowed(PUSH) == {first}
    said = predicate(DIALECTS["duckdb"], town.masks(), PUSH, table="s")
    with duckdb.connect() as db:
        found = db.execute(f"SELECT subject FROM '{path}' AS s WHERE {said}").fetchall()
        assert found == [(first,)]
        versions = db.execute(f"SELECT DISTINCT version FROM '{path}' ORDER BY 1").fetchall()
        assert versions == [("shop:1",), ("shop:2",)]


def test_what_has_run_out_is_not_exported(town: Town, tmp_path: Path) -> None:
    one = min(town.allowed(PUSH))
    with town.app.begin() as work:
        facts.expire_at(work, one, "consent.push.explicit", work.at + timedelta(hours=1))
    town.app.clock.advance(timedelta(hours=2))  # type: ignore[attr-defined]  # the tests' clock
    path = exported(town, tmp_path / "states.parquet")
    said = predicate(DIALECTS["duckdb"], town.masks(), PUSH, table="s")
    with duckdb.connect() as db:
        found = {row[0] for row in db.execute(f"SELECT subject FROM '{path}' AS s WHERE {said}").fetchall()}
    assert one not in found
    assert found == town.allowed(PUSH)


def test_a_question_without_a_clause_selects_nobody(town: Town) -> None:
    assert predicate(DIALECTS["sqlite"], town.masks(), Question("ads", "account.phone"), table="s") == NOBODY


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_names_and_texts_end_where_they_end(dialect: str) -> None:
    hostile = "x\"; DROP TABLE t; -- ` ' \\' \\"
    speech = DIALECTS[dialect]
    grammar = "postgres" if dialect == "postgresql" else dialect
    parsed = sqlglot.parse(f"SELECT {speech.text(hostile)} FROM {speech.name(hostile)}", read=grammar)
    assert len(parsed) == 1
    (statement,) = parsed
    assert statement is not None
    assert statement.expressions[0].this == hostile
    assert next(statement.find_all(sqlglot.exp.Table)).name == hostile


def test_an_unknown_dialect_and_an_unknown_kind_of_file_are_refused(town: Town, tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        dialect_named("oracle")
    assert raised.value.code == "decision.unknown-dialect"
    with town.app.begin() as work, pytest.raises(InputError) as raised:
        export_states(work, town.version, tmp_path / "states.xlsx")
    assert raised.value.code == "client.file-kind"
    assert not (tmp_path / "states.xlsx").exists()
