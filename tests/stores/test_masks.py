"""Less exact values and pseudonyms: the same in every kind of store, and never undone."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from tests.stores.company import Company, data_map, person
from troth.base.errors import InputError
from troth.datamap.model import StoreMap
from troth.datamap.pseudonym import store_key
from troth.datamap.read import parse
from troth.stores.files.place import Place
from troth.stores.files.store import FileStore
from troth.stores.model import Erased, Store
from troth.stores.open import open_store

ANN = person("sub-ann", account="1")
BOB = person("sub-bob", account="2")
SECRET = "a secret of the company's own, kept apart"

FIELDS = """
customers:
  label: customers
  key: id
  identifies: {account: id}
  erase: redact
  fields:
    id: none
    email: {item: account.email, erase: pseudonymise}
    born: {item: a.b, erase: {generalise: year}}
    seen: {item: a.b, erase: {generalise: month}}
    steps: {item: a.b, erase: {generalise: 100}}
    weight: {item: a.b, erase: {generalise: 5}}
    postcode: {item: a.b, erase: {generalise: 3}}
    nick: account.nickname
mails:
  label: mails
  key: id
  refers: {customer: customers.id}
  owner: customer
  erase: "null"
  fields: {id: none, customer: none, sent_to: {item: account.email, erase: pseudonymise}}
"""

CUSTOMERS: list[dict[str, Any]] = [
    {
        "id": number,
        "email": email,
        "born": date(1987, 6, 5),
        "seen": datetime.fromisoformat("2026-03-31T23:59:58.070000"),
        "steps": steps,
        "weight": Decimal("63.75"),
        "postcode": "广东省518000",
        "nick": "Ann",
    }
    for number, email, steps in [(1, "张@mail.example", 1234), (2, "bob@mail.example", -1234), (3, None, 0)]
]
MAILS = [(10, 1, "张@mail.example"), (11, 1, "other@mail.example"), (20, 2, "bob@mail.example")]

TABLES = sa.MetaData()
_CUSTOMERS = sa.Table(
    "customers",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(100), unique=True),
    sa.Column("born", sa.Date),
    sa.Column("seen", sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mariadb")),
    sa.Column("steps", sa.Integer),
    sa.Column("weight", sa.Numeric(9, 2)),
    sa.Column("postcode", sa.String(20)),
    sa.Column("nick", sa.String(20)),
)
_MAILS = sa.Table(
    "mails",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("customer", sa.ForeignKey("customers.id")),
    sa.Column("sent_to", sa.String(100)),
)


def naive(value: str, *, store: str = "company", secret: str = SECRET) -> str:
    """A pseudonym by the book: Python's own HMAC."""
    key = store_key(store, secret).reveal()
    name = hmac.new(key, f"value:{value}".encode(), "sha256").hexdigest()[:24]
    return f"p-{name}{hmac.new(key, f'name:{name}'.encode(), 'sha256').hexdigest()[:8]}"


def _map() -> StoreMap:
    return replace(data_map(FIELDS), pseudonyms="env:PSEUDONYMS")


def _filled(company: Company, secret: str = SECRET) -> Store:
    TABLES.create_all(company.engine)
    with company.engine.begin() as connection:
        connection.execute(sa.insert(_CUSTOMERS), CUSTOMERS)
        names = ("id", "customer", "sent_to")
        connection.execute(sa.insert(_MAILS), [dict(zip(names, mail, strict=True)) for mail in MAILS])
    return _opened(company, secret)


def _opened(company: Company, secret: str = SECRET) -> Store:
    return open_store(_map(), {"env:COMPANY": company.url, "env:PSEUDONYMS": secret}.__getitem__)


def _customers(company: Company) -> dict[int, dict[str, Any]]:
    with company.engine.connect() as connection:
        return {row.id: dict(row._mapping) for row in connection.execute(sa.select(_CUSTOMERS))}


def _mails(company: Company) -> list[tuple[Any, ...]]:
    return company.rows("SELECT id, customer, sent_to FROM mails ORDER BY id")


def test_values_become_less_exact_and_names_become_pseudonyms(company: Company) -> None:
    store = _filled(company)
    assert store.check() == ()
    assert store.look([ANN]) == {"customers": 1, "mails": 2}
    assert set(store.erase([ANN])) == {
        Erased("customers", 1, 1, 0, None, "mask"),
        Erased("mails", 2, 2, 0, None, "mask"),
    }
    found = _customers(company)
    assert found[1] == {
        "id": 1,
        "email": naive("张@mail.example"),
        "born": date(1987, 1, 1),
        "seen": datetime.fromisoformat("2026-03-01"),
        "steps": 1200,
        "weight": Decimal(60),
        "postcode": "广东省",
        "nick": "erased",
    }
    assert [found[2], found[3]] == CUSTOMERS[1:]
    assert _mails(company) == [
        (10, 1, naive("张@mail.example")),
        (11, 1, naive("other@mail.example")),
        (20, 2, "bob@mail.example"),
    ], "one value has one pseudonym, wherever it stands, so that rows still join"


def test_a_second_run_finds_nothing_and_changes_nothing(company: Company) -> None:
    store = _filled(company)
    store.erase([ANN, BOB])
    left = _customers(company), _mails(company)
    assert store.look([ANN, BOB]) == {"customers": 0, "mails": 0}
    assert all(one.changed == 0 for one in store.erase([ANN, BOB]))
    assert (_customers(company), _mails(company)) == left
    assert left[0][2]["steps"] == -1200, "towards 0, on either side of it"


def test_what_only_looks_like_a_pseudonym_is_erased(company: Company) -> None:
    store = _filled(company)
    forged = [naive("x", secret="another secret"), "p-" + "0" * 32, naive("y")[:-1] + "x", naive("z") + "z"]
    for value in forged:
        company.run(f"UPDATE mails SET sent_to = '{value}' WHERE id = 10")
        assert store.look([ANN])["mails"] == (2 if value == forged[0] else 1)
        store.erase([ANN])
        assert _mails(company)[0][2] == naive(value)


def test_null_stays_null(company: Company) -> None:
    store = _filled(company)
    company.run("UPDATE customers SET born = NULL, seen = NULL, steps = NULL, weight = NULL, postcode = NULL")
    store.erase([ANN])
    row = _customers(company)[1]
    assert {row[name] for name in ("born", "seen", "steps", "weight", "postcode")} == {None}


def test_a_new_secret_makes_other_pseudonyms_at_once(company: Company) -> None:
    _filled(company).erase([ANN])
    other = "another secret, that is as long as the first"
    _opened(company, other).erase([BOB])
    assert _mails(company)[2][2] == naive("bob@mail.example", secret=other)


def test_in_sqlite_a_day_that_cannot_be_read_does_not_stay(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    company = Company(url, sa.create_engine(url, poolclass=sa.NullPool))
    store = _filled(company)
    company.run("UPDATE customers SET born = 'the fifth of June', seen = 'yesterday' WHERE id = 1")
    store.erase([ANN])
    row = company.rows("SELECT born, seen FROM customers WHERE id = 1")
    assert row == [("1970-01-01", "1970-01-01 00:00:00.000000")]
    assert store.look([ANN]) == {"customers": 0, "mails": 0}


def test_the_secret_stands_in_no_map_and_in_no_error() -> None:
    found = replace(_map(), key=store_key("company", SECRET))
    assert SECRET not in json.dumps(found.value)
    assert store_key("company", SECRET).reveal().hex() not in repr(found) + json.dumps(found.value)
    with pytest.raises(InputError) as refused:
        open_store(_map(), {"env:COMPANY": "sqlite://", "env:PSEUDONYMS": "short"}.__getitem__)
    assert refused.value.code == "stores.weak-key"
    assert "short characters" not in str(refused.value)


def test_two_stores_with_one_secret_do_not_agree() -> None:
    assert naive("a") != naive("a", store="other")


LAKE = """
store: company
kind: files
url: env:LAKE
pseudonyms: env:PSEUDONYMS
datasets:
  customers:
    table: customers.KIND
    label: customers
    key: id
    identifies: {account: id}
    erase: redact
    fields:
      id: none
      email: {item: account.email, erase: pseudonymise}
      postcode: {item: a.b, erase: {generalise: 3}}
"""


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_files_get_the_same_values_as_databases(tmp_path: Path, kind: str) -> None:
    rows = [{"id": str(row["id"]), "email": row["email"], "postcode": row["postcode"]} for row in CUSTOMERS[:2]]
    path = tmp_path / f"customers.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        lines = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = parse({"m.yaml": LAKE.replace("KIND", kind)})["company"]
    store = open_store(found, {"env:LAKE": str(tmp_path), "env:PSEUDONYMS": SECRET}.__getitem__)
    assert store.erase([ANN]) == (Erased("customers", 1, 1, 0, None, "mask"),)
    assert store.look([ANN]) == {"customers": 0}
    held = [dict(row.values) for row in store.access([ANN, BOB])]
    assert held == [{"id": "1", "email": naive("张@mail.example"), "postcode": "广东省"}, rows[1]]


def test_days_and_numbers_of_parquet_become_less_exact(tmp_path: Path) -> None:
    schema = pa.schema(
        [("id", pa.string()), ("born", pa.date32()), ("seen", pa.timestamp("us")), ("steps", pa.int64())]
    )
    row = {"id": "1", "born": date(1987, 6, 5), "seen": datetime.fromisoformat("2026-03-31T05:00"), "steps": 2**60 + 77}
    pq.write_table(pa.Table.from_pylist([row], schema), tmp_path / "customers.parquet")
    text = LAKE.replace("KIND", "parquet")[: LAKE.index("      email") + len("parquet") - len("KIND")] + (
        "      born: {item: a.b, erase: {generalise: month}}\n"
        "      seen: {item: a.b, erase: {generalise: year}}\n"
        "      steps: {item: a.b, erase: {generalise: 100}}\n"
    )
    store = FileStore(parse({"m.yaml": text})["company"], Place(str(tmp_path)))
    store.erase([ANN])
    table = pq.read_table(tmp_path / "customers.parquet")
    assert table.schema.types == schema.types
    assert table.to_pylist() == [
        {
            "id": "1",
            "born": date(1987, 6, 1),
            "seen": datetime.fromisoformat("2026-01-01"),
            "steps": (2**60 + 77) // 100 * 100,
        }
    ]
    assert store.look([ANN]) == {"customers": 0}
