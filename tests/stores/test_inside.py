"""References that stand inside columns: in JSON documents, in lists of them, in arrays of PostgreSQL."""

from __future__ import annotations

import json

import pytest

from tests.stores.company import Company, person
from troth.base.errors import InputError
from troth.stores.model import SHARED

ANN, BOB = person("sub-ann", email="ann@mail.example"), person("sub-bob", email="bob@mail.example")

PEOPLE = """
people:
  label: people
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
"""
EVENTS = (
    PEOPLE
    + """
events:
  label: events
  key: id
  refers: {who: {columns: [{json: payload, path: $.customer.id}], to: people}}
  owner: who
  fields: {id: none, payload: order.record}
"""
)
TEAMS = (
    PEOPLE
    + """
teams:
  label: teams
  key: id
  refers: {members: {columns: [{json: payload, path: "$.members[*].id"}], to: people}}
  owner: members
  fields: {id: none, payload: order.record}
"""
)
ROOMS = (
    PEOPLE
    + """
rooms:
  label: rooms
  key: id
  refers: {members: {columns: [{array: members}], to: people}}
  owner: members
  fields: {id: none, members: none}
"""
)

TYPES = {"sqlite": ("text",), "postgresql": ("jsonb", "json", "text"), "mariadb": ("json", "text")}
EVERY = [(kind, one) for kind, types in TYPES.items() for one in types]


def _people(company: Company, *more: str) -> None:
    company.run(
        "CREATE TABLE people (id integer PRIMARY KEY, email varchar(100))",
        "INSERT INTO people VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
        *more,
    )


def _documents(company: Company, table: str, kind: str, found: dict[int, object]) -> None:
    rows = ", ".join(
        f"({number}, '{one if isinstance(one, str) else json.dumps(one)}')" for number, one in found.items()
    )
    _people(
        company, f"CREATE TABLE {table} (id integer PRIMARY KEY, payload {kind})", f"INSERT INTO {table} VALUES {rows}"
    )


def _left(company: Company, table: str, column: str = "payload") -> dict[int, object]:
    rows = company.rows(f"SELECT id, {column} FROM {table} ORDER BY id")
    return {number: json.loads(one) if isinstance(one, str) else one for number, one in rows}


@pytest.mark.parametrize("kind", ["json", "text"])
def test_a_key_inside_a_document_leads_to_its_person(company: Company, kind: str) -> None:
    found: dict[int, object] = {
        1: {"customer": {"id": 1}, "what": "lamp"},
        2: {"customer": {"id": "1"}},
        3: {"customer": {"id": 2}},
        4: {"customer": {"id": True}},
        5: {"customer": [1]},
        6: {"customer": {"id": 1.5}},
    }
    if kind == "text":
        found |= {7: "no JSON at all", 8: "1"}
    _documents(company, "events", kind, found)
    store = company.store(EVENTS)
    assert store.check() == ()
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "events"] == [1, 2]
    outcome = {(one.dataset, one.change): one.changed for one in store.erase([ANN])}
    assert outcome == {("events", "delete"): 2, ("people", "delete"): 1}
    assert [row[0] for row in company.rows("SELECT id FROM events ORDER BY id")] == sorted(set(found) - {1, 2})
    assert set(store.look([ANN]).values()) == {0}


@pytest.mark.parametrize("kind", ["json", "text", "jsonb"])
def test_a_list_that_names_several_is_shared_and_lets_go_of_who_is_erased(company: Company, kind: str) -> None:
    if kind not in TYPES[company.kind] and not (company.is_sqlite and kind == "json"):
        pytest.skip("no such type there")
    both: dict[str, object] = {
        "name": "a 'b' \"c\"",
        "members": [{"id": 1, "n": [True]}, {"id": "2"}, "x", None, {"id": 3}],
    }
    quoted = json.dumps(both).replace("'", "''").replace("\\", "\\\\" if company.kind == "mariadb" else "\\")
    _documents(
        company, "teams", kind, {1: quoted, 2: {"members": [{"id": 1}]}, 3: {"members": []}, 4: {"members": {"id": 1}}}
    )
    store = company.store(TEAMS)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "teams"] == [2]
    outcome = {(one.dataset, one.change, one.ground): (one.changed, one.kept) for one in store.erase([ANN])}
    assert outcome[("teams", "delete", None)] == (1, 0)
    assert outcome[("teams", "keep", SHARED)] == (0, 1)
    assert outcome[("teams", "detach", SHARED)] == (1, 0)
    left = {"name": "a 'b' \"c\"", "members": [{"id": "2"}, "x", None, {"id": 3}]}
    assert _left(company, "teams") == {1: left, 3: {"members": []}, 4: {"members": {"id": 1}}}
    assert all(one.changed == 0 for one in store.erase([ANN]))
    assert [one.dataset for one in store.erase([BOB]) if one.changed] == ["teams", "people"], "its last owner"
    assert list(_left(company, "teams")) == [3, 4]


def test_a_document_that_stays_for_a_ground_lets_go(company: Company) -> None:
    _documents(
        company, "events", "json", {1: {"customer": {"id": 1, "n": 1}, "what": "lamp"}, 2: {"customer": {"id": 2}}}
    )
    kept = "label: events\n  erase: {keep: retention.orders}"
    company.store(EVENTS.replace("label: events", kept)).erase([ANN])
    assert _left(company, "events") == {
        1: {"customer": {"id": None, "n": 1}, "what": "lamp"},
        2: {"customer": {"id": 2}},
    }


@pytest.mark.parametrize("kind", ["integer[]", "text"])
def test_an_array_is_a_list_of_references(company: Company, kind: str) -> None:
    if kind == "integer[]" and company.kind != "postgresql":
        pytest.skip("only PostgreSQL has arrays")
    made = ("ARRAY[3, 1, 2, 1]", "ARRAY[1]", "'{}'") if kind == "integer[]" else ("'[3, 1, 2, 1]'", "'[1]'", "'[]'")
    _people(
        company,
        f"CREATE TABLE rooms (id integer PRIMARY KEY, members {kind})",
        *(f"INSERT INTO rooms VALUES ({number}, {one})" for number, one in enumerate(made, 1)),
        "INSERT INTO rooms VALUES (4, NULL)",
    )
    store = company.store(ROOMS)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "rooms"] == [2]
    store.erase([ANN])
    assert _left(company, "rooms", "members") == {1: [3, 2], 3: [], 4: None}


def test_a_tenant_beside_a_list_belongs_to_the_reference(company: Company) -> None:
    company.run(
        "CREATE TABLE people (tenant integer, id integer, email varchar(100), PRIMARY KEY (tenant, id))",
        "CREATE TABLE teams (id integer PRIMARY KEY, tenant integer, payload text)",
        "INSERT INTO people VALUES (5, 1, 'ann@mail.example'), (6, 1, 'bob@mail.example'), (5, 2, 'eve@mail.example')",
        "INSERT INTO teams VALUES (1, 5, '[1]'), (2, 6, '[1]'), (3, 5, '[1, 2]'), (4, NULL, '[1]')",
    )
    store = company.store("""
        people:
          label: people
          key: [tenant, id]
          identifies: {email: email}
          fields: {tenant: none, id: none, email: account.email}
        teams:
          label: teams
          key: id
          refers: {members: {columns: [tenant, {json: payload, each: true}], to: people}}
          owner: members
          fields: {id: none, tenant: none, payload: none}
    """)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "teams"] == [1]
    store.erase([ANN])
    assert company.rows("SELECT * FROM teams ORDER BY id") == [(2, 6, "[1]"), (3, 5, "[2]"), (4, None, "[1]")]


@pytest.mark.parametrize("key", ["a'b", "a.b", "100%", ":x", "日本", "%(x)s", "a b", "{}"])
def test_a_key_is_only_a_key_whatever_stands_in_it(company: Company, key: str) -> None:
    _people(company, "CREATE TABLE events (id integer PRIMARY KEY, payload text)")
    for number, value in enumerate(({key: {"id": 1}}, {key: {"id": 2}}, {"id": 1}), 1):
        with company.engine.begin() as connection:
            mark = "?" if company.is_sqlite else "%s"
            text = json.dumps(value, ensure_ascii=False)
            connection.exec_driver_sql(f"INSERT INTO events VALUES ({number}, {mark})", (text,))
    store = company.store(EVENTS.replace("path: $.customer.id", "path: " + json.dumps(f'$."{key}".id')))
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "events"] == [1]
    store.erase([ANN])
    assert company.rows("SELECT id FROM events ORDER BY id") == [(2,), (3,)]


def test_a_column_of_numbers_holds_no_document(company: Company) -> None:
    _people(company, "CREATE TABLE events (id integer PRIMARY KEY, payload integer)")
    with pytest.raises(InputError, match="neither JSON"):
        company.store(EVENTS).erase([ANN])
