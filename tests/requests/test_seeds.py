"""Two stores, of which the one erased first is the only one to say how the other knows the person; a log in chunks."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from tests.requests.test_fulfil import START
from tests.requests.world import MINE, OTHER, POLICY, VAULT, Asked, Crash, crashing
from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.work import Begin, Work
from troth.datamap.read import parse as parse_maps
from troth.policy.read import parse as parse_policy
from troth.requests import service, tables
from troth.requests.fulfilment import fulfil, package
from troth.requests.machine import State
from troth.requests.model import Request
from troth.stores.model import Store
from troth.stores.sql.store import SqlStore
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.versions import service as versions
from troth.versions.service import Version

MAIL = "xiaolin@mail.example"

MAPS = {
    "book.yaml": """
store: book
url: env:BOOK
datasets:
  member:
    label: {zh: 会员, en: members}
    key: id
    identifies: {phone: phone, email: email}
    fields: {id: none, phone: account.phone, email: none}
  visits:
    label: {zh: 访问, en: visits}
    key: id
    refers: {member: member.id}
    owner: member
    chunks: 2
    fields: {id: none, member: none}
""",
    "paper.yaml": """
store: paper
url: env:PAPER
datasets:
  reader:
    label: {zh: 读者, en: readers}
    key: email
    identifies: {email: email}
    fields: {email: none, nickname: account.nickname}
""",
}
TABLES = {
    "book": (
        "CREATE TABLE member (id INTEGER PRIMARY KEY, phone TEXT, email TEXT)",
        f"INSERT INTO member VALUES (1, '{MINE}', '{MAIL}'), (2, '{OTHER}', 'aqing@mail.example')",
        "CREATE TABLE visits (id INTEGER PRIMARY KEY, member INTEGER)",
        "INSERT INTO visits VALUES (1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 2)",
    ),
    "paper": (
        "CREATE TABLE reader (email TEXT PRIMARY KEY, nickname TEXT)",
        f"INSERT INTO reader VALUES ('{MAIL}', '小林'), ('aqing@mail.example', '阿青')",
    ),
}


class Town:
    """Two stores: `book`, which is erased first, knows telephone numbers; `paper` knows addresses only."""

    def __init__(self, begin: Begin, folder: Path) -> None:
        self.begin = begin
        self.engines = {n: sa.create_engine(f"sqlite:///{folder / n}.db", poolclass=sa.NullPool) for n in TABLES}
        for name, engine in self.engines.items():
            with engine.begin() as connection:
                for statement in TABLES[name]:
                    connection.exec_driver_sql(statement)
        maps = parse_maps(MAPS)
        self.held: Mapping[str, Store] = {name: SqlStore(one, self.engines[name]) for name, one in maps.items()}
        with begin() as work:
            policy = parse_policy({"policy.yaml": POLICY})
            self.version = versions.publish(work, policy, {n: one.value for n, one in maps.items()}, by="test")
            self.subject = subjects.register(work, VAULT, [identifier("phone", MINE)])
            facts.change(work, self.subject, add=("account.open", "verified.phone"))

    def stores(self, _: Version) -> Mapping[str, Store]:
        return self.held

    def open(self, kind: str) -> Request:
        with self.begin() as work:
            return service.open_request(
                work, VAULT, self.version, self.subject, kind, language="en", channel="portal", jobs=Asked()
            )

    def run(self, request: Request, begin: Begin | None = None) -> Request:
        return fulfil.run(begin or self.begin, VAULT, self.stores, request.id)

    def certified(self, request: Request) -> dict[str, dict[str, object]]:
        with self.begin() as work:
            found = service.certificate(work, request.id)
        assert found is not None
        return {line["dataset"]: line for one in found.body["stores"] for line in one["datasets"]}

    def visits(self) -> list[int]:
        with self.engines["book"].connect() as connection:
            return list(connection.exec_driver_sql("SELECT id FROM visits ORDER BY 1").scalars())

    def readers(self) -> list[str]:
        with self.engines["paper"].connect() as connection:
            return list(connection.exec_driver_sql("SELECT email FROM reader ORDER BY 1").scalars())


@contextmanager
def town(databases: Databases, own: str = "sqlite") -> Iterator[Town]:
    with ExitStack() as stack:
        engine = stack.enter_context(contextmanager(getattr(databases, own))())
        folder = Path(stack.enter_context(TemporaryDirectory()))
        clock, entropy = SettableClock(START), random.Random(7).randbytes

        @contextmanager
        def begin() -> Iterator[Work]:
            with engine.begin() as connection:
                yield Work(connection, clock.now(), entropy)

        yield Town(begin, folder)


@pytest.mark.parametrize(
    ("own", "before_commit", "every"), [("sqlite", False, 1), ("sqlite", True, 2), ("postgresql", False, 6)]
)
def test_a_worker_killed_anywhere_leaves_nobody_in_the_store_that_only_the_other_one_led_to(
    databases: Databases, own: str, before_commit: bool, every: int
) -> None:
    with town(databases, own) as whole:
        counting, opened = crashing(whole.begin, 10**6, before_commit=False)
        assert whole.run(whole.open("erasure"), counting).state is State.FULFILLED
    left_only_in_paper = 0
    for at in range(0, len(opened), every):
        with town(databases, own) as half:
            request = half.open("erasure")
            dying, _ = crashing(half.begin, at, before_commit=before_commit)
            with pytest.raises(Crash):
                half.run(request, dying)
            with half.engines["book"].connect() as connection:
                members = connection.exec_driver_sql("SELECT count(*) FROM member").scalar_one()
            left_only_in_paper += members == 1 and MAIL in half.readers()
            assert half.run(request).state is State.FULFILLED, at
            assert half.readers() == ["aqing@mail.example"], at
            assert half.visits() == [6], at
            line = half.certified(request)["visits"]
            assert (line["found"], line["changed"], line["left"]) == (5, 5, 0), at
    # Only where every step is killed is one of them sure to lie between the two stores.
    assert left_only_in_paper or every > 1, "no run was killed where it mattered"


def test_every_chunk_of_a_log_is_written_down_as_a_step_of_its_own(databases: Databases) -> None:
    with town(databases) as company:
        request = company.open("erasure")
        seen: list[int] = []

        @contextmanager
        def watching() -> Iterator[Work]:
            with company.begin() as work:
                yield work
                seen.extend(work.db.scalars(sa.select(tables.request_chunk.c.rows)))

        company.run(request, watching)
        assert sorted(set(seen)) == [2, 4, 5]
        assert company.certified(request)["visits"]["changes"] == [{"change": "delete", "rows": 5}]


def test_what_was_found_is_sealed_while_it_is_needed_and_gone_afterwards(databases: Databases) -> None:
    with town(databases) as company:
        request = company.open("erasure")
        seen: list[bytes] = []

        @contextmanager
        def watching() -> Iterator[Work]:
            with company.begin() as work:
                yield work
                seen.extend(work.db.scalars(sa.select(tables.request_seed.c.sealed)))

        assert company.run(request, watching).state is State.FULFILLED
        assert seen
        assert not any(MAIL.encode() in one for one in seen)
        with company.begin() as work:
            assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.request_seed)) == 0


def test_an_address_that_could_be_somebody_elses_is_counted_in_the_certificate_and_not_followed(
    databases: Databases,
) -> None:
    with town(databases) as company:
        with company.begin() as work:
            subjects.register(work, VAULT, [identifier("email", MAIL)])
        request = company.open("erasure")
        assert company.run(request).state is State.FULFILLED
        assert MAIL in company.readers()
        with company.begin() as work:
            found = service.certificate(work, request.id)
        assert found is not None
        assert found.body["unclear"] == {"email": 1}
        assert MAIL not in json.dumps(dict(found.body))


def test_a_copy_holds_what_is_found_by_what_another_store_says(databases: Databases) -> None:
    with town(databases) as company:
        request = company.open("copy")
        assert company.run(request).state is State.FULFILLED
        with company.begin() as work:
            content = package.read(work, VAULT, request.id)
        with ZipFile(BytesIO(content)) as zipped:
            assert any("小林".encode() in zipped.read(name) for name in zipped.namelist())
