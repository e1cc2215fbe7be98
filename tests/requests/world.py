"""A small company: its policy, two real stores with two people in them, and a place where jobs are put."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.support.filled import filled
from troth.base.clock import SettableClock
from troth.base.errors import Problem, UnavailableError
from troth.base.text import Text
from troth.base.work import Begin, Work
from troth.datamap.model import StoreMap
from troth.datamap.read import from_value
from troth.datamap.read import parse as parse_maps
from troth.policy.model import Policy
from troth.policy.read import parse as parse_policy
from troth.requests import service
from troth.requests.details import NONE, Details
from troth.requests.fulfilment import fulfil
from troth.requests.kinds import Kind, Way, of_way
from troth.requests.model import Request
from troth.requests.ports import Jobs, Stores
from troth.stores.model import Corrected, Correcting, Correction, Erased, Person, Row, Store
from troth.stores.sql.store import SqlStore
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.service import Version

POLICY = """
troth: 1
policy: kaiconn
title: {zh: 每开隐私保护政策, en: Kaiconn privacy policy}
updated: 2022-10-01
effective: 2021-01-01
languages: [zh, en]
regimes: [cn]
acceptance: explicit
controller:
  name: {zh: 深圳每开示例公司, en: Kaiconn Example Co.}
  contacts: {email: privacy@kaiconn.example, phone: +86 755 0000 0000}
items:
  account.phone: {label: {zh: 手机号码, en: mobile number}, sensitive: true}
  account.nickname: {label: {zh: 昵称, en: nickname}}
  order.record: {label: {zh: 交易信息, en: transaction information}}
  device.imei: {label: {zh: 设备识别码, en: device identifier}}
purposes:
  account: {label: {zh: 注册与登录, en: registration and sign-in}}
  push: {label: {zh: 消息推送, en: push messages}}
functions:
  register:
    label: {zh: 注册, en: register}
    for: account
    basis: contract
    needs: [account.phone]
    optional: [account.nickname, order.record]
  push:
    label: {zh: 消息推送, en: push messages}
    for: push
    basis: consent
    grade: general
    needs: [device.imei]
    shares: [getui]
recipients:
  getui: {kind: sdk, name: {zh: 个推, en: igexin}, receives: [device.imei], for: push}
requests:
  within: 30 working days
rights:
  copy:
    label: {zh: 获取副本, en: a copy}
    by: [email]
    after: identity.verified
  erasure:
    label: {zh: 删除, en: erasure}
    by: [self-service]
    within: 30 working days
    backups: {zh: 在备份更新时删除, en: deleted when the backup is next renewed}
  close_account:
    label: {zh: 注销账户, en: closing the account}
    by: [self-service]
    cooling_off: 7 days
retention:
  orders:
    items: [order.record]
    for: 3 years
    then: erase
"""

SHOP_MAP = """
store: shop
label: {zh: 商城, en: the shop}
url: env:SHOP
datasets:
  member:
    label: {zh: 会员, en: members}
    key: id
    identifies: {phone: phone}
    fields: {id: none, phone: account.phone, nickname: account.nickname, password: {item: none, disclose: never}}
  orders:
    label: {zh: 订单, en: orders}
    key: id
    refers: {member: member.id}
    owner: member
    fields: {id: none, member: none, what: order.record}
  invoice:
    label: {zh: 发票, en: invoices}
    key: id
    identifies: {phone: phone}
    erase: {keep: retention.orders}
    fields: {id: none, phone: account.phone, amount: order.record}
"""

PUSH_MAP = """
store: push
label: {zh: 推送系统, en: the push system}
url: env:PUSH
datasets:
  device:
    label: {zh: 设备, en: devices}
    key: imei
    identifies: {phone: phone}
    fields: {imei: device.imei, phone: account.phone}
"""

TABLES = {
    "shop": (
        "CREATE TABLE member (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, nickname TEXT, password TEXT)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member, what TEXT)",
        "CREATE TABLE invoice (id INTEGER PRIMARY KEY, phone TEXT NOT NULL, amount INTEGER)",
    ),
    "push": ("CREATE TABLE device (imei TEXT PRIMARY KEY, phone TEXT NOT NULL)",),
}

VAULT = Vault(bytes(range(32)))

MINE, OTHER = "+8619900000001", "+8619900000002"

ROWS = {
    "shop": (
        f"INSERT INTO member VALUES (1, '{MINE}', '小林 <b>&', 'secret-1'), (2, '{OTHER}', '阿青', 'secret-2')",
        "INSERT INTO orders VALUES (10, 1, 'lamp'), (11, 1, 'lock'), (12, 2, 'plug')",
        f"INSERT INTO invoice VALUES (20, '{MINE}', 199), (21, '{OTHER}', 299)",
    ),
    "push": (f"INSERT INTO device VALUES ('imei-a', '{MINE}'), ('imei-b', '{MINE}'), ('imei-c', '{OTHER}')",),
}

DUE = {"shop": {"member": 1, "orders": 2}, "push": {"device": 2}}
"""What an erasure of `MINE` has to delete."""


@dataclass
class Asked:
    """Where jobs are put, for those who look: an implementation of the `Jobs` port at the edge."""

    ids: list[str] = field(default_factory=list)

    def enqueue(self, work: Work, *request_ids: str) -> None:
        assert work.db.in_transaction()
        self.ids.extend(request_ids)


class Switched:
    """A real store with a switch in its line: while it is off, everything that is asked of it fails."""

    def __init__(self, store: Store) -> None:
        self.behind = store
        self.on = True
        self.erasures = 0

    @property
    def name(self) -> str:
        return self.behind.name

    @property
    def label(self) -> Text:
        return self.behind.label

    def check(self) -> tuple[Problem, ...]:
        return self._reached().check()

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        return self._reached().look(people)

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        return self._reached().access(people)

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        done = self._reached().erase(people)
        self.erasures += bool(sum(one.changed for one in done))
        return done

    def rehearse_correction(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        return self._correcting().rehearse_correction(corrections)

    def correct(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        return self._correcting().correct(corrections)

    def _correcting(self) -> Correcting:
        reached = self._reached()
        assert isinstance(reached, Correcting)
        return reached

    def _reached(self) -> Store:
        if not self.on:
            raise UnavailableError("stores.unavailable", "the store does not answer")
        return self.behind


@cache
def _maps() -> Mapping[str, StoreMap]:
    return parse_maps({"shop.yaml": SHOP_MAP, "push.yaml": PUSH_MAP})


@cache
def _policy() -> Policy:
    return parse_policy({"policy.yaml": POLICY})


class Company:
    """The databases of the company, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engines = {
            name: sa.create_engine(f"sqlite:///{folder / name}.db", poolclass=sa.NullPool) for name in TABLES
        }
        maps = _maps()
        self.maps = {name: one.value for name, one in maps.items()}
        self.stores = {name: Switched(SqlStore(maps[name], self.engines[name])) for name in maps}

    def fill(self) -> None:
        """Make the tables and put two people in."""
        for name in self.engines:
            (self.folder / f"{name}.db").write_bytes(filled((*TABLES[name], *ROWS[name])))

    def store(self, name: str, value: Mapping[str, Any]) -> Store:
        """The store as the company knows it, or by another map of it."""
        return self.stores[name] if value == self.maps[name] else SqlStore(from_value(value), self.engines[name])

    def execute(self, store: str, statement: str) -> None:
        with self.engines[store].begin() as connection:
            connection.exec_driver_sql(statement)

    def rows(self, store: str, table: str) -> list[tuple[object, ...]]:
        with self.engines[store].connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1")]


@dataclass
class World:
    """Everything that a test of requests needs, around one own database."""

    begin: Begin
    clock: SettableClock
    vault: Vault
    company: Company
    jobs: Jobs
    version: Version
    subject: str
    other: str

    def stores(self, version: Version) -> Stores:
        assert version.id == self.version.id
        return {name: self.company.store(name, value) for name, value in version.maps.items()}

    def open(
        self,
        kind: str,
        *,
        subject: str | None = None,
        language: str = "en",
        channel: str = "portal",
        details: Details = NONE,
    ) -> Request:
        with self.begin() as work:
            return service.open_request(
                work,
                self.vault,
                self.version,
                subject or self.subject,
                kind,
                language=language,
                channel=channel,
                jobs=self.jobs,
                details=details,
            )

    def run(self, request: Request, begin: Begin | None = None) -> Request:
        return fulfil.run(begin or self.begin, self.vault, self.stores, request.id)

    def recall(self, request: Request) -> Request:
        with self.begin() as work:
            return service.recall(work, self.vault, request.id)

    def get(self, request: Request) -> Request:
        with self.begin() as work:
            return service.get(work, request.id)

    def pulse(self) -> list[str]:
        """Ids that one pulse asked for."""
        jobs = Asked()
        with self.begin() as work:
            assert service.pulse(work, self.vault, jobs) == len(jobs.ids)
        return jobs.ids

    @property
    def asked(self) -> list[str]:
        """Ids that opening asked for."""
        assert isinstance(self.jobs, Asked)
        return self.jobs.ids

    def facts(self) -> frozenset[str]:
        with self.begin() as work:
            return facts.facts(work, self.subject)

    def run_all(self) -> tuple[Request, ...]:
        return fulfil.run_all(self.begin, self.vault, self.stores)

    def mine_left_in(self, store: str) -> dict[str, int]:
        return self.mine_left()[store]

    def mine_left(self) -> dict[str, dict[str, int]]:
        person = Person(self.subject, (("phone", identifier("phone", MINE).value),))
        return {name: dict(store.behind.look((person,))) for name, store in self.company.stores.items()}


def world(begin: Begin, clock: SettableClock, folder: Path) -> World:
    """A company with two people, both registered, both with verified phones and open accounts."""
    vault, company = VAULT, Company(folder)
    company.fill()
    with begin() as work:
        version = versions.publish(work, _policy(), company.maps, by="test")
        people = [subjects.register(work, vault, [identifier("phone", number)]) for number in (MINE, OTHER)]
        for one in people:
            facts.change(work, one, add=("account.open", "verified.phone"))
    return World(begin, clock, vault, company, Asked(), version, people[0], people[1])


def under(world_: World, text: str) -> None:
    """Have another policy in force."""
    with world_.begin() as work:
        policy = parse_policy({"policy.yaml": text})
        world_.version = versions.publish(work, policy, world_.company.maps, by="test")


RUN_BY_WORKERS = tuple(kind for kind in Kind if kind in of_way(Way.PACKAGE, Way.ERASE))
"""The kinds that a worker carries out; the others are done at once, or by somebody."""


class Crash(BaseException):
    """The process is gone: nothing catches it."""


def crashing(begin: Begin, at: int, *, before_commit: bool) -> tuple[Begin, list[int]]:
    """A `begin` that dies in its `at`-th unit, as it opens or before it commits; and what it opened so far."""
    opened: list[int] = []

    @contextmanager
    def unit() -> Iterator[Work]:
        opened.append(at)
        dies = len(opened) == at + 1
        if dies and not before_commit:
            raise Crash
        with begin() as work:
            yield work
            if dies:
                raise Crash

    return unit, opened


def week(world_: World) -> None:
    """Let the cooling-off period pass."""
    world_.clock.advance(timedelta(days=7))
