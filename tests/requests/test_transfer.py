"""A package for another controller: chosen from a list, signed, sent, signed for; or left for the person to fetch."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.requests.world import MINE, OTHER, World
from tests.requests.world import world as make_world
from tests.support.json_server import JsonServer, Told, json_server
from troth.app.sending.outward import Outward, networks
from troth.app.sending.transfers import HEADER, Carrier, carry_due
from troth.base.clock import SettableClock
from troth.base.errors import ConflictError, InputError, TrothError
from troth.base.work import Begin
from troth.journal import note
from troth.journal import service as journal
from troth.journal.model import Signer
from troth.requests.details import Details
from troth.requests.exchange import arrivals, controllers, transfer
from troth.requests.exchange.transfer import GIVEN_UP_AFTER, LEASE, Letter, Transfer
from troth.requests.fulfilment import disclosures, package
from troth.requests.machine import State
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier

OURS = Signer.from_seed("privacy.kaiconn.example/log", b"o" * 32)
THEIRS = Signer.from_seed("privacy.other.example/log", b"t" * 32)
STRANGER = Signer.from_seed("privacy.kaiconn.example/log", b"x" * 32)
NAMES = {"zh": "另一家", "en": "the other one"}
HERE = Outward(networks(["127.0.0.0/8"]), seconds=2)


@dataclass
class Two:
    """Us, and another controller on a server of its own, which keeps what arrives beside what is ours."""

    world: World
    server: JsonServer

    def receive(self, one: Told) -> tuple[int, Any]:
        """What the other controller does with what it is sent."""
        signed = base64.b64decode(one.headers[HEADER.lower()]).decode()
        try:
            with self.world.begin() as work:
                return 201, {"receipt": arrivals.take(work, self.world.vault, THEIRS, signed, one.body)}
        except TrothError as error:
            return error.status, {"code": error.code}

    def carry(self) -> int:
        return carry_due(self.world.begin, self.world.vault, self.world.jobs, Carrier(OURS, HERE))

    def ask(self, to: str = "other") -> Request:
        return self.world.open("portability", details=Details(to=to))

    def transfer(self, request: Request) -> Transfer:
        with self.world.begin() as work:
            found = transfer.of(work, request.id)
        assert found is not None
        return found

    def arrived(self) -> tuple[arrivals.Arrival, ...]:
        with self.world.begin() as work:
            return arrivals.listed(work)

    def kinds(self) -> list[str]:
        with self.world.begin() as work:
            return [one.kind for one in journal.entries(work, 0, 1000) if one.kind.startswith("transfer.")]


@pytest.fixture
def two(begin: Begin, clock: SettableClock, tmp_path: Path) -> Iterator[Two]:
    with json_server() as server:
        made = Two(make_world(begin, clock, tmp_path), server)
        server.answers = made.receive
        with begin() as work:
            url = f"{server.address}/api/v1/transfers"
            controllers.add(work, controllers.controller("other", NAMES, THEIRS.vkey, url))
            controllers.add(work, controllers.controller("us", NAMES, OURS.vkey))
        yield made


def test_what_was_packed_is_sent_signed_for_and_only_then_the_request_is_done(two: Two) -> None:
    request = two.ask()
    waiting = two.world.run(request)
    assert (waiting.state, waiting.blocked) == (State.BLOCKED, "requests.waits-for-receiver")
    assert two.carry() == 1
    assert request.id in two.world.asked, "it goes on at once"
    assert two.world.run(request).state is State.FULFILLED
    found = two.transfer(request)
    assert found.state == "sent"
    assert found.receipt is not None
    assert found.receipt.startswith("troth-receipt/1\n" + found.id)
    sent = json.loads(two.server.told[0].body)
    assert sent["person"] == [{"kind": "phone", "value": MINE}]
    rows = {one["dataset"]: one["rows"] for one in sent["data"]}
    assert {row["what"] for row in rows["orders"]} == {"lamp", "lock"}
    assert "secret-1" not in two.server.told[0].body.decode(), "what is never disclosed is not"
    assert OTHER not in two.server.told[0].body.decode()
    assert two.kinds() == ["transfer.arrived", "transfer.sent"]
    with two.world.begin() as work:
        assert package.read(work, two.world.vault, request.id), "the person can fetch it as well"
    assert two.carry() == 0


def test_what_was_sent_stands_in_the_person_s_record_of_disclosures_and_what_was_not_does_not(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    two.server.answers = lambda _: (503, None)
    two.carry()
    with two.world.begin() as work:
        assert disclosures.recorded(work, two.world.subject) == ()
    two.world.clock.advance(timedelta(hours=1))
    two.server.answers = two.receive
    two.carry()
    with two.world.begin() as work:
        (found,) = disclosures.recorded(work, two.world.subject)
        assert "disclosure.made" in {one.kind for one in journal.entries(work, 0, 1000)}
    assert (found.to.name, found.to.kind, found.action, found.at) == (
        NAMES,
        "controller",
        "transfer",
        two.world.clock.now(),
    )
    assert found.items == ("account.nickname", "account.phone", "device.imei", "order.record")


def test_of_two_workers_of_which_one_was_slow_the_first_to_end_a_transfer_did(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    slow = two.transfer(request)
    two.carry()
    with two.world.begin() as work:
        transfer.refused(work, slow, "transfers.refused")
        transfer.not_sent(work, slow, "outward.unavailable")
        transfer.sent(work, two.world.vault, slow, two.server.told[0].body, "another receipt")
    assert two.transfer(request).state == "sent"
    assert two.kinds() == ["transfer.arrived", "transfer.sent"]


def test_it_is_read_once_however_long_the_receiver_takes(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    for store in two.world.company.stores.values():
        store.on = False
    assert two.world.run(request).blocked == "requests.waits-for-receiver"
    two.carry()
    assert two.world.run(request).state is State.FULFILLED


def test_a_receiver_that_is_away_is_tried_again_and_given_up_in_time(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    two.server.answers = lambda _: (503, None)
    begun = two.world.clock.now()
    tries = 0
    while two.transfer(request).state == "packed":
        assert two.carry() == 0
        two.world.clock.advance(timedelta(hours=2))
        tries += 1
        assert tries < 60
    assert two.world.clock.now() - begun < GIVEN_UP_AFTER + timedelta(hours=6)
    assert 10 < len(two.server.told) < 40
    assert two.transfer(request).state == "failed"
    done = two.world.run(request)
    assert done.state is State.FULFILLED, "the person fetches it"
    assert two.kinds() == ["transfer.failed"]


def test_near_the_deadline_it_is_not_tried_any_longer(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    assert request.due is not None
    two.world.clock.advance(request.due.due_at - two.world.clock.now() - timedelta(hours=20))
    two.server.answers = lambda _: (503, None)
    two.carry()
    assert two.transfer(request).state == "failed"
    assert two.world.run(request).state is State.FULFILLED


def test_a_receiver_that_will_not_have_it_is_not_asked_twice(two: Two) -> None:
    for number, status in enumerate([400, 403, 404, 409, 413, 422], start=1):
        request = two.ask()
        two.world.run(request)
        two.server.answers = lambda _, status=status: (status, None)
        two.carry()
        assert two.transfer(request).state == "refused"
        assert two.world.run(request).state is State.FULFILLED
        two.carry()
        assert len(two.server.told) == number


def test_an_answer_that_was_lost_makes_no_second_package_there(two: Two) -> None:
    request = two.ask()
    two.world.run(request)

    def lost(one: Told) -> tuple[int, Any]:
        two.receive(one)
        return 502, None

    two.server.answers = lost
    assert two.carry() == 0
    two.server.answers = two.receive
    two.world.clock.advance(timedelta(minutes=1))
    assert two.carry() == 1
    assert len(two.arrived()) == 1
    assert two.kinds().count("transfer.arrived") == 1


def test_a_receipt_that_does_not_verify_is_none(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    id_ = two.transfer(request).id
    digest = "sha256:" + "0" * 64
    for receipt in ("", "x", transfer.receipt(OURS, id_, digest, two.world.clock.now()), None):
        two.server.answers = lambda _, receipt=receipt: (201, {"receipt": receipt})
        assert two.carry() == 0
        two.world.clock.advance(timedelta(hours=4))
    for signer, what in ((THEIRS, digest), (STRANGER, digest)):
        said = transfer.receipt(signer, id_, what, two.world.clock.now())
        two.server.answers = lambda _, said=said: (201, {"receipt": said})
        assert two.carry() == 0
        two.world.clock.advance(timedelta(hours=4))
    assert two.transfer(request).state == "packed"


def test_a_transfer_whose_worker_died_is_tried_by_the_next_one(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    with two.world.begin() as work:
        assert transfer.claim(work, transfer.due(work)[0])
        assert transfer.due(work) == ()
    assert two.carry() == 0
    two.world.clock.advance(LEASE)
    assert two.carry() == 1


def test_only_where_staff_wrote_down_can_it_be_sent(two: Two) -> None:
    for nobody in ("nobody", "us", "https://evil.example", "other "):
        with pytest.raises(InputError) as refused:
            two.ask(nobody)
        assert refused.value.code == "transfers.unknown-receiver"
    with pytest.raises(InputError) as refused:
        two.world.open("copy", details=Details(to="other"))
    assert refused.value.code == "requests.detail-unfit"
    with two.world.begin() as work:
        controllers.remove(work, "other")
    with pytest.raises(InputError):
        two.ask()
    plain = two.world.open("portability")
    assert two.world.run(plain).state is State.FULFILLED, "without a receiver the person fetches it"


def test_a_receiver_that_was_struck_off_meanwhile_gets_nothing(two: Two) -> None:
    request = two.ask()
    two.world.run(request)
    with two.world.begin() as work:
        controllers.remove(work, "other")
    two.carry()
    assert two.server.told == []
    assert two.world.run(request).state is State.FULFILLED


def test_what_arrived_is_sealed_taken_in_once_and_not_kept(two: Two) -> None:
    two.world.run(two.ask())
    two.carry()
    (one,) = two.arrived()
    assert (one.controller, one.subject) == ("us", two.world.subject)
    with two.world.begin() as work:
        rows = repr(work.db.exec_driver_sql("SELECT * FROM arrival").all())
        assert MINE not in rows
        assert "lamp" not in rows
        taken = arrivals.take_in(work, two.world.vault, one.id, by="officer").reveal()
    assert json.loads(taken)["person"] == [{"kind": "phone", "value": MINE}]
    assert two.arrived() == ()
    with two.world.begin() as work, pytest.raises(InputError):
        arrivals.take_in(work, two.world.vault, one.id, by="officer")


def test_what_nobody_takes_in_goes_after_its_time_and_with_the_person_s_key(two: Two) -> None:
    two.world.run(two.ask())
    two.carry()
    two.world.clock.advance(arrivals.KEPT)
    two.carry()
    assert two.arrived() == ()


def body(**more: Any) -> bytes:
    whole = {"troth-transfer": 1, "person": [{"kind": "email", "value": "ann@mail.example"}], "data": [], **more}
    return json.dumps(whole).encode()


def offered(two: Two, content: bytes, signer: Signer = OURS, **more: Any) -> str:
    letter = {
        "id": "trf-abcdefgh", "sender": "us", "receiver": THEIRS.origin, "digest": transfer.digest(content),
        "at": two.world.clock.now(), **more,
    }  # fmt: skip
    with two.world.begin() as work:
        return arrivals.take(work, two.world.vault, THEIRS, note.sign(Letter(**letter).text, signer), content)


FORGED: dict[str, dict[str, Any]] = {
    "another key under the same name": {"signer": STRANGER},
    "somebody unknown": {"signer": Signer.from_seed("x.example", b"z" * 32)},
    "another document": {"digest": transfer.digest(b"another")},
    "for somebody else": {"receiver": "elsewhere.example"},
    "an id that is none": {"id": "../../etc"},
}


def test_what_is_not_signed_for_this_by_a_known_sender_is_not_taken(two: Two) -> None:
    for forged in FORGED.values():
        with pytest.raises(arrivals.UnknownSenderError):
            offered(two, body(), **forged)
    assert two.arrived() == ()


def test_an_old_note_is_not_taken(two: Two) -> None:
    for off in (timedelta(days=2), -timedelta(days=2)):
        with pytest.raises(arrivals.UnknownSenderError):
            offered(two, body(), at=two.world.clock.now() + off)


UNFIT: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{", "transfers.not-read"),
    "deep": (b"[" * 100_000, "transfers.not-read"),
    "another version": (body(**{"troth-transfer": 2}), "transfers.not-read"),
    "no data": (body(data=None), "transfers.not-read"),
    "nobody": (body(person=[]), "transfers.nobody-named"),
    "no person": (body(person=[{"kind": "email"}]), "transfers.not-read"),
    "a kind that is none": (body(person=[{"kind": "name", "value": "Ann"}]), "subjects.unknown-kind"),
}


def test_a_package_that_cannot_be_read_is_refused_with_what_is_wrong(two: Two) -> None:
    for unfit, (content, code) in UNFIT.items():
        with pytest.raises(InputError) as refused:
            offered(two, content)
        assert refused.value.code == code, unfit
    assert two.arrived() == ()


def test_another_document_under_the_same_id_is_refused_and_the_same_one_gets_the_same_receipt(two: Two) -> None:
    first = offered(two, body())
    two.world.clock.advance(timedelta(minutes=5))
    assert offered(two, body()) == first
    with pytest.raises(ConflictError) as refused:
        offered(two, body(more=1))
    assert refused.value.code == "transfers.differs"


def test_identifiers_of_two_people_are_not_joined_by_what_somebody_sent(two: Two) -> None:
    mine, other = ({"kind": "phone", "value": number} for number in (MINE, OTHER))
    with pytest.raises(ConflictError) as refused:
        offered(two, body(person=[mine, other]))
    assert refused.value.code == "subjects.two-people"


def test_somebody_new_can_arrive(two: Two) -> None:
    offered(two, body())
    (one,) = two.arrived()
    with two.world.begin() as work:
        assert subjects.find(work, two.world.vault, identifier("email", "ann@mail.example")) == one.subject


@pytest.mark.parametrize(
    ("id_", "names", "key", "url", "code"),
    [
        ("Other One", NAMES, THEIRS.vkey, None, "controllers.bad-id"),
        ("other", {"zh": "x", "en": " "}, THEIRS.vkey, None, "controllers.no-name"),
        ("other", NAMES, "x", None, "journal.bad-vkey"),
        ("other", NAMES, THEIRS.vkey, "ftp://x", "controllers.bad-url"),
        ("other", NAMES, THEIRS.vkey, "https://u:p@x.example/", "controllers.bad-url"),
    ],
)
def test_a_controller_is_written_down_whole_or_not(
    id_: str, names: dict[str, str], key: str, url: str | None, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        controllers.controller(id_, names, key, url)
    assert refused.value.code == code
