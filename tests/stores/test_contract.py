"""The contract of stores, on every kind there is: databases, files, a service behind a URL, somebody with a mailbox.

Each holds the same letters of two people. Behind a mailbox is a clerk with a cupboard, at the edge of the world.
"""

from __future__ import annotations

import itertools
import json
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from tests.requests.world import VAULT
from tests.requests.world import world as make_world
from tests.stores.company import Company, person
from tests.support.databases import Databases
from tests.support.json_server import Told, json_server
from troth.base.clock import SettableClock
from troth.base.work import Begin, Entropy, Work
from troth.datamap.model import StoreMap
from troth.datamap.read import parse
from troth.stores.http.serve import answer
from troth.stores.mailbox import service
from troth.stores.mailbox.answers import read
from troth.stores.mailbox.model import Count, WaitsError
from troth.stores.mailbox.store import Desk, MailboxStore
from troth.stores.model import Errand, Person, Rehearsing
from troth.stores.open import open_store
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.versions import service as versions

T = TypeVar("T")

LETTERS = (
    ("1", "ann@mail.example", "first"), ("2", "bob@mail.example", "of Bob"), ("3", "ann@mail.example", "second"),
)  # fmt: skip
DATASETS = """
letters:
  label: letters
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email, text: order.record}
"""
KINDS = ("sqlite", "postgresql", "mariadb", "csv", "jsonl", "http", "mailbox")


def mapped(kind: str, datasets: str = DATASETS) -> StoreMap:
    text = f"store: company\nkind: {kind}\nurl: env:COMPANY\ndatasets:\n{textwrap.indent(datasets, '  ')}"
    return parse({"company.yaml": text})["company"]


@dataclass
class Case:
    """A store with the letters in it. `ask` puts a question to it, on an errand of its own, and gives the answer."""

    ask: Callable[[Callable[[Rehearsing], T], bool], T]
    left: Callable[[], list[str]]
    people: tuple[Person, Person, Person]
    whole: bool = True
    """Whether rows are told one by one; a service tells of a person as a whole."""

    def access(self, people: Sequence[Person]) -> list[tuple[str, list[str]]]:
        """For each row its person, and what is in it."""
        rows = self.ask(lambda store: list(store.access(people)), False)
        return [(row.subject, sorted(str(one) for one in row.values.values())) for row in rows]

    def look(self, people: Sequence[Person]) -> int:
        return self.ask(lambda store: sum(store.look(people).values()), True)


def straight(store: Rehearsing) -> Callable[[Callable[[Rehearsing], T], bool], T]:
    return lambda question, _erases: question(store)


@pytest.fixture(params=KINDS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    kind: str = request.param
    with MADE.get(kind, files)(request, tmp_path, kind) as made:
        yield made


@contextmanager
def sql(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[Case]:
    with database(request, tmp_path, kind) as company:
        yield Case(straight(open_store(mapped("sql"), lambda _: company.url)), remaining(company), strangers())


@contextmanager
def database(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[Company]:
    company = opened(request, tmp_path, kind)
    company.run(
        "CREATE TABLE letters (id varchar(9) PRIMARY KEY, email varchar(99), text varchar(99))",
        *(f"INSERT INTO letters VALUES ('{one}', '{email}', '{text}')" for one, email, text in LETTERS),
    )
    yield company
    company.run("DROP TABLE letters")
    company.engine.dispose()


def remaining(company: Company) -> Callable[[], list[str]]:
    return lambda: [one for (one,) in company.rows("SELECT id FROM letters ORDER BY id")]


@contextmanager
def files(_request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[Case]:
    path = tmp_path / f"letters.{kind}"
    rows = [dict(zip(("id", "email", "text"), one, strict=True)) for one in LETTERS]
    if kind == "csv":
        path.write_text("".join(f"{','.join(one)}\n" for one in (("id", "email", "text"), *LETTERS)))
    else:
        path.write_text("".join(f"{json.dumps(one)}\n" for one in rows))

    def left() -> list[str]:
        lines = [one for one in path.read_text().splitlines() if one]
        if kind == "csv":
            return [one.partition(",")[0].strip('"') for one in lines[1:]]
        return [json.loads(one)["id"] for one in lines]

    datasets = DATASETS.replace("key: id", f"key: id\n  table: {path.name}")
    yield Case(straight(open_store(mapped("files", datasets), lambda _: str(tmp_path))), left, strangers())


@contextmanager
def http(request: pytest.FixtureRequest, tmp_path: Path, _kind: str) -> Iterator[Case]:
    tree = """
    tree:
      label: tree
      key: none
      identifies: {email: email}
      fields: {email: none, company.letters.letters.id: none, company.letters.letters.text: order.record}
    """
    with database(request, tmp_path, "sqlite") as company, json_server() as server:
        behind = open_store(mapped("sql"), lambda _: company.url)

        def told(one: Told) -> tuple[int, Any]:
            who = person("x", email=one.headers["troth-person"].partition(":")[2].replace("%40", "@"))
            dry = one.path.endswith("dry_run=true")
            said = answer([behind], one.method, who, dry_run=dry, erase=lambda: behind.erase([who]))  # type: ignore[arg-type]  # GET or DELETE
            return said.status, said.body

        server.answers = told
        store = open_store(mapped("http", textwrap.dedent(tree)), lambda _: f"{server.address}/store#{{email}}")
        yield Case(straight(store), remaining(company), strangers(), whole=False)


@contextmanager
def mailbox(request: pytest.FixtureRequest, tmp_path: Path, _kind: str) -> Iterator[Case]:
    databases: Databases = request.getfixturevalue("databases")
    clock: SettableClock = request.getfixturevalue("clock")
    entropy: Entropy = request.getfixturevalue("entropy")
    engines = databases.sqlite()
    engine = next(engines)

    @contextmanager
    def begin() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, clock.now(), entropy)

    world, found, cupboard = make_world(begin, clock, tmp_path), mapped("mailbox"), [*LETTERS]
    with begin() as work:
        version = versions.publish(work, world.version.policy, {"company": found.value}, by="test")
        names = ("ann@mail.example", "bob@mail.example", "nobody@mail.example")
        people = tuple(registered(work, name) for name in names)
    store = MailboxStore(found, "clerk@kaiconn.example", Desk(begin, VAULT))
    numbers = itertools.count(1)

    def ask(question: Callable[[Rehearsing], T], erases: bool) -> T:
        errand = Errand(f"req-{next(numbers)}", "K-2222-22", version.id, None, erases)
        while True:
            try:
                return question(store.on(errand))
            except WaitsError:
                answered(begin, found, cupboard)

    yield Case(ask, lambda: [one for one, _, _ in cupboard], people)  # type: ignore[arg-type]  # there are three
    next(engines, None)


def registered(work: Work, email: str) -> Person:
    known = identifier("email", email)
    return Person(subjects.register(work, VAULT, [known]), (("email", known.value),))


def answered(begin: Begin, found: StoreMap, cupboard: list[tuple[str, str, str]]) -> None:
    """The clerk answers what waits, from the cupboard."""
    with begin() as work:
        for task in service.listing(work):
            (email,) = [value.reveal() for _, value in service.asked(work, VAULT, task).identifiers]
            mine = [one for one in cupboard if one[1] == email]
            content = json.dumps({"letters": [dict(zip(("id", "email", "text"), one, strict=True)) for one in mine]})
            sent = read(found, content.encode()) if task.act == "access" else None
            service.done(work, VAULT, task.id, {"letters": Count(len(mine))}, by="clerk", sent=sent)
            if task.act == "erase":
                cupboard[:] = [one for one in cupboard if one not in mine]


def strangers() -> tuple[Person, Person, Person]:
    made = [person(f"sub-{name}", email=f"{name}@mail.example") for name in ("ann", "bob", "nobody")]
    return made[0], made[1], made[2]


def opened(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Company:
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'company.db'}"
    elif kind == "postgresql":
        server = request.getfixturevalue("databases").server()
        server.execute("DROP DATABASE IF EXISTS contract WITH (FORCE)")
        server.execute("CREATE DATABASE contract")
        url = server.url("contract")
    else:
        maria = request.getfixturevalue("mariadb")
        maria.execute("CREATE DATABASE IF NOT EXISTS contract")
        url = maria.url("contract")
    company = Company(url, sa.create_engine(url, poolclass=sa.NullPool))
    company.engine.connect().close()
    return company


MADE = {"sqlite": sql, "postgresql": sql, "mariadb": sql, "http": http, "mailbox": mailbox}


def test_it_fits_its_map(case: Case) -> None:
    assert case.ask(lambda store: store.check(), False) == ()


def test_access_gives_what_is_theirs_in_the_order_of_the_people_and_nothing_of_anybody_else(case: Case) -> None:
    ann, bob, nobody = case.people
    rows = case.access([bob, nobody, ann])
    assert [subject for subject, _ in rows] == [bob.subject, *[ann.subject] * (2 if case.whole else 1)]
    of_ann = "".join("".join(values) for subject, values in rows if subject == ann.subject)
    assert "first" in of_ann
    assert "second" in of_ann
    assert "Bob" not in of_ann
    assert case.access([nobody]) == []
    assert case.access([]) == []


def test_look_counts_what_an_erasure_would_take_and_is_nothing_after_it(case: Case) -> None:
    ann, bob, nobody = case.people
    assert case.look([ann]) == (2 if case.whole else 1)
    assert case.look([nobody]) == 0
    done = case.ask(lambda store: store.erase([ann]), True)
    assert sum(one.changed for one in done) == (2 if case.whole else 1)
    assert all(one.matched == one.changed + one.kept for one in done)
    assert case.left() == ["2"], "of others every row stays"
    assert case.look([ann]) == 0
    assert case.access([ann]) == []
    assert len(case.access([bob])) == 1


def test_twice_is_once(case: Case) -> None:
    ann, _, nobody = case.people
    case.ask(lambda store: store.erase([ann]), True)
    again = case.ask(lambda store: store.erase([ann, nobody]), True)
    assert sum(one.matched for one in again) == 0
    assert case.left() == ["2"]


def test_asked_twice_on_one_errand_it_is_done_once_and_said_twice(case: Case) -> None:
    ann, *_ = case.people

    def twice(store: Rehearsing) -> int:
        store.erase([ann])
        return sum(store.look([ann]).values())

    assert case.ask(twice, True) == 0
    assert case.left() == ["2"]


def test_a_rehearsal_changes_nothing_and_says_what_is_done_then(case: Case) -> None:
    people = case.people

    said = case.ask(lambda store: sum(one.changed for one in store.rehearse(people)), True)
    assert case.left() == ["1", "2", "3"]
    assert said == sum(one.changed for one in case.ask(lambda store: store.erase(people), True))
    assert case.left() == []
