"""Correction in every kind of store: the person's fields of the item change, nobody else's, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.stores.company import Company, person, statements_sent
from tests.stores.company import data_map as sql_map
from tests.stores.conftest import opened
from tests.support.databases import Databases
from troth.base.errors import InputError, IntegrityError
from troth.base.sensitive import Sensitive
from troth.datamap.new_values import Correction, NewValue
from troth.datamap.read import from_value, parse
from troth.stores.files.place import Place
from troth.stores.files.store import FileStore
from troth.stores.model import Corrected, Correcting, Person
from troth.stores.open import open_store
from troth.stores.sql.store import SqlStore

ANN = person("sub-ann", phone="+8619900000001", email="ann@mail.example")
BOB = person("sub-bob", phone="+8619900000002")
KINDS = {"account.phone": "phone", "account.email": "email"}

MAP = """
store: company
KIND
url: env:COMPANY
datasets:
  members:
    table: members.SUFFIX
    label: members
    key: id
    identifies:
      phone: {column: phone, spelling: national}
      email: {column: email, spelling: any-case}
    fields: {id: none, phone: account.phone, email: account.email, nick: account.nickname, born: account.born}
  orders:
    table: orders.SUFFIX
    label: orders
    key: id
    refers: {member: members.id}
    owner: member
    fields: {id: none, member: none, contact: account.phone, greeting: account.nickname}
  invoices:
    table: invoices.SUFFIX
    label: invoices
    key: id
    identifies: {phone: {column: phone, spelling: national}}
    erase: {keep: retention.invoices}
    fields: {id: none, phone: account.phone, addressee: account.nickname}
"""

ROWS: Mapping[str, list[dict[str, Any]]] = {
    "members": [
        {"id": "1", "phone": "19900000001", "email": "Ann@Mail.example", "nick": "an", "born": "1990"},
        {"id": "2", "phone": "19900000002", "email": "bob@mail.example", "nick": "bob", "born": "1991"},
    ],
    "orders": [
        {"id": "10", "member": "1", "contact": "19900000001", "greeting": "an"},
        {"id": "11", "member": "1", "contact": None, "greeting": "Ann"},
        {"id": "12", "member": "2", "contact": "19900000001", "greeting": "an"},
    ],
    "invoices": [
        {"id": "20", "phone": "19900000001", "addressee": "an"},
        {"id": "21", "phone": "19900000002", "addressee": "bob"},
    ],
}


@dataclass
class Kept:
    """A store with a way to look past it at what really stands there."""

    store: Correcting
    rows: Callable[[str], list[dict[str, Any]]]


def _csv(path: Path, rows: list[dict[str, Any]]) -> None:
    lines = [",".join(rows[0]), *(",".join("" if v is None else f'"{v}"' for v in row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _jsonl(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)


WRITERS = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}
READERS: Mapping[str, Callable[[Path], list[dict[str, Any]]]] = {
    "csv": lambda path: [
        dict(zip(ROWS[path.stem][0], (one.strip('"') or None for one in line.split(",")), strict=True))
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ],
    "jsonl": lambda path: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()],
    "parquet": lambda path: pq.read_table(path).to_pylist(),
}


def _of_sql(company: Company) -> Kept:
    for name, rows in ROWS.items():
        columns = ", ".join(f"{column} VARCHAR(60)" for column in list(rows[0])[1:])
        company.run(f"CREATE TABLE {name} (id VARCHAR(20) PRIMARY KEY, {columns})")
        values = ("NULL" if value is None else f"'{value}'" for row in rows for value in row.values())
        width, every = len(rows[0]), list(values)
        lines = (f"({', '.join(every[at : at + width])})" for at in range(0, len(every), width))
        company.run(f"INSERT INTO {name} VALUES {', '.join(lines)}")
    text = MAP.replace(".SUFFIX", "").replace("KIND\n", "")
    store = open_store(parse({"m.yaml": text})["company"], lambda _: company.url)
    assert isinstance(store, SqlStore)

    def read(name: str) -> list[dict[str, Any]]:
        columns = list(ROWS[name][0])
        found = company.rows(f"SELECT {', '.join(columns)} FROM {name} ORDER BY id")
        return [dict(zip(columns, row, strict=True)) for row in found]

    return Kept(store, read)


def _of_files(folder: Path, kind: str) -> Kept:
    for name, rows in ROWS.items():
        WRITERS[kind](folder / f"{name}.{kind}", rows)
    text = MAP.replace("SUFFIX", kind).replace("KIND", "kind: files")
    store = FileStore(parse({"m.yaml": text})["company"], Place(str(folder)))
    return Kept(store, lambda name: READERS[kind](folder / f"{name}.{kind}"))


@pytest.fixture(params=["sqlite", "postgresql", "mariadb", "csv", "jsonl", "parquet"])
def kept(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Kept]:
    """The same rows in every kind of store."""
    if request.param in WRITERS:
        yield _of_files(tmp_path, request.param)
    else:
        with opened(request, databases, tmp_path, request.param) as company:
            yield _of_sql(company)


def wanted(who: Person = ANN, **values: str) -> Correction:
    """A correction; `account_phone` stands for the item `account.phone`."""
    return wanting(values, who)


def wanting(values: Mapping[str, str], who: Person = ANN) -> Correction:
    items = {name.replace("_", "."): value for name, value in values.items()}
    return Correction(who, tuple(NewValue(item, Sensitive(one), KINDS.get(item)) for item, one in items.items()))


def told(outcome: tuple[Corrected, ...]) -> set[tuple[str, str, int, int, str | None]]:
    return {(one.dataset, one.column, one.changed, one.kept, one.ground) for one in outcome if one.changed or one.kept}


def test_every_field_that_holds_the_item_changes_in_the_spelling_of_its_store(kept: Kept) -> None:
    outcome = kept.store.correct([wanted(account_phone="+8619900000009", account_nickname="Ann Lin")])
    assert told(outcome) == {
        ("members", "phone", 1, 0, None),
        ("members", "nick", 1, 0, None),
        ("orders", "contact", 1, 0, None),
        ("orders", "greeting", 2, 0, None),
        ("invoices", "phone", 1, 0, None),
        ("invoices", "addressee", 0, 1, "retention.invoices"),
    }
    ann, bob = kept.rows("members")
    assert (ann["phone"], ann["email"], ann["nick"]) == ("19900000009", "Ann@Mail.example", "Ann Lin")
    assert bob == ROWS["members"][1]
    assert kept.rows("orders") == [
        {"id": "10", "member": "1", "contact": "19900000009", "greeting": "Ann Lin"},
        {"id": "11", "member": "1", "contact": None, "greeting": "Ann Lin"},
        ROWS["orders"][2],
    ]
    assert kept.rows("invoices") == [{"id": "20", "phone": "19900000009", "addressee": "an"}, ROWS["invoices"][1]]


def test_rehearsing_says_the_same_and_writes_nothing_and_twice_is_once(kept: Kept) -> None:
    asked = [wanted(account_nickname="Ann Lin", account_born="1989")]
    said = kept.store.rehearse_correction(asked)
    assert {name: kept.rows(name) for name in ROWS} == dict(ROWS)
    assert kept.store.correct(asked) == said
    left = {name: kept.rows(name) for name in ROWS}
    assert not [one for one in kept.store.correct(asked) if one.changed]
    assert {name: kept.rows(name) for name in ROWS} == left


def test_two_people_at_once_get_each_their_own(kept: Kept) -> None:
    kept.store.correct([wanted(BOB, account_nickname="Robert"), wanted(account_nickname="Anna")])
    assert [row["nick"] for row in kept.rows("members")] == ["Anna", "Robert"]
    assert [row["greeting"] for row in kept.rows("orders")] == ["Anna", "Anna", "Robert"]


def test_a_name_that_finds_somebody_else_is_refused_without_saying_whom(kept: Kept) -> None:
    with pytest.raises(InputError) as refused:
        kept.store.correct([wanted(account_phone="+8619900000002", account_nickname="Ann Lin")])
    assert refused.value.code == "stores.value-taken"
    assert not any("1990000" in str(one) or "bob" in str(one).lower() for one in refused.value.problems())
    with pytest.raises(InputError, match=r"`account\.email` is in use"):
        kept.store.correct([wanted(account_email="bob@mail.example")])
    assert {name: kept.rows(name) for name in ROWS} == dict(ROWS)


def test_a_value_is_data_whatever_it_looks_like(kept: Kept) -> None:
    hostile = "'; DROP TABLE members; --%s :x \\ {} 小林"
    kept.store.correct([wanted(account_nickname=hostile)])
    assert kept.rows("members")[0]["nick"] == hostile
    assert kept.rows("members")[1] == ROWS["members"][1]


def test_a_number_in_a_json_line_stays_a_number(tmp_path: Path) -> None:
    kept = _of_files(tmp_path, "jsonl")
    path = tmp_path / "members.jsonl"
    _jsonl(path, [{**ROWS["members"][0], "born": 1990, "more": {"of": [1, "x"]}}, ROWS["members"][1]])
    kept.store.correct([wanted(account_born="1989", account_nickname="1989")])
    ann = kept.rows("members")[0]
    assert (ann["born"], ann["nick"], ann["more"]) == (1989, "1989", {"of": [1, "x"]})


# What only a database has: types, rules and triggers

TYPED = """
people:
  label: people
  key: id
  identifies: {phone: phone, email: email}
  fields:
    id: none
    phone: account.phone
    email: account.email
    age: account.age
    nick: account.nickname
    born: account.born
    weight: account.weight
    opted: account.opted
    code: account.country
    team: none
"""


@pytest.fixture
def typed(company: Company) -> tuple[Company, SqlStore]:
    company.run(
        "CREATE TABLE country (code CHAR(2) PRIMARY KEY)",
        "CREATE TABLE people (id INTEGER PRIMARY KEY, phone BIGINT, email VARCHAR(30) UNIQUE,"
        " age INTEGER CHECK (age < 150), nick VARCHAR(30) UNIQUE, born DATE, weight NUMERIC(5, 2), opted BOOLEAN,"
        " code CHAR(2) REFERENCES country (code), team INTEGER, FOREIGN KEY (code) REFERENCES country (code))",
        "INSERT INTO country VALUES ('CN'), ('DE')",
        "INSERT INTO people VALUES"
        " (1, 8619900000001, 'ann@mail.example', 30, 'ann', '1990-01-02', 60.5, TRUE, 'CN', 7),"
        " (2, 8619900000002, 'bob@mail.example', 40, 'bob', '1980-01-02', 70.5, FALSE, 'CN', 7)",
    )
    store = company.store(TYPED)
    assert isinstance(store, SqlStore)
    return company, store


def test_texts_become_what_the_column_holds(typed: tuple[Company, SqlStore]) -> None:
    company, store = typed
    store.correct(
        [
            wanted(
                account_phone="+8619900000009",
                account_age="31",
                account_born="1989-12-31",
                account_weight="61.25",
                account_opted="0",
                account_country="DE",
            )
        ]
    )
    (row,) = company.rows("SELECT phone, age, born, weight, opted, code, team FROM people WHERE id = 1")
    assert (row[0], row[1], str(row[2]), float(row[3]), bool(row[4]), row[5], row[6]) == (
        8619900000009,
        31,
        "1989-12-31",
        61.25,
        False,
        "DE",
        7,
    )
    assert company.rows("SELECT phone, age, code FROM people WHERE id = 2") == [(8619900000002, 40, "CN")]


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("account_age", "old"),
        ("account_age", "9999999999999999999"),
        ("account_born", "31.12.1989"),
        ("account_weight", "nan"),
        ("account_opted", "maybe"),
        ("account_email", "somebody-with-a-long-name@mail.example"),
    ],
)
def test_what_the_column_cannot_hold_is_refused_before_anything_is_written(
    typed: tuple[Company, SqlStore], item: str, value: str
) -> None:
    company, store = typed
    before = company.rows("SELECT * FROM people ORDER BY id")
    with statements_sent() as sent, pytest.raises(InputError) as refused:
        store.correct([wanting({item: value, "account_country": "DE"})])
    assert refused.value.code == "stores.unfit-value"
    assert value not in str(refused.value.problems())
    assert not [one for one in sent if one.lstrip().upper().startswith("UPDATE")]
    assert company.rows("SELECT * FROM people ORDER BY id") == before


@pytest.mark.parametrize(
    ("item", "value", "code"),
    [
        ("account_age", "200", "stores.value-refused"),
        ("account_country", "XX", "stores.value-refused"),
        ("account_email", "bob@mail.example", "stores.value-taken"),
        ("account_nickname", "bob", "stores.value-taken"),
    ],
)
def test_the_rules_of_the_database_have_their_say_in_the_rehearsal(
    typed: tuple[Company, SqlStore], item: str, value: str, code: str
) -> None:
    company, store = typed
    before = company.rows("SELECT * FROM people ORDER BY id")
    for act in (store.rehearse_correction, store.correct):
        with pytest.raises(InputError) as refused:
            act([wanting({"account_born": "1989-12-31", item: value})])
        assert refused.value.code == code
        assert value not in str(refused.value.problems())
        assert refused.value.__cause__ is None
        assert refused.value.__context__ is None
    assert company.rows("SELECT * FROM people ORDER BY id") == before


def test_a_trigger_that_puts_something_else_there_is_found_out_and_all_is_rolled_back(
    typed: tuple[Company, SqlStore],
) -> None:
    company, store = typed
    if company.is_sqlite:
        company.run(
            "CREATE TRIGGER put_back AFTER UPDATE ON people BEGIN UPDATE people SET age = 30 WHERE id = new.id; END"
        )
    elif company.kind == "postgresql":
        company.run(
            "CREATE FUNCTION put_back() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.age := 30; RETURN new; END'",
            "CREATE TRIGGER put_back BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION put_back()",
        )
    else:
        company.run("CREATE TRIGGER put_back BEFORE UPDATE ON people FOR EACH ROW SET new.age = 30")
    with pytest.raises(IntegrityError) as refused:
        store.correct([wanted(account_born="1989-12-31", account_age="31")])
    assert refused.value.code == "stores.not-corrected"
    assert company.rows("SELECT age FROM people WHERE born = '1989-12-31'") == []


def test_the_number_of_statements_is_the_same_for_one_person_and_for_many(typed: tuple[Company, SqlStore]) -> None:
    _, store = typed
    many = [wanted(person(f"sub-{n}", phone=f"+86199{n:08}"), account_age="31") for n in range(200)]
    counts = []
    for corrections in ([wanted(account_age="31")], many):
        store.rehearse_correction(corrections)  # the plan of the schema is kept from the first time on
        with statements_sent() as sent:
            store.rehearse_correction(corrections)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_a_column_that_ties_rows_together_is_refused_by_name(company: Company) -> None:
    company.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(60) NOT NULL UNIQUE)",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, email VARCHAR(60))",
        "INSERT INTO people VALUES (1, 'ann@mail.example')",
        "INSERT INTO notes VALUES (1, 'ann@mail.example')",
    )
    store = company.store("""
    people:
      label: people
      key: id
      identifies: {email: email}
      fields: {id: none, email: account.email}
    notes:
      label: notes
      key: id
      refers: {email: people.email}
      owner: email
      fields: {id: none, email: none}
    """)
    assert isinstance(store, Correcting)
    with pytest.raises(InputError) as refused:
        store.correct([wanted(account_email="new@mail.example")])
    assert refused.value.code == "datamap.ties-rows"
    assert company.rows("SELECT email FROM people") == [("ann@mail.example",)]


def test_a_column_that_finds_people_changes_also_where_the_map_calls_it_technical(company: Company) -> None:
    company.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, phone VARCHAR(20))",
        "INSERT INTO people VALUES (1, '+8619900000001'), (2, '+8619900000002')",
    )
    store = company.store("""
    people:
      label: people
      key: id
      identifies: {phone: phone}
      fields: {id: none, phone: none}
    """)
    assert isinstance(store, Correcting)
    store.correct([wanted(account_phone="+8619900000009")])
    assert company.rows("SELECT phone FROM people ORDER BY id") == [("+8619900000009",), ("+8619900000002",)]


def test_what_is_masked_by_a_pseudonym_stays(company: Company) -> None:
    company.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, phone VARCHAR(20), nick VARCHAR(60))",
        "INSERT INTO people VALUES (1, '+8619900000001', 'an')",
    )
    text = sql_map("""
    people:
      label: people
      key: id
      identifies: {phone: phone}
      erase: redact
      fields:
        id: none
        phone: {item: account.phone, erase: {keep: retention.people}}
        nick: {item: account.nickname, erase: pseudonymise}
    """).value | {"pseudonyms": "env:SECRET"}
    secret = {"env:COMPANY": company.url, "env:SECRET": "x" * 40}
    store = open_store(from_value(text), secret.__getitem__)
    assert isinstance(store, Correcting)
    store.erase([ANN])
    (masked,) = company.rows("SELECT nick FROM people")
    assert masked != ("an",)
    (outcome,) = [one for one in store.correct([wanted(account_nickname="Ann Lin")]) if one.kept]
    assert (outcome.changed, outcome.kept, outcome.ground) == (0, 1, "pseudonym")
    assert company.rows("SELECT nick FROM people") == [masked]


def test_nobody_is_nobody(kept: Kept) -> None:
    nobody: Person = person("sub-x", phone="+8619900000005")
    assert not told(kept.store.correct([wanted(nobody, account_nickname="X")]))
    assert {name: kept.rows(name) for name in ROWS} == dict(ROWS)
