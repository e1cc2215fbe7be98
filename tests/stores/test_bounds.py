"""What a run costs does not depend on how many people there are; what stands in names and values is only that."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stores.company import Company, statements_sent
from troth.base.sensitive import Sensitive
from troth.datamap.model import Dataset, Field, Identifier, Person, Reference, StoreMap
from troth.stores.open import open_store
from troth.stores.sql.store import SqlStore


def _wide(datasets: int) -> StoreMap:
    """Customers, and tables that hang on them or on the table before."""
    made = {"d0": _dataset("d0", None)}
    for n in range(1, datasets):
        made[f"d{n}"] = _dataset(f"d{n}", "d0" if n % 2 else f"d{n - 1}")
    return StoreMap("company", {"zh": "x", "en": "x"}, "sql", "env:COMPANY", made)


def _dataset(name: str, above: str | None) -> Dataset:
    found = {"email": Identifier("email")} if above is None else {}
    refers = {} if above is None else {"up": Reference(("up",), above, ("id",), detach=True)}
    fields = {"id": Field(None), "email" if above is None else "up": Field(None)}
    return Dataset(name, name, {"zh": name, "en": name}, ("id",), fields, found, refers, tuple(refers))


def _make(company: Company, found: StoreMap, rows: int) -> None:
    metadata = sa.MetaData()
    for name, dataset in found.datasets.items():
        up: list[sa.Column[Any]] = [
            sa.Column("up", sa.Integer, sa.ForeignKey(f"{one.dataset}.id"), index=True)
            for one in dataset.references.values()
        ]
        sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            *(up or [sa.Column("email", sa.String(60), unique=True)]),
        )
    with company.engine.begin() as connection:
        metadata.create_all(connection)
        for name, dataset in found.datasets.items():
            values = [
                {"id": n, **({"up": n} if dataset.references else {"email": f"{n}@mail.example"})} for n in range(rows)
            ]
            connection.execute(sa.insert(metadata.tables[name]), values)


def _people(first: int, number: int) -> list[Person]:
    """So many people, of whom the company knows some."""
    return [Person(f"sub-{n}", (("email", Sensitive(f"{n}@mail.example")),)) for n in range(first, first + number)]


def test_ten_thousand_people_take_as_many_statements_as_one_and_two_a_dataset_and_five_at_most(
    company: Company,
) -> None:
    datasets = 8
    found = _wide(datasets)
    _make(company, found, 60)
    store = SqlStore(found, open_store(found, lambda _: company.url)._engine)  # type: ignore[attr-defined]  # its own
    store.look(_people(0, 1))
    sent = list[list[str]]()
    for people, erased in ((_people(0, 1), datasets), (_people(1, 10_000), 59 * datasets)):
        with statements_sent() as statements:
            assert sum(one.changed for one in store.erase(people)) == erased
        sent.append([one for one in statements if not _is_housekeeping(one)])
    assert len(sent[0]) == len(sent[1])
    assert len(sent[1]) <= 2 * datasets + 5, Counter(one.split(maxsplit=1)[0] for one in sent[1])


def _is_housekeeping(statement: str) -> bool:
    """What begins and ends a connection, and looks at the schema: the same whatever the map."""
    return (
        statement.split(maxsplit=1)[0] in ("PRAGMA", "BEGIN", "SET", "SHOW", "ANALYZE")
        or "information_schema" in statement
    )


def test_memory_grows_with_the_people_asked_for_and_not_with_the_rows_of_the_store() -> None:
    found, peaks = _wide(2), list[int]()
    for rows in (200, 20_000):
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        _make(Company("sqlite://", engine), found, rows)
        store = SqlStore(found, engine)
        store.look(_people(0, 1))
        tracemalloc.start()
        try:
            store.erase(_people(0, 100))
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 100_000


# Hostile names and values

HOSTILE = [
    "'",
    '"',
    "`",
    "\\",
    "%",
    ":",
    ";",
    "--",
    "/*",
    "%s",
    ":x",
    "?",
    "{",
    "[0]",
    "\n",
    "ß",
    "日",
    "😀",
    ")",
    ".",
    " ",
]
# A line break in a name is left out: SQLAlchemy cannot read what MariaDB says of such a column, and it is refused.
NAMES = st.lists(st.sampled_from([one for one in [*HOSTILE, "a", "b"] if one != "\n"]), min_size=1, max_size=5).map(
    lambda parts: "n" + "".join(parts) + "z"
)
VALUES = st.lists(st.sampled_from([*HOSTILE, "a", "' OR 1=1 --"]), min_size=1, max_size=4).map("".join)


def _possible(name: str, database: str) -> str:
    """MariaDB has no names beyond the basic plane; one with a back-tick cannot be read, and is refused."""
    return name.replace("`", "\u00b4").replace("😀", "\u263a") if database == "mariadb" else name


@st.composite
def schemas(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Names of three tables and columns, and values of two people."""
    names = draw(st.lists(NAMES, min_size=7, max_size=7, unique_by=str.casefold))
    return names, draw(st.lists(VALUES, min_size=2, max_size=2, unique_by=lambda one: one.casefold().strip()))


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(schemas())
def test_whatever_stands_in_a_name_or_a_value_is_only_a_name_or_a_value(
    company: Company, drawn: tuple[list[str], list[str]]
) -> None:
    names, (mine, other) = drawn
    people, orders, key, email, note, owner, tag = (_possible(one, company.kind) for one in names)
    found = StoreMap(
        "company",
        {"zh": "x", "en": "x"},
        "sql",
        "env:COMPANY",
        {
            people: Dataset(
                people,
                people,
                {"zh": "x", "en": "x"},
                (key,),
                {key: Field(None), email: Field("account.email"), note: Field("x.note")},
                {"email": Identifier(email)},
            ),
            orders: Dataset(
                orders,
                orders,
                {"zh": "x", "en": "x"},
                (key,),
                {key: Field(None), owner: Field(None), tag: Field(None), note: Field("x.note")},
                {},
                {owner: Reference((owner,), people, (key,), detach=True)},
                (owner,),
                only={tag: mine},
            ),
        },
    )
    metadata, number = sa.MetaData(), sa.Integer
    above = sa.Table(people, metadata, sa.Column(key, number), sa.Column(email, sa.Text), sa.Column(note, sa.Text))
    below = sa.Table(
        orders,
        metadata,
        sa.Column(key, number),
        *(sa.Column(one, number if one == owner else sa.Text) for one in (owner, tag, note)),
    )
    with company.engine.begin() as connection:
        for table in (above, below):
            table.append_constraint(sa.PrimaryKeyConstraint(table.c[key]))
            table.drop(connection, checkfirst=True)
            table.create(connection)
        connection.execute(sa.insert(above), [{key: 1, email: mine, note: other}, {key: 2, email: other, note: mine}])
        rows = [(1, 1, mine), (2, 2, mine), (3, 1, other)]
        connection.execute(sa.insert(below), [{key: k, owner: o, tag: t, note: mine} for k, o, t in rows])
    store = open_store(found, lambda _: company.url)
    ann = Person("sub-ann", (("email", Sensitive(mine)),))
    try:
        assert [(row.dataset, row.values[key]) for row in store.access([ann])] == [(people, 1), (orders, 1)]
        store.erase([ann])
        with company.engine.connect() as connection:
            assert list(connection.scalars(sa.select(above.c[key]))) == [2]
            assert list(connection.scalars(sa.select(below.c[key]).order_by(below.c[key]))) == [2, 3]
    finally:
        metadata.drop_all(company.engine)
