"""`troth map` and `troth plan`, as an operator types them, on a live database."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa
import typer
from typer.testing import CliRunner

from troth.base.errors import InputError
from troth.cli import map as map_
from troth.datamap.read import parse

ROOT = Path(__file__).resolve().parents[2]
KAICONN = ROOT / "examples" / "kaiconn"
WHO = "phone:+8619900001234"

top = typer.Typer()
top.add_typer(map_.app, name="map")
map_.add(top)


@pytest.fixture(autouse=True)
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    url = f"sqlite:///{tmp_path / 'company.db'}"
    monkeypatch.setenv("KAICONN_COMPANY_URL", url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in (KAICONN / "sample" / "schema.sql").read_text(encoding="utf-8").split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql(
            "INSERT INTO customers (id, phone, password_hash, created_at) VALUES (7, '19900001234', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO devices (id, customer_id, model, bound_at) VALUES (1, 7, 'a', ''), (2, 7, 'b', '')"
        )
    return engine


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(top, arguments, catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_a_scan_drafts_a_map_that_can_be_checked_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "policy"
    shutil.copytree(KAICONN, folder)
    drafted = folder / "map" / "company.yaml"
    _run("map", "scan", "env:KAICONN_COMPANY_URL", "--policy", str(KAICONN), "--out", str(drafted))
    found, written = (
        parse({"m": one.read_text("utf-8")})["company"] for one in (drafted, KAICONN / "map/company.yaml")
    )
    told = json.loads(_run("map", "check", str(folder), "--json"))
    assert (told["ok"], told["errors"]) == (True, [])
    alike = [
        (found.datasets[name].fields[column].item == rule.item)
        for name, one in written.datasets.items()
        for column, rule in one.fields.items()
        if rule.item is not None
    ]
    assert sum(alike) >= 0.6 * len(alike), "most of what a person mapped, the scan finds"
    assert {name: one.owners for name, one in found.datasets.items()} == {
        name: one.owners for name, one in written.datasets.items()
    }


def test_a_check_names_what_the_map_forgot(company: sa.Engine) -> None:
    with company.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE devices ADD COLUMN wifi_name text")
    told = json.loads(_run("map", "check", str(KAICONN), "--json"))
    assert not told["ok"]
    assert [one["code"] for one in told["errors"]] == ["datamap.unmapped-column"]
    assert "wifi_name" in told["errors"][0]["message"]
    assert {one["code"] for one in told["warnings"]} <= {"datamap.homeless-item"}


def test_a_plan_is_shown_and_a_dry_run_counts_and_writes_nothing(company: sa.Engine) -> None:
    plans = json.loads(_run("plan", str(KAICONN), "erasure", "--json"))["plans"]
    assert any(one.startswith("DELETE FROM") for one in plans["company"])
    assert not any(
        one.startswith(("DELETE", "UPDATE"))
        for one in json.loads(_run("plan", str(KAICONN), "access", "--json"))["plans"]["company"]
    )
    with company.begin() as connection:
        connection.exec_driver_sql("UPDATE customers SET email = 'ann@mail.example'")
    before = _rows(company)
    seeds = json.loads(_run("plan", str(KAICONN), "seeds", "--json"))["plans"]["company"]
    assert any(one.startswith("SELECT") for one in seeds)
    assert not any(one.startswith(("UPDATE", "DELETE")) for one in seeds)
    met = json.loads(_run("plan", str(KAICONN), "erasure", "--dry-run", WHO, "--json"))
    assert (met["seeds"], met["unclear"]) == ({"email": 1}, {})
    rows = met["rows"]
    assert {one["dataset"]: one["rows"] for one in rows if one["rows"]} == {"customers": 1, "devices": 2}
    read = json.loads(_run("plan", str(KAICONN), "access", "--dry-run", WHO, "--json"))["rows"]
    assert {one["dataset"]: one["rows"] for one in read} == {"customers": 1, "devices": 2}
    assert _rows(company) == before == (1, 2)


def _rows(company: sa.Engine) -> tuple[int, ...]:
    with company.connect() as connection:
        return tuple(
            connection.exec_driver_sql(f"SELECT count(*) FROM {one}").scalar() or 0 for one in ("customers", "devices")
        )


def test_a_map_is_drawn(tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    _run("map", "draw", str(KAICONN), "--lang", "zh", "--out", str(out))
    assert out.read_text("utf-8").startswith("<svg")
    assert "<svg" in _run("map", "draw", str(KAICONN))


def test_what_cannot_be_is_an_input_to_mend() -> None:
    for arguments, code in (
        (("map", "grants", str(KAICONN)), "stores.no-grants"),
        (("map", "draw", str(KAICONN), "--store", "compani"), "datamap.unknown-store"),
        (("map", "draw", str(KAICONN), "--lang", "fr"), "cli.unknown-language"),
        (("plan", str(KAICONN), "erase"), "cli.unknown-plan"),
        (("map", "scan", "sqlite:///x", "--policy", str(KAICONN)), "secrets.not-a-reference"),
    ):
        with pytest.raises(InputError) as refused:
            _run(*arguments)
        assert refused.value.code == code


def test_a_dataset_of_fides_becomes_a_map_beside_a_list_of_what_was_left_out(tmp_path: Path) -> None:
    file = tmp_path / "fides.yml"
    file.write_text(
        "dataset:\n- fides_key: shop\n  collections:\n  - name: buyer\n    fields:\n"
        "    - {name: id, fides_meta: {primary_key: true}}\n"
        "    - {name: email, data_categories: [user.contact.email], fides_meta: {identity: email}}\n"
        "    - {name: genes, data_categories: [user.genetic]}\n",
        encoding="utf-8",
    )
    told = json.loads(_run("map", "import", str(file), "--policy", str(KAICONN), "--out", str(tmp_path), "--json"))
    assert len(told["left_out"]) == 1
    found = parse({"m": (tmp_path / "shop.yaml").read_text("utf-8")})["shop"]
    assert found.datasets["buyer"].fields["email"].item == "account.email"
