"""What one store knows of a person finds them in the next; what could mean somebody else is said and never followed."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stores.company import Company, data_map, person, statements_sent
from troth.base.sensitive import Sensitive
from troth.datamap.model import Person
from troth.datamap.read import parse
from troth.stores.model import Store
from troth.stores.open import open_store
from troth.stores.seeding import Seeded, seeded
from troth.stores.sql.store import SqlStore

PHONES = ("+8619900000001", "+8619900000002", "+8619900000003")
MAILS = ("a@mail.example", "b@mail.example", "c@mail.example")
ACCOUNTS = ("7", "8", "9")
VALUES = {"phone": PHONES, "email": MAILS, "account": ACCOUNTS}
ANN, BOB = person("sub-ann", phone=PHONES[0]), person("sub-bob", phone=PHONES[1])

SHOP = """
customers:
  label: customers
  key: id
  identifies: {phone: phone, email: email}
  fields: {id: none, phone: account.phone, email: account.email}
orders:
  label: orders
  key: id
  identifies: {email: gift_to}
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none, gift_to: account.email}
"""
LETTERS = """
readers:
  label: readers
  key: id
  identifies: {email: {column: email, spelling: any-case}, account: account}
  fields: {id: none, email: account.email, account: none}
"""
GAMES = """
players:
  label: players
  key: account
  identifies: {account: account}
  fields: {account: none, score: none}
"""


def _shop(company: Company, *more: str) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, phone varchar(20), email varchar(100))",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, gift_to varchar(100))",
        "CREATE TABLE readers (id integer PRIMARY KEY, email varchar(100), account integer)",
        "CREATE TABLE players (account integer PRIMARY KEY, score integer)",
        f"INSERT INTO customers VALUES (1, '{PHONES[0]}', 'a@mail.example'), (2, '{PHONES[1]}', 'b@mail.example')",
        "INSERT INTO orders VALUES (10, 1, 'c@mail.example'), (11, NULL, 'c@mail.example')",
        "INSERT INTO readers VALUES (1, 'A@mail.example', 7), (2, 'b@mail.example', 8), (3, 'c@mail.example', 9)",
        "INSERT INTO players VALUES (7, 100), (8, 200), (9, 300)",
        *more,
    )


def _stores(company: Company, **maps: str) -> Mapping[str, Store]:
    return {name: company.store(text) for name, text in (maps or {"s": SHOP, "l": LETTERS, "g": GAMES}).items()}


def _known(found: Seeded, place: int = 0) -> set[tuple[str, str]]:
    return {(kind, value.reveal()) for kind, value in found.people[place].identifiers}


def test_a_telephone_number_finds_an_address_and_the_address_an_account_in_the_next_store(company: Company) -> None:
    _shop(company)
    stores = _stores(company)
    found = seeded(stores, [ANN])
    assert _known(found) == {("phone", PHONES[0]), ("email", MAILS[0]), ("account", "7")}
    assert found.unclear == ()
    assert [row.values for row in stores["g"].access(found.people)] == [{"account": 7, "score": 100}]
    assert not list(stores["g"].access([ANN]))


def test_what_an_order_says_of_somebody_else_does_not_find_them(company: Company) -> None:
    _shop(company)
    assert ("email", MAILS[2]) not in _known(seeded(_stores(company), [ANN]))
    led = SHOP.replace("{email: gift_to}", "{email: {column: gift_to, seeds: true}}")
    found = seeded(_stores(company, s=led, l=LETTERS), [ANN])
    assert _known(found) >= {("email", MAILS[2]), ("account", "9")}


def test_an_address_in_two_peoples_led_to_rows_is_unclear(company: Company) -> None:
    _shop(company, "INSERT INTO orders VALUES (12, 2, 'c@mail.example')")
    led = SHOP.replace("{email: gift_to}", "{email: {column: gift_to, seeds: true}}")
    found = seeded(_stores(company, s=led, l=LETTERS), [ANN])
    assert [(one.subject, one.kind, one.value.reveal()) for one in found.unclear] == [("sub-ann", "email", MAILS[2])]


def test_a_column_that_does_not_seed_does_not(company: Company) -> None:
    _shop(company)
    quiet = SHOP.replace("email: email}", "email: {column: email, seeds: false}}")
    assert _known(seeded(_stores(company, s=quiet, l=LETTERS), [ANN])) == {("phone", PHONES[0])}


def test_two_people_who_meet_on_one_address_are_told_and_never_merged(company: Company) -> None:
    _shop(
        company,
        "UPDATE customers SET email = 'family@mail.example'",
        "UPDATE readers SET email = 'family@mail.example'",
    )
    for people in ([ANN], [ANN, BOB]):
        found = seeded(_stores(company), people)
        assert {one.subject for one in found.unclear} == {one.subject for one in people}
        assert found.people == tuple(people)


def test_an_address_by_which_troth_knows_somebody_else_is_unclear(company: Company) -> None:
    _shop(company)
    found = seeded(_stores(company), [ANN], lambda kind, _: "sub-eve" if kind == "email" else None)
    assert _known(found) == {("phone", PHONES[0])}
    assert [one.kind for one in found.unclear] == ["email"]
    assert "a@mail" not in repr(found)


@pytest.mark.parametrize(
    ("column", "spelling", "stored"),
    [("phone varchar(20)", "national", "19900000001"), ("phone bigint", "e164", "8619900000001")],
)
def test_a_persons_own_number_is_recognised_however_it_is_spelt(
    company: Company, column: str, spelling: str, stored: str
) -> None:
    company.run(
        f"CREATE TABLE users (id integer PRIMARY KEY, {column}, email varchar(100))",
        f"INSERT INTO users VALUES (1, {stored}, 'a@mail.example'), (2, 19900000002, 'erased')",
    )
    users = f"""
users:
  label: users
  key: id
  identifies: {{phone: {{column: phone, spelling: {spelling}}}, email: email}}
  fields: {{id: none, phone: account.phone, email: account.email}}
"""
    found = seeded(_stores(company, u=users), [ANN])
    assert _known(found) == {("phone", PHONES[0]), ("email", MAILS[0])}


def test_how_many_statements_are_sent_does_not_depend_on_people_or_rows(company: Company) -> None:
    _shop(company)
    stores = _stores(company)
    seeded(stores, [ANN])
    with statements_sent() as one:
        seeded(stores, [ANN])
    with statements_sent() as many:
        seeded(stores, [person(f"sub-{n}", phone=PHONES[n % 2], account=f"x{n}") for n in range(50)] + [ANN, BOB])
    assert len(many) <= len(one)


def test_where_rows_name_people_by_one_thing_only_no_store_is_asked(company: Company) -> None:
    _shop(company)
    with statements_sent() as sent:
        assert seeded(_stores(company, g=GAMES), [ANN]).people == (ANN,)
    assert sent == []


def test_files_say_what_they_know_as_databases_do(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(
        "id,phone,email\n"
        f"1,{PHONES[0]},a@mail.example\n2,{PHONES[1]},both@mail.example\n3,{PHONES[2]},both@mail.example\n"
    )
    text = """
store: lake
kind: files
url: env:LAKE
datasets:
  users:
    table: users.csv
    label: users
    key: id
    identifies: {phone: phone, email: email}
    fields: {id: none, phone: account.phone, email: account.email}
"""
    store = open_store(parse({"lake.yaml": text})["lake"], lambda _: str(tmp_path))
    found = seeded({"lake": store}, [ANN, BOB])
    assert [_known(found, n) for n in (0, 1)] == [{("phone", PHONES[0]), ("email", MAILS[0])}, {("phone", PHONES[1])}]
    assert [(one.subject, one.kind) for one in found.unclear] == [("sub-bob", "email")]


# The laws, on generated stores

Table = tuple[tuple[str, ...], list[dict[str, str | None]]]


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Table]:
    made = {}
    for name in draw(st.permutations("abc"))[: draw(st.integers(1, 3))]:
        kinds = draw(st.sampled_from([*itertools.permutations(VALUES, 2), ("email",), ("phone", "email", "account")]))
        row = st.fixed_dictionaries({kind: st.sampled_from([*VALUES[kind], None]) for kind in kinds})
        made[name] = (tuple(kinds), draw(st.lists(row, min_size=1, max_size=4)))
    return made


PEOPLE = st.lists(
    st.sampled_from([(kind, value) for kind, values in VALUES.items() for value in values]),
    min_size=1,
    max_size=3,
    unique=True,
).map(lambda found: [Person(f"sub-{n}", ((kind, Sensitive(value)),)) for n, (kind, value) in enumerate(found)])


def _real(made: Mapping[str, Table]) -> dict[str, Store]:
    stores = dict[str, Store]()
    for name, (kinds, rows) in made.items():
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        table = sa.Table(
            "t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), *(sa.Column(k, sa.Text) for k in kinds)
        )
        with engine.begin() as connection:
            table.create(connection)
            connection.execute(sa.insert(table), rows)
        fields = ", ".join(f"{kind}: account.{kind}" for kind in kinds)
        named = ", ".join(f"{kind}: {kind}" for kind in kinds)
        text = f"t: {{label: t, key: id, identifies: {{{named}}}, fields: {{id: none, {fields}}}}}"
        stores[name] = SqlStore(data_map(text), engine)
    return stores


def _naive(made: Mapping[str, Table], people: Sequence[Person]) -> tuple[list[set[tuple[str, str]]], set[object]]:
    """Row by row: what is found, and what is unclear, by whom."""
    rows = [{(kind, value) for kind, value in row.items() if value} for _, table in made.values() for row in table]
    known = [{(kind, value.reveal()) for kind, value in one.identifiers} for one in people]
    unclear = set[object]()
    while True:
        new: list[set[tuple[str, str]]] = [set() for _ in people]
        for row in rows:
            whose = [n for n, own in enumerate(known) if own & row]
            if len(whose) == 1:
                new[whose[0]] |= {one for one in row - known[whose[0]] if (whose[0], one) not in unclear}
        may = [own | more for own, more in zip(known, new, strict=True)]
        refused = {
            (n, one)
            for n, more in enumerate(new)
            for one in more
            if any(one in other for m, other in enumerate(may) if m != n)
            or any(_is_another(n, named, known, may) for row in rows if one in row for named in row)
        }
        unclear |= refused
        taken = [{one for one in more if (n, one) not in refused} for n, more in enumerate(new)]
        known = [own | more for own, more in zip(known, taken, strict=True)]
        if not any(taken):
            return known, unclear


def _is_another(
    n: int, named: tuple[str, str], known: list[set[tuple[str, str]]], may: list[set[tuple[str, str]]]
) -> bool:
    if named in may[n]:
        return False
    return named[0] in {kind for kind, _ in known[n]} or any(named in other for m, other in enumerate(may) if m != n)


@settings(max_examples=30)
@given(tables(), PEOPLE)
def test_what_is_found_is_what_following_row_by_row_finds(made: dict[str, Table], people: list[Person]) -> None:
    found = seeded(_real(made), people)
    known, unclear = _naive(made, people)
    assert [_known(found, n) for n in range(len(people))] == known
    places = {one.subject: n for n, one in enumerate(people)}
    assert {(places[one.subject], (one.kind, one.value.reveal())) for one in found.unclear} == unclear


@settings(max_examples=20)
@given(tables(), PEOPLE, st.permutations("abc"))
def test_the_order_of_stores_never_changes_what_is_found(
    made: dict[str, Table], people: list[Person], others: list[str]
) -> None:
    renamed = {dict(zip("abc", others, strict=True))[name]: table for name, table in made.items()}
    assert seeded(_real(made), people) == seeded(_real(renamed), people)


@settings(max_examples=20)
@given(tables(), PEOPLE)
def test_nobody_comes_to_have_what_another_has_and_no_row_of_somebody_else_is_found(
    made: dict[str, Table], people: list[Person]
) -> None:
    found = seeded(_real(made), people)
    given_ = [{(kind, value.reveal()) for kind, value in one.identifiers} for one in people]
    known = [_known(found, n) for n in range(len(people))]
    for one, other in itertools.combinations(range(len(people)), 2):
        assert not known[one] & known[other]
    for n, own in enumerate(known):
        kinds = {kind for kind, _ in given_[n]}
        for _, rows in made.values():
            for row in ({(kind, value) for kind, value in one.items() if value} for one in rows):
                if row & own and not row & given_[n]:
                    assert not {kind for kind, _ in row - own} & kinds, "it names somebody else"
