"""A draft from each live database is one that works: what it found leads to the person's rows and to nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

from tests.stores.company import Company, person
from troth.datamap.read import parse
from troth.datamap.scan.draft import draft
from troth.policy.read import parse as parse_policy
from troth.stores.open import open_store
from troth.stores.sql.catalogue import read_catalogue

KAICONN = Path(__file__).parents[2] / "examples" / "kaiconn" / "policy.yaml"
ANN = person("sub-ann", email="ann@mail.example")


def _row(number: int, name: str) -> str:
    document = json.dumps({"actor": {"mail": f"{name}@mail.example"}, "long": "x" * 500})
    return f"({number}, '{document}', '{name}@mail.example', {number}, 'people')"


def test_what_a_scan_found_leads_to_the_persons_rows(company: Company) -> None:
    kind = "jsonb" if company.kind == "postgresql" else "json"
    company.run(
        "CREATE TABLE people (id integer PRIMARY KEY, mail varchar(100) NOT NULL UNIQUE, boss integer)",
        "INSERT INTO people VALUES (1, 'ann@mail.example', NULL), (2, 'bob@mail.example', 1)",
        f"CREATE TABLE events (id integer PRIMARY KEY, payload {kind})",
        f"CREATE TABLE letters (id integer PRIMARY KEY, payload {kind}, writer varchar(100), n integer, what text)",
        "CREATE TABLE marks (id integer PRIMARY KEY, target_id integer, target_type varchar(20))",
        "INSERT INTO marks VALUES (1, 1, 'people'), (2, 2, 'people'), (3, 1, 'lamps')",
        "INSERT INTO letters VALUES " + ", ".join(map(_row, (1, 2, 3), ("ann", "bob", "cyd"))),
        "INSERT INTO events SELECT id, payload FROM letters",
    )
    policy = parse_policy({"policy.yaml": KAICONN.read_text(encoding="utf-8")})
    text = draft("company", "env:COMPANY", read_catalogue("company", company.engine), policy)
    store = open_store(parse({"company.yaml": text})["company"], lambda _: company.url)
    assert [one.code for one in store.check() if one.code != "datamap.no-index"] == []
    found = [(row.dataset, row.values["id"]) for row in store.access([ANN])]
    assert sorted(found) == [("events", 1), ("letters", 1), ("marks", 1), ("people", 1)]
    cyd = person("sub-cyd", email="cyd@mail.example")
    assert [(row.dataset, row.values["id"]) for row in store.access([cyd])] == [("letters", 3)], "who has no row"
