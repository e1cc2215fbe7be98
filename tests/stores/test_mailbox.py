"""A store without a machine interface: one dated task for what is asked, answered by a clerk, kept while needed."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.requests.proofs import RIGHT, TIERED, send_in
from tests.requests.world import MINE, OTHER, Crash, World, crashing
from tests.requests.world import world as make_world
from tests.support.application import KeptMail, Outbox
from troth.app.sending.tasks import Office, tell_tasks
from troth.base.clock import SettableClock
from troth.base.errors import ConflictError, InputError, UnavailableError
from troth.base.sensitive import Sensitive
from troth.base.work import Begin
from troth.datamap.model import Person
from troth.datamap.read import parse
from troth.journal import service as journal
from troth.policy.read import parse as parse_policy
from troth.requests import service as requests
from troth.requests.desk import counting
from troth.requests.details import Details
from troth.requests.fulfilment import errands, fulfil, package
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.ports import Stores
from troth.requests.proof import identity
from troth.requests.proof.matching import match_due
from troth.requests.proof.points import askable
from troth.stores.mailbox import service, tables
from troth.stores.mailbox.answers import read
from troth.stores.mailbox.model import Count, Task, WaitsError, due
from troth.stores.mailbox.store import Desk, MailboxStore
from troth.stores.model import Corrected, Correction, Errand, NewValue
from troth.stores.open import open_store
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.versions import service as versions
from troth.versions.model import Version

ARCHIVE = """
store: archive
kind: mailbox
label: {zh: 纸质档案, en: the paper archive}
url: env:ARCHIVE
datasets:
  letters:
    label: {zh: 来信, en: letters}
    key: none
    identifies: {phone: phone}
    fields: {phone: account.phone, date: none, name: account.nickname, text: order.record,
             note: {item: none, disclose: never}}
  contracts:
    label: {zh: 合同, en: contracts}
    key: none
    identifies: {phone: phone}
    erase: {keep: retention.orders}
    fields: {phone: account.phone, number: order.record}
"""
MAP = parse({"archive.yaml": ARCHIVE})["archive"]
CLERK = "archive@kaiconn.example"
OFFICER = "officer@kaiconn.example"
LETTERS: list[dict[str, Any]] = [
    {"phone": MINE, "date": "2026-01-31", "name": "小林", "text": "寄回 lamp", "note": "angry"},
    {"phone": MINE, "date": None},
]


@dataclass
class Clerk:
    """Somebody at the edge of the world: a cupboard of letters, and mails that they answer."""

    held: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"letters": list(LETTERS), "contracts": []})

    def answer(self, office: Archive, task: Task) -> None:
        """Do what the task says, and have the answer written down."""
        mine = {name: rows for name, rows in self.held.items() if rows}
        counts = {name: Count(len(rows)) for name, rows in mine.items()}
        sent = None
        if task.act == "access":
            sent = read(MAP, json.dumps(mine).encode()) if mine else None
        elif task.act == "erase":
            counts.pop("contracts", None)
            self.held["letters"] = []
        elif task.act == "correct":
            with office.world.begin() as work:
                new = service.asked(work, office.world.vault, task).values
            for row in self.held["letters"]:
                row.update({"name": new["account.nickname"].reveal()} if "name" in row else {})
            counts = {"letters": Count(1)}
        office.done(task, counts, sent=sent)


@dataclass
class Archive:
    """The company of `world` with one more store, where somebody answers."""

    world: World
    outbox: Outbox = field(default_factory=Outbox)
    clerk: Clerk = field(default_factory=Clerk)

    def stores(self, _version: Version) -> Stores:
        desk = Desk(self.world.begin, self.world.vault)
        return {**self.world.company.stores, "archive": open_store(MAP, lambda _: f"mailto:{CLERK}", desk=desk)}

    def run(self, request: Request, begin: Begin | None = None) -> Request:
        return fulfil.run(begin or self.world.begin, self.world.vault, self.stores, request.id)

    def tell(self) -> int:
        office = Office(KeptMail(self.outbox), (OFFICER,), "https://privacy.kaiconn.example")
        return tell_tasks(self.world.begin, self.world.vault, office)

    def tasks(self, *, everything: bool = False) -> tuple[Task, ...]:
        with self.world.begin() as work:
            return service.listing(work, everything=everything)

    def task(self) -> Task:
        (one,) = self.tasks()
        return one

    def done(self, task: Task, counts: Mapping[str, Count], *, sent: Any = None) -> Task:
        with self.world.begin() as work:
            vault, jobs = self.world.vault, self.world.jobs
            return errands.done(work, vault, jobs, task.id, counts, by=OFFICER, sent=sent)

    def refuse(self, task: Task, reason: str) -> Task:
        with self.world.begin() as work:
            return errands.refuse(work, self.world.vault, self.world.jobs, task.id, reason, by=OFFICER)

    def carried_out(self, request: Request) -> Request:
        """Run it, and have the clerk answer whatever is asked, until it is over."""
        done = request
        for _ in range(5):
            done = self.run(request)
            if done.closed:
                return done
            for task in self.tasks():
                self.clerk.answer(self, task)
        raise AssertionError(done)

    def person(self) -> Person:
        with self.world.begin() as work:
            known = subjects.identifiers(work, self.world.vault, self.world.subject)
        return Person(self.world.subject, tuple((one.kind, one.value) for one in known))

    def packed(self, request: Request) -> dict[str, Any]:
        with self.world.begin() as work:
            content = package.read(work, self.world.vault, request.id)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


@pytest.fixture
def archive(begin: Begin, clock: SettableClock, tmp_path: Path) -> Archive:
    made = make_world(begin, clock, tmp_path)
    with begin() as work:
        maps = {**made.version.maps, "archive": MAP.value}
        made.version = versions.publish(work, made.version.policy, maps, by="test")
    return Archive(made)


def whole(begin: Begin) -> str:
    """Everything that lies in the table of tasks, and in the journal, as text."""
    with begin() as work:
        rows = [tuple(row) for row in work.db.execute(sa.select(tables.task))]
        return repr(rows) + repr([one.leaf for one in journal.entries(work, 0, 1000)])


def test_a_copy_waits_for_the_clerk_and_has_what_they_sent(archive: Archive) -> None:
    request = archive.world.open("copy")
    waiting = archive.run(request)
    assert (waiting.state, waiting.blocked) == (State.BLOCKED, "stores.waits-for-task")
    task = archive.task()
    assert (task.act, task.errand, task.reference, task.address) == ("access", request.id, request.reference, CLERK)
    assert request.due is not None
    assert archive.world.clock.now() < task.due_at < request.due.due_at
    archive.clerk.answer(archive, task)
    assert request.id in archive.world.asked, "the answer has it run at once"
    done = archive.run(request)
    assert done.state is State.FULFILLED
    letters = archive.packed(done)["data/archive/letters.json"]
    assert letters["total"] == 2
    assert [row.get("text") for row in letters["rows"]] == ["寄回 lamp", None]
    assert "angry" not in json.dumps(letters), "what is never disclosed is not"


def test_what_is_asked_again_is_the_same_task(archive: Archive) -> None:
    request = archive.world.open("copy")
    for _ in range(3):
        archive.run(request)
    assert len(archive.tasks()) == 1
    archive.run(archive.world.open("copy", subject=archive.world.other))
    assert len(archive.tasks()) == 2, "somebody else is another task"


def test_a_mail_names_only_what_finds_the_person_and_nothing_lies_about_in_the_clear(archive: Archive) -> None:
    archive.run(archive.world.open("copy"))
    assert archive.tell() == 1
    ((to, text),) = archive.outbox.sent
    assert to == CLERK
    assert MINE in text
    assert OTHER not in text
    assert "小林" not in text
    assert archive.task().id in text
    assert "纸质档案 the paper archive" in text
    assert MINE not in whole(archive.world.begin)
    assert archive.tell() == 0, "once"


def test_it_is_reminded_of_once_and_told_to_be_late_once_to_staff_as_well(archive: Archive) -> None:
    archive.run(archive.world.open("copy"))
    archive.tell()
    task, clock = archive.task(), archive.world.clock
    clock.advance((task.due_at - clock.now()) * 0.8)
    assert [archive.tell(), archive.tell()] == [1, 0]
    clock.advance(task.due_at - clock.now())
    assert task.late(clock.now())
    assert [archive.tell(), archive.tell()] == [1, 0]
    assert [to for to, _ in archive.outbox.sent] == [CLERK, CLERK, CLERK, OFFICER]
    titles = [text.partition("\n")[0] for _, text in archive.outbox.sent[:3]]
    assert [title.partition(" ")[0] for title in titles] == ["任务", "提醒：任务即将到期", "任务已逾期"]
    assert MINE not in archive.outbox.sent[3][1]


def test_a_mail_server_that_is_down_delays_the_mail_and_loses_none(archive: Archive) -> None:
    archive.run(archive.world.open("copy"))
    archive.outbox.down = True
    assert archive.tell() == 0
    archive.outbox.down = False
    assert archive.tell() == 0, "it waits for a while"
    archive.world.clock.advance(service.LEASE)
    assert archive.tell() == 1


def test_an_erasure_asks_what_is_held_then_has_it_erased_and_certifies_it(archive: Archive) -> None:
    archive.clerk.held["contracts"] = [{"phone": MINE, "number": "c-1"}]
    request = archive.world.open("erasure")
    archive.run(request)
    assert archive.task().act == "look"
    assert archive.world.mine_left_in("shop")["member"] == 1, "nothing is erased before everybody has said what is held"
    archive.clerk.answer(archive, archive.task())
    archive.run(request)
    assert archive.task().act == "erase"
    assert archive.world.mine_left_in("shop")["member"] == 0, "what answers by itself waits for nobody"
    done = archive.carried_out(request)
    assert done.state is State.FULFILLED
    with archive.world.begin() as work:
        made = requests.certificate(work, request.id)
    assert made is not None
    (mine,) = [one for one in made.body["stores"] if one["store"] == "archive"]
    lines = {one["dataset"]: one for one in mine["datasets"]}
    assert (lines["letters"]["found"], lines["letters"]["changed"], lines["letters"]["left"]) == (2, 2, 0)
    assert lines["contracts"]["grounds"] == [{"ground": "retention.orders", "rows": 1}]
    assert [one.act for one in archive.tasks(everything=True)] == ["look", "erase"]


def test_a_clerk_who_holds_nothing_is_not_asked_to_erase_it(archive: Archive) -> None:
    archive.clerk.held = {"letters": [], "contracts": []}
    done = archive.carried_out(archive.world.open("erasure"))
    assert done.state is State.FULFILLED
    assert [one.act for one in archive.tasks(everything=True)] == ["look"]


def test_rows_that_were_neither_erased_nor_kept_are_asked_for_again(archive: Archive) -> None:
    request = archive.world.open("erasure")
    archive.run(request)
    archive.clerk.answer(archive, archive.task())
    archive.run(request)
    archive.done(archive.task(), {"letters": Count(1)})
    assert archive.run(request).state is State.BLOCKED
    again = archive.task()
    assert (again.act, again.round) == ("erase", 1)
    archive.done(again, {"letters": Count(1, 1, "retention.orders")})
    assert archive.run(request).state is State.FULFILLED


def test_a_task_that_is_refused_blocks_in_sight_and_can_still_be_answered(archive: Archive) -> None:
    request = archive.world.open("copy")
    archive.run(request)
    refused = archive.refuse(archive.task(), "the cellar is under water")
    assert refused.outcome == "refused"
    assert "under water" not in whole(archive.world.begin)
    assert archive.run(request).blocked == "stores.task-refused"
    with archive.world.begin() as work:
        assert service.reason(work, archive.world.vault, refused) == "the cellar is under water"
    archive.clerk.answer(archive, refused)
    assert archive.run(request).state is State.FULFILLED
    with pytest.raises(ConflictError):
        archive.refuse(refused, "too late")


def test_when_the_request_is_over_nothing_of_it_is_kept_and_nobody_is_written_to(archive: Archive) -> None:
    request = archive.world.open("copy")
    archive.carried_out(request)
    assert archive.tell() == 0
    with archive.world.begin() as work:
        (row,) = work.db.execute(sa.select(tables.task.c.sealed, tables.task.c.answer, tables.task.c.counts))
    assert (row.sealed, row.answer) == (None, None)
    assert row.counts["letters"]["done"] == 2
    assert archive.outbox.sent == []


def test_a_person_whose_key_is_destroyed_is_asked_for_no_more(archive: Archive) -> None:
    request = archive.world.open("copy")
    archive.run(request)
    with archive.world.begin() as work:
        subjects.shred(work, archive.world.vault, archive.world.subject)
    archive.run(request)
    archive.tell()
    assert archive.tasks() == ()
    assert [one.outcome for one in archive.tasks(everything=True)] == ["dropped"]
    with pytest.raises(ConflictError):
        archive.done(archive.tasks(everything=True)[0], {})


def test_a_correction_is_a_task_with_the_new_value_and_is_done_when_every_row_has_it(archive: Archive) -> None:
    errand = Errand(archive.world.open("copy").id, "K-1", archive.world.version.id, None, erases=False)
    store = archive.stores(archive.world.version)["archive"]
    assert isinstance(store, MailboxStore)
    asked = store.on(errand)
    other = NewValue("account.phone", identifier("phone", "+8619900000009").value, "phone")
    wanted = [Correction(archive.person(), (other,))]
    with pytest.raises(WaitsError):
        asked.rehearse_correction(wanted)
    archive.clerk.answer(archive, archive.task())
    due_ = Corrected("letters", "phone", "account.phone", 2, 2, 0)
    assert asked.rehearse_correction(wanted) == (due_,)
    with pytest.raises(WaitsError):
        asked.correct(wanted)
    archive.tell()
    assert "手机号码 mobile number = +8619900000009" in archive.outbox.sent[-1][1]
    assert "9000000" not in whole(archive.world.begin)
    archive.done(archive.task(), {"letters": Count(1)})
    with pytest.raises(WaitsError):
        asked.correct(wanted)
    archive.done(archive.task(), {"letters": Count(2)})
    assert asked.correct(wanted) == (due_,)
    assert asked.correct(wanted) == (due_,), "twice is once"
    assert asked.rehearse_correction(wanted) == (Corrected("letters", "phone", "account.phone", 2, 0, 0),)
    assert archive.tasks() == ()
    another = [Correction(archive.person(), (NewValue("order.record", Sensitive("x")),))]
    with pytest.raises(WaitsError):
        asked.correct(another)
    assert archive.task().round == 2, "other values are another task"


def test_a_request_for_correction_waits_for_the_clerk_and_is_done_by_them(archive: Archive) -> None:
    archive.clerk.held["letters"] = [dict(row) for row in LETTERS]
    request = archive.world.open("correction", details=Details(changes=(("account.nickname", "Lin"),)))
    done = archive.carried_out(request)
    assert done.state is State.FULFILLED
    assert [one.act for one in archive.tasks(everything=True)] == ["access", "correct"]
    assert [row.get("name") for row in archive.clerk.held["letters"]] == ["Lin", None]
    assert "Lin" in {row[2] for row in archive.world.company.rows("shop", "member")}


def test_killed_at_any_step_it_makes_one_task_and_goes_on(archive: Archive) -> None:
    """A worker dies as it opens its n-th unit, or before it commits it; the next run finds what is written."""
    request, begin = archive.world.open("copy"), archive.world.begin
    for number in range(12):
        for before_commit in (False, True):
            dying, _ = crashing(begin, number, before_commit=before_commit)
            archive.world.begin = dying
            with contextlib.suppress(Crash):
                archive.run(request, dying)
            archive.world.begin = begin
    archive.run(request)
    assert len(archive.tasks(everything=True)) == 1
    assert archive.carried_out(request).state is State.FULFILLED


WRONG: dict[str, tuple[dict[str, Count], bytes | None, str]] = {
    "no such dataset": ({"lettres": Count(1)}, None, "tasks.unknown-dataset"),
    "less than none": ({"letters": Count(-1)}, None, "tasks.bad-count"),
    "kept when only asked for": ({"letters": Count(0, 1, "retention.orders")}, None, "tasks.bad-count"),
    "the number alone": ({"letters": Count(2)}, None, "tasks.rows-missing"),
    "another number": ({"letters": Count(2)}, b'{"letters": [{"date": "x"}]}', "tasks.rows-missing"),
}


def test_an_answer_that_cannot_be_is_not_taken(archive: Archive) -> None:
    archive.run(archive.world.open("copy"))
    for wrong, (counts, rows, code) in WRONG.items():
        with pytest.raises(InputError) as refused:
            archive.done(archive.task(), counts, sent=read(MAP, rows) if rows else None)
        assert refused.value.code == code, wrong
        assert archive.task().outcome is None


def test_rows_stay_for_a_clause_of_the_policy_only(archive: Archive) -> None:
    request = archive.world.open("erasure")
    archive.run(request)
    archive.clerk.answer(archive, archive.task())
    archive.run(request)
    for ground, code in ((None, "tasks.no-ground"), ("retention.ordres", "policy.unknown-clause")):
        with pytest.raises(InputError) as refused:
            archive.done(archive.task(), {"letters": Count(0, 2, ground)})
        assert refused.value.code == code


READ: dict[str, tuple[bytes, str | None, str | None]] = {
    "json": (b'{"letters": [{"date": "1", "text": null}]}', None, None),
    "a list": (b'[{"date": "1"}]', "letters", None),
    "csv": ("\ufeffdate,text\n1,寄回\n".encode(), "letters", None),
    "csv of nobody knows what": (b"date\n1\n", None, "tasks.unknown-dataset"),
    "words": (b"there is nothing here", "letters", "tasks.unknown-field"),
    "nothing at all": (b"", "letters", "tasks.unknown-field"),
    "a header alone": (b"date,text\n", "letters", None),
    "another field": (b'{"letters": [{"dates": "1"}]}', None, "tasks.unknown-field"),
    "another dataset": (b'{"lettres": []}', None, None),
    "another dataset with a row": (b'{"lettres": [{}]}', None, "tasks.unknown-dataset"),
    "no rows": (b'{"letters": {"date": 1}}', None, "tasks.not-read"),
    "a row that is none": (b'{"letters": [1]}', None, "tasks.not-read"),
    "a nest": (b'{"letters": [{"date": {}}]}', None, "tasks.not-read"),
    "deep": (b"[" * 100_000, "letters", "tasks.not-read"),
    "not text": (b"\xff\xfe\x00", "letters", "tasks.not-read"),
    "a short row": (b"date,text\n1\n", "letters", "tasks.not-read"),
    "a quote left open": (b'date\n"1\n', "letters", "tasks.not-read"),
    "too much": (b" " * (21 << 20), None, "tasks.too-large"),
}


@pytest.mark.parametrize("case", READ)
def test_an_answer_is_read_or_refused_with_what_to_do(case: str) -> None:
    content, dataset, code = READ[case]
    if code is None:
        found = read(MAP, content, dataset)
        assert all(row["date"] == "1" for rows in found.values() for row in rows)
        return
    with pytest.raises(InputError) as refused:
        read(MAP, content, dataset)
    assert refused.value.code == code
    assert refused.value.hint


@pytest.mark.parametrize("address", ["", "archive", "https://archive.example", "a b@c.example", "mailto:"])
def test_a_mailbox_without_an_address_is_refused(address: str) -> None:
    with pytest.raises(InputError) as refused:
        open_store(MAP, lambda _: address)
    assert refused.value.code == "stores.bad-url"


def test_asked_without_an_errand_it_has_no_answer_and_makes_no_task(archive: Archive) -> None:
    store = archive.stores(archive.world.version)["archive"]
    assert isinstance(store, MailboxStore)
    assert store.check() == ()
    for act in (store.look, store.erase, store.rehearse, lambda people: list(store.access(people))):
        with pytest.raises(UnavailableError) as failed:
            act([archive.person()])
        assert failed.value.code == "stores.by-hand"
    assert archive.tasks() == ()


def test_nobody_is_asked_for_what_has_to_be_known_at_once_and_the_other_stores_answer(archive: Archive) -> None:
    world = archive.world
    with world.begin() as work:
        policy = parse_policy({"policy.yaml": TIERED})
        world.version = versions.publish(work, policy, {**world.version.maps, "archive": MAP.value}, by="test")
    request = world.open("copy")
    send_in(world, request, RIGHT)
    assert match_due(world.begin, world.vault, archive.stores, world.jobs) == 1
    with world.begin() as work:
        assert identity.missing(work, request.id) == ("declaration",)
    found = counting.count(world.begin, world.vault, archive.stores, request.id)
    assert {one.store for one in found} == {"shop", "push"}
    assert archive.tasks() == ()
    alone = replace(world.version, maps={"archive": MAP.value})
    assert askable(alone) == (), "what only somebody could look up is not asked"


def test_a_task_is_due_before_the_deadline_and_never_before_it_is_made(clock: SettableClock) -> None:
    at = clock.now()
    assert due(at, at + timedelta(days=30)) == at + timedelta(days=20)
    assert due(at, at - timedelta(days=1)) == at
    assert due(at, None) == at + timedelta(days=14)
