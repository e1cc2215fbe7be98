"""A town in which everything has happened: requests in every state, with words, papers and packages of two people.

What is a person's carries a mark of theirs, so that whoever reads an answer can tell whose data are in it.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from fastapi.routing import iter_route_contexts

from tests.web.company import LIN_EMAIL, LIN_PHONE, POLICY, QING_EMAIL, QING_PHONE
from tests.web.drp.agent import TestAgent
from tests.web.world import OFFICER, ORIGIN, TestClient, Visitor, World
from tests.web.world import world as make_world
from troth.app.settings import ROLES
from troth.base.clock import SettableClock
from troth.base.schema import metadata
from troth.datamap.read import parse as parse_maps
from troth.policy.read import parse
from troth.requests import holds, service
from troth.requests.deciding import proposals, review
from troth.requests.details import Details
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.model import Request
from troth.requests.proof import agents, evidence
from troth.requests.proof.parties import party
from troth.stores.mailbox import service as tasks
from troth.subjects import service as subjects
from troth.subjects.facts import change
from troth.subjects.tables import passkey
from troth.versions.service import publish
from troth.web.access import declared
from troth.web.limits import Limit
from troth.web.server import create

ARCHIVE: Final = """
store: archive
kind: mailbox
label: {{zh: 纸质档案, en: the paper archive}}
url: file:{secret}
datasets:
  letters:
    label: {{zh: 来信, en: letters}}
    key: none
    identifies: {{phone: phone}}
    fields: {{phone: account.phone, text: order.record}}
"""
KEY, SITE, BUSINESS = "k" * 40, "https://shop.example", "KAICONN"
STAFF: Final[Mapping[str, str]] = {role: f"{role}@kaiconn.example" for role in ROLES}
MARKS: Final = {"lin": "PAPAYA", "qing": "QUINCE"}
"""Words that stand in nobody else's data and in no text of ours."""

ANYBODY: Final = "who: [self, agent, guardian, close-relative]"
FULL: Final = (
    POLICY.replace("regimes: [cn]", "regimes: [cn, us-ca]")
    .replace("updated: 2022-10-01", "updated: 2022-11-01")
    .replace(
        "requests:\n  within: 30 working days\n",
        """requests:
  within: 30 working days
  agents: {appointed: {written: {zh: 书面授权, en: in writing}}}
  refuse:
    repeated: {label: {zh: 无理重复, en: repeated without reason}}
""",
    )
    .replace(
        "rights:\n",
        f"""rights:
  portability: {{label: {{zh: 可携带, en: portability}}, by: [self-service], {ANYBODY}}}
  correction: {{label: {{zh: 更正, en: correction}}, by: [self-service]}}
""",
    )
    + """
rule_sets:
  california:
    label: {zh: 加利福尼亚补充, en: Addendum for California}
    audience: {zh: 加利福尼亚州居民, en: residents of California}
    regimes: us-ca
"""
)


@dataclass
class Town:
    """The world of the pages with a past; `agent` is one of the directory."""

    world: World
    agent: TestAgent
    owned: Mapping[str, dict[str, Any]]

    @property
    def people(self) -> Mapping[str, str]:
        return {"lin": self.world.lin, "qing": self.world.qing}

    def caller(self, who: str) -> Visitor:
        """A browser of nobody, of a person, or of somebody of the staff in one role; signed in once for all."""
        known: dict[str, Visitor] = vars(self).setdefault("known", {})
        if who not in known:
            known[who] = self.world.visitor()
            if who != "nobody":
                address = {"lin": LIN_PHONE, "qing": QING_PHONE}.get(who) or STAFF[who]
                known[who].sign_in(address, "/console/sign-in" if who in STAFF else "/sign-in")
        return known[who]

    def requests_of(self, who: str) -> tuple[Request, ...]:
        with self.world.app.begin() as work:
            return service.of_subject(work, self.people[who])

    def theirs(self, who: str) -> Mapping[str, list[str]]:
        """Every row of the own database that is about a person, by table."""
        with self.world.app.begin() as work:
            mine = [one.id for one in service.of_subject(work, self.people[who])]
            return {
                table.name: sorted(map(repr, work.db.execute(sa.select(table).where(about)).all()))
                for table, about in _about(self.people[who], mine)
            }


def _about(subject: str, requests: list[str]) -> Iterator[tuple[sa.Table, sa.ColumnElement[bool]]]:
    for table in metadata.tables.values():
        if "subject" in table.c:
            yield table, table.c.subject == subject
        elif "request" in table.c and isinstance(table.c.request.type, sa.String):
            yield table, table.c.request.in_(requests)


def bare(engine: sa.Engine, folder: Path) -> Town:
    """The town before anything happened: two people, staff in every role, a program, a website and an agent."""
    world = make_world(
        engine, folder, SettableClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC)), random.Random(7).randbytes
    )
    world = _with_everybody(world)
    with world.app.begin() as work:
        world.version = publish(work, parse({"policy.yaml": FULL}), world.version.maps, by="test")
        for one in (world.lin, world.qing):
            change(work, one, add=("verified.phone",))
    _mark_stores(world)
    boundless(world)
    return Town(world, _agent(world), {who: {} for who in MARKS})


def _with_everybody(world: World) -> World:
    settings = world.app.settings.model_copy(
        update={
            "staff": (OFFICER, *(f"{address}={role}" for role, address in STAFF.items())),
            "api_keys": (f"shop:{hashlib.sha256(KEY.encode()).hexdigest()}",),
            "banner_origins": (SITE,),
            "drp_business": BUSINESS,
            "base_url": "https://privacy.kaiconn.example",  # passkeys want a name, and HTTPS
        }
    )
    world.app = replace(world.app, settings=settings)
    world.web = create(world.app)
    return world


def _mark_stores(world: World) -> None:
    for phone, mark in ((LIN_PHONE, MARKS["lin"]), (QING_PHONE, MARKS["qing"])):
        world.company.execute("shop", f"UPDATE member SET nickname = '{mark}-nickname' WHERE phone = '{phone}'")


def _agent(world: World) -> TestAgent:
    client = TestClient(world.web, base_url=ORIGIN, raise_server_exceptions=False)
    made = TestAgent("GOOD_AGENT", BUSINESS, client, b"a" * 32)
    with world.app.begin() as work:
        agents.add(work, agents.agent(made.id, "Agent", "desk@agent.example", made.verify_key))
    assert made.set_up(world.clock.now()).status_code == 200
    return made


def _past(town_: Town, who: str) -> None:
    """What one person has behind them. The order matters: what is carried out keeps what comes later waiting."""
    mark, owned = MARKS[who], town_.owned[who]
    world, vault = town_.world, town_.world.app.vault
    _ask(town_, who, Kind.COPY)
    _ask(town_, who, Kind.ACCESS)
    world.run_due()
    for kind in Kind:
        if WAYS[kind] is Way.CHOICE and kind is not Kind.RESTRICTION:
            purposes = ("push",) if kind is Kind.OBJECTION else ()
            _ask(town_, who, kind, Details(purposes=purposes))
    complaint = _ask(town_, who, Kind.COMPLAINT, Details(text=f"{mark}-complaint"))
    question = _ask(town_, who, Kind.EXPLANATION, Details(text=f"{mark}-explanation"))
    owned["document"] = _shown(town_, who, _by_another(town_, who))
    owned["passkey"] = _passkey(town_, who)
    owned["agent"] = _through_agent(town_, who)
    _ask(town_, who, Kind.CLOSE_ACCOUNT)
    with world.app.begin() as work:
        owned["hold"] = holds.place(work, vault, town_.people[who], "file 12 of the court", by=OFFICER).id
    _ask(town_, who, Kind.ERASURE)
    world.run_due()
    with world.app.begin() as work:
        review.ask(work, vault, question, f"{mark}-question", by=OFFICER)
        review.answer(work, vault, complaint, f"{mark}-answer", by=OFFICER)
    later = _ask(town_, who, Kind.COMPLAINT, Details(text=f"{mark}-second complaint"))
    with world.app.begin() as work:
        review.refuse(work, vault, later, "repeated", reason=f"{mark}-reason", by=OFFICER)
    open_one = _ask(town_, who, Kind.COMPLAINT, Details(text=f"{mark}-third complaint"))
    with world.app.begin() as work:
        given = {"ground": "repeated", "reason": f"{mark}-proposal"}
        owned["proposal"] = proposals.add(work, vault, open_one, "refuse", given, by=OFFICER).id


def _ask(town_: Town, who: str, kind: Kind, details: Details | None = None) -> str:
    world = town_.world
    with world.app.begin() as work:
        return service.open_request(
            work,
            world.app.vault,
            world.version,
            town_.people[who],
            kind,
            language="en",
            channel="portal",
            jobs=world.app.jobs,
            details=details or Details(),
        ).id


def _by_another(town_: Town, who: str) -> Request:
    world, mark = town_.world, MARKS[who]
    with world.app.begin() as work:
        return service.open_request(
            work,
            world.app.vault,
            world.version,
            town_.people[who],
            Kind.PORTABILITY,
            language="en",
            channel="post",
            jobs=world.app.jobs,
            party=party("agent", f"{mark}-agent", f"{mark}@agent.example"),
        )


def _shown(town_: Town, who: str, request: Request) -> str:
    """A document for a request that waits for proof."""
    world = town_.world
    with world.app.begin() as work:
        content = f"%PDF-1.4\n% {MARKS[who]}-document\nstartxref\n0\n%%EOF\n".encode()
        return evidence.keep_document(work, world.app.vault, request, content).id


def _passkey(town_: Town, who: str) -> str:
    """A passkey, as if a browser had made it: only that it is somebody's matters here."""
    vault, subject = town_.world.app.vault, town_.people[who]
    with town_.world.app.begin() as work:
        number = work.new_id("key")
        held = {"id": MARKS[who], "key": "", "name": f"{MARKS[who]}-passkey"}
        sealed = subjects.seal(work, vault, subject, json.dumps(held).encode(), context=f"passkey:{number}")
        values = {"lookup": vault.lookup("passkey", MARKS[who]), "subject": subject, "id": number, "sealed": sealed}
        work.db.execute(sa.insert(passkey).values(**values, uses=0, made_at=work.at))
    return number


def _through_agent(town_: Town, who: str) -> str:
    """What the agent asks for in the person's name, waiting for them to confirm it; the agent's own id of it."""
    email = {"lin": LIN_EMAIL, "qing": QING_EMAIL}[who]
    told = town_.agent.exercise(town_.world.clock.now(), exercise="access:categories", email=email)
    assert told.status_code == 200, told.text
    return str(told.json()["request_id"])


def _archive(town_: Town, folder: Path) -> None:
    """From now on somebody looks through papers for everybody: each person's next copy waits for them."""
    world, secret = town_.world, folder / "archive.address"
    secret.write_text("mailto:archive@kaiconn.example")
    archive = parse_maps({"archive.yaml": ARCHIVE.format(secret=secret)})["archive"].value
    with world.app.begin() as work:
        maps = {**world.version.maps, "archive": archive}
        world.version = publish(work, world.version.policy, maps, by="test")
    for who in MARKS:
        _ask(town_, who, Kind.COPY)
    world.run_due()


Samples = Callable[[Town, str], list[str]]
"""The values that a part of an address may have where it is about a person; the first is the most telling."""


def _requests(town_: Town, who: str) -> list[str]:
    return [one.id for one in town_.requests_of(who)]


def _events(town_: Town, who: str) -> list[str]:
    rows = town_.theirs(who)["consent_event"]
    return [found[0] for found in (re.findall(r"evt-\w+", row) for row in rows) if found]


def _tasks(town_: Town, who: str) -> list[str]:
    mine = _requests(town_, who)
    with town_.world.app.begin() as work:
        return [one.id for one in tasks.listing(work, everything=True) if one.errand in mine]


PRIVATE: Final[Mapping[str, Samples]] = {
    "request_id": _requests,
    "hold_id": lambda town_, who: [town_.owned[who]["hold"]],
    "event": _events,
    "document_id": lambda town_, who: [town_.owned[who]["document"]],
    "evidence_id": lambda town_, who: [town_.owned[who]["document"]],
    "passkey_id": lambda town_, who: [town_.owned[who]["passkey"]],
    "proposal_id": lambda town_, who: [town_.owned[who]["proposal"]],
    "task_id": _tasks,
    "value": lambda town_, who: [town_.people[who]],
}
"""The parts of addresses that name something of one person."""

COMMON: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("complaint", "objection", "withdrawal", "erasure"),
    "matter": ("push",),
    "policy": ("kaiconn",),
    "version_id": ("kaiconn:1", "kaiconn:2"),
    "number": ("1", "2"),
    "old": ("1",),
    "new": ("2",),
    "name": ("troth.css",),
    "agent_id": ("GOOD_AGENT",),
    "who": ("agent", "guardian", "close-relative"),
    "act": ("proceed",),
    "item": ("account.nickname", "account.email"),
    "recipient": ("getui",),
    "token": ("none",),
    "end": ("none",),
}
"""The parts of addresses that are the same for everybody."""


@dataclass(frozen=True)
class Address:
    """One way in: a method and the pattern of a path; `who` may call it."""

    method: str
    path: str
    who: str
    route: Any

    @property
    def parts(self) -> list[str]:
        """The names in the pattern."""
        return re.findall(r"\{(\w+)\}", self.path)

    @property
    def private(self) -> bool:
        """Whether it names something of one person."""
        return bool(set(self.parts) & set(PRIVATE))

    def filled(self, town_: Town, owner: str, choose: Callable[[list[str]], str] = lambda found: found[0]) -> str:
        """An address of that pattern. `owner` is the person whose things it names; `choose` picks one of several."""

        def value(part: str) -> str:
            if part == "request_id" and self.path.startswith(("/agents/", "/drp/")):
                return str(town_.owned[owner]["agent"])
            found = PRIVATE[part](town_, owner) if part in PRIVATE else list(COMMON[part])
            return choose(found)

        return re.sub(r"\{(\w+)\}", lambda part: value(part[1]), self.path)


def addresses(town_: Town) -> list[Address]:
    """Every way in that there is, as the routes themselves say."""
    found = [
        Address(method, str(route.path), declared(route) or "", route)
        for route in iter_route_contexts(town_.world.web.routes)
        for method in sorted(route.methods or ())
    ]
    return sorted(found, key=lambda one: (one.path, one.method))


def built(engine: sa.Engine, folder: Path) -> Town:
    """The town with its past: two people have asked for everything."""
    made = bare(engine, folder)
    for who in MARKS:
        _past(made, who)
    _archive(made, folder)
    return made


def boundless(world: World) -> None:
    """Let everybody try as often as they like: for tests of something else."""
    for name in limits(world):
        setattr(world.web.state, name, Limit(10**9, timedelta(seconds=1)))


def limits(world: World) -> dict[str, Limit]:
    """Every limit on tries that the application keeps, by its name."""
    return {name: one for name, one in world.web.state._state.items() if isinstance(one, Limit)}
