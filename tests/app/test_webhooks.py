"""Webhooks at a real receiver: signed, told once and again until it takes them, given up in sight, never private."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.support.json_server import JsonServer, Told, json_server
from troth.app.sending.outward import Outward, is_public, networks
from troth.app.sending.webhooks import signature, tell_webhooks, try_webhook
from troth.app.settings import read_settings
from troth.base.clock import SettableClock
from troth.base.errors import InputError, RefusedError, UnavailableError
from troth.base.work import Begin
from troth.journal import service as journal
from troth.requests.exchange import hooks
from troth.requests.exchange.hooks import GIVEN_UP_AFTER, LEASE

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()
HERE = Outward(networks(["127.0.0.0/8"]), seconds=0.3)


def resolve(reference: str) -> str:
    assert reference == "env:HOOK"
    return SECRET


@pytest.fixture
def receiver() -> Iterator[JsonServer]:
    with json_server() as made:
        made.answers = lambda _: (204, None)
        yield made


@pytest.fixture
def hook(begin: Begin, receiver: JsonServer) -> str:
    with begin() as work:
        journal.append(work, "request.opened", {"request": "req-before"})
        return hooks.add(work, f"{receiver.address}/in?a=1", "env:HOOK").id


def happen(begin: Begin, kind: str = "request.opened", /, **refs: str) -> None:
    with begin() as work:
        journal.append(work, kind, refs or {"request": "req-1"})


def tell(begin: Begin) -> int:
    return tell_webhooks(begin, HERE, resolve)


def listed(begin: Begin) -> tuple[int, int]:
    with begin() as work:
        (one,) = hooks.listed(work)
    return one.waiting, one.dead


def verified(one: Told) -> dict[str, Any]:
    """A receiver's own check, from the words of the standard."""
    signed = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert one.headers["webhook-signature"].split(" ") == [f"v1,{expected}"]
    found: dict[str, Any] = json.loads(one.body)
    return found


def test_the_signature_is_the_standard_s_own_example() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    made = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_happens_is_told_once_signed_and_without_anybody_s_data(
    begin: Begin, hook: str, receiver: JsonServer
) -> None:
    happen(begin, "request.fulfilled", request="req-1", kind="copy")
    happen(begin, "subject.registered", subject="h")
    happen(begin, "policy.published", version="kaiconn:1")
    assert tell(begin) == 2
    first, second = (verified(one) for one in receiver.told)
    assert (first["type"], first["data"]["request"], first["data"]["kind"]) == ("request.fulfilled", "req-1", "copy")
    assert second["type"] == "policy.published"
    assert [one.path for one in receiver.told] == ["/in?a=1"] * 2
    assert len({one.headers["webhook-id"] for one in receiver.told}) == 2
    assert tell(begin) == 0
    assert listed(begin) == (0, 0)


def test_the_standard_s_own_library_verifies_what_is_sent(
    begin: Begin, hook: str, receiver: JsonServer, clock: SettableClock
) -> None:
    """It goes by the machine's time, so we do as well."""
    now = parsedate_to_datetime(httpx.get(receiver.address).headers["date"])
    clock.advance(now - clock.now())
    happen(begin, "request.fulfilled", request="req-1")
    receiver.told.clear()
    assert tell(begin) == 1
    (one,) = receiver.told
    assert Webhook(SECRET).verify(one.body, dict(one.headers))["type"] == "request.fulfilled"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(one.body + b" ", dict(one.headers))


def test_what_is_not_taken_is_sent_again_later_under_the_same_id(
    begin: Begin, hook: str, receiver: JsonServer, clock: SettableClock
) -> None:
    happen(begin)
    receiver.answers = lambda _: (500, {"error": "no"})
    assert tell(begin) == 0
    assert tell(begin) == 0, "at once it is left alone"
    clock.advance(timedelta(seconds=6))
    assert tell(begin) == 0
    receiver.answers = lambda _: (200, None)
    clock.advance(timedelta(minutes=4))
    assert tell(begin) == 0, "the pause grows"
    clock.advance(timedelta(minutes=2))
    assert tell(begin) == 1
    assert len(receiver.told) == 3
    assert len({one.headers["webhook-id"] for one in receiver.told}) == 1
    assert len({one.body for one in receiver.told}) == 1
    assert len({one.headers["webhook-timestamp"] for one in receiver.told}) == 3
    for one in receiver.told:
        verified(one)


def test_one_that_fails_keeps_no_other_waiting(begin: Begin, hook: str, receiver: JsonServer) -> None:
    with begin() as work:
        hooks.add(work, f"{receiver.address}/other", "env:HOOK", ["request.opened"])
    receiver.answers = lambda one: (204, None) if one.path == "/other" else (503, None)
    for _ in range(3):
        happen(begin)
    assert tell(begin) == 3
    assert [one.path for one in receiver.told].count("/in?a=1") == 1, "it rests after its first failure"


def test_a_slow_receiver_is_not_waited_for(begin: Begin, hook: str, receiver: JsonServer) -> None:
    over = threading.Event()

    def slow(_: Told) -> tuple[int, None]:
        over.wait(5)
        return 204, None

    receiver.answers = slow
    happen(begin)
    assert tell(begin) == 0
    over.set()
    assert listed(begin) == (1, 0)


def test_one_that_is_away_for_days_is_given_up_in_sight_and_can_be_told_again(
    begin: Begin, hook: str, receiver: JsonServer, clock: SettableClock
) -> None:
    receiver.answers = lambda _: (302, f"{receiver.address}/elsewhere")
    happen(begin)
    attempts = 0
    while clock.now() < datetime(2026, 3, 2, 1, tzinfo=UTC) + GIVEN_UP_AFTER + timedelta(hours=11):
        attempts += tell(begin) == 0
        clock.advance(timedelta(hours=1))
    assert listed(begin) == (0, 1)
    with begin() as work:
        assert hooks.dead(work) == 1
    assert {one.path for one in receiver.told} == {"/in?a=1"}, "no redirect is followed"
    before = len(receiver.told)
    assert 8 < before < 30
    clock.advance(timedelta(days=30))
    assert tell(begin) == 0
    assert len(receiver.told) == before, "what was given up is not sent again by itself"
    receiver.answers = lambda _: (204, None)
    with begin() as work:
        assert hooks.again(work, hook) == 1
    assert tell(begin) == 1
    assert listed(begin) == (0, 0)


def test_one_that_says_that_it_is_gone_is_told_no_more(begin: Begin, hook: str, receiver: JsonServer) -> None:
    receiver.answers = lambda _: (410, None)
    happen(begin)
    happen(begin)
    assert tell(begin) == 0
    with begin() as work:
        assert hooks.listed(work) == ()
    assert tell(begin) == 0
    assert len(receiver.told) == 1


def test_a_message_whose_worker_died_is_sent_by_the_next_one(
    begin: Begin, hook: str, receiver: JsonServer, clock: SettableClock
) -> None:
    happen(begin)
    with begin() as work:
        hooks.queue(work)
        (one,) = hooks.due(work)
        assert hooks.claim(work, one.id)
        assert not hooks.claim(work, one.id)
    assert tell(begin) == 0
    clock.advance(LEASE)
    assert tell(begin) == 1


def test_what_was_removed_is_told_nothing_not_even_what_was_waiting(
    begin: Begin, hook: str, receiver: JsonServer
) -> None:
    happen(begin)
    with begin() as work:
        hooks.queue(work)
        hooks.remove(work, hook)
    happen(begin)
    assert tell(begin) == 0
    assert receiver.told == []
    with begin() as work, pytest.raises(InputError) as unknown:
        hooks.again(work, hook)
    assert unknown.value.code == "webhooks.unknown"


def test_more_than_one_page_of_the_journal_is_told_to_the_end(begin: Begin, hook: str, receiver: JsonServer) -> None:
    with begin() as work:
        journal.append_all(work, [("request.opened", {"request": f"req-{n}"}) for n in range(520)])
    with begin() as work:
        assert sum(iter(lambda: hooks.queue(work), 0)) == 520
        (one,) = hooks.listed(work)
    assert one.waiting == 520


def test_a_trial_is_signed_and_says_what_came_back(begin: Begin, hook: str, receiver: JsonServer) -> None:
    assert try_webhook(begin, HERE, resolve, hook).status == 204
    assert verified(receiver.told[0])["type"] == "webhook.test"


def test_an_address_that_cannot_be_told_is_refused(begin: Begin) -> None:
    for url in ("", "ftp://a.example", "https://u:p@a.example/", "https:///x", "https://a.example/#f"):
        with begin() as work, pytest.raises(InputError) as refused:
            hooks.add(work, url, "env:HOOK")
        assert refused.value.code == "webhooks.bad-url"


def test_a_secret_is_a_reference_to_something_that_can_sign(begin: Begin) -> None:
    with begin() as work, pytest.raises(InputError) as refused:
        hooks.add(work, "https://a.example/", SECRET)
    assert refused.value.code == "webhooks.bad-secret"
    assert SECRET not in f"{refused.value} {refused.value.hint}"
    for weak in ("", "secret", "whsec_c2hvcnQ=", base64.b64encode(KEY).decode(), "whsec_***"):
        with pytest.raises(InputError) as refused:
            signature(weak, "msg", datetime(2026, 1, 1, tzinfo=UTC), b"")
        assert refused.value.code == "webhooks.weak-secret"


def test_only_what_may_be_told_can_be_asked_for(begin: Begin) -> None:
    for kind in ("subject.*", "*", "request", "code.issued"):
        with begin() as work, pytest.raises(InputError) as refused:
            hooks.add(work, "https://a.example/", "env:HOOK", [kind])
        assert refused.value.code == "webhooks.unknown-kind"


PRIVATE = [
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1", "fc00::1", "ff0e::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "2002:7f00:1::", "64:ff9b::7f00:1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_never_called(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(RefusedError) as refused:
        Outward().post(f"https://{host}:1/", b"", {})
    assert refused.value.code == "outward.private-address"
    assert address not in f"{refused.value} {refused.value.hint}"


def test_a_name_that_leads_into_a_private_network_is_not_called_either(receiver: JsonServer) -> None:
    port = receiver.address.rpartition(":")[2]
    for name in ("localhost", "LOCALHOST", "127.1", "0x7f.1", "2130706433"):
        with pytest.raises((RefusedError, UnavailableError)):
            Outward().post(f"http://{name}:{port}/", b"", {})
    assert receiver.told == []


def test_an_address_of_the_newer_kind_is_called_as_it_is_written() -> None:
    """A literal of version 6, with its brackets, on the loopback of this machine."""
    with socket.socket(socket.AF_INET6) as listening:
        listening.settimeout(5)
        listening.bind(("::1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        heard: list[bytes] = []

        def hear() -> None:
            connection, _ = listening.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

        thread = threading.Thread(target=hear)
        thread.start()
        assert Outward(networks(["::1/128"])).post(f"http://[::1]:{port}/in", b"", {}).taken
        thread.join()
    assert f"Host: [::1]:{port}".encode().lower() in heard[0].lower()


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=6, network="fc00::/7"))
def test_no_address_of_a_private_network_is_public(address: Any) -> None:
    assert not is_public(address)


def test_only_allowed_networks_are_reached_and_only_there_without_encryption(receiver: JsonServer) -> None:
    receiver.answers = lambda _: (204, None)
    assert HERE.post(receiver.address, b"x", {}).status == 204
    elsewhere = Outward(networks(["10.0.0.0/8"]))
    with pytest.raises(RefusedError) as refused:
        elsewhere.check(receiver.address)
    assert refused.value.code == "outward.private-address"
    with pytest.raises(RefusedError) as refused:
        Outward().check("http://93.184.215.14/")
    assert refused.value.code == "outward.not-encrypted"
    Outward().check("https://93.184.215.14/")


def test_nobody_there_is_said_without_the_address() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(UnavailableError) as failed:
            HERE.post(f"http://127.0.0.1:{port}/secret-path", b"", {})
    assert failed.value.__context__ is None
    assert "secret-path" not in f"{failed.value} {failed.value.hint}"


def test_networks_of_the_settings_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_PRIVATE_NETWORKS", "10.1.0.0/16, ::1/128")
    assert read_settings().private_networks == ("10.1.0.0/16", "::1/128")
    monkeypatch.setenv("TROTH_PRIVATE_NETWORKS", "everything")
    with pytest.raises(InputError):
        read_settings()
