import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import SecretStr

from troth.app.sending.sms import HttpSms, LocalSms
from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive

_PHONE = "+8619900001234"


class _Gateway(BaseHTTPRequestHandler):
    """A gateway as they are: takes JSON with a bearer token, delivers one message per idempotency key."""

    delivered: ClassVar[dict[str, dict[str, str]]] = {}
    broken: ClassVar[bool] = False

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        allowed = self.headers["Authorization"] == "Bearer token"
        if allowed and not _Gateway.broken:
            _Gateway.delivered[self.headers["Idempotency-Key"]] = body
        self.send_response(500 if _Gateway.broken else 202 if allowed else 401)
        self.end_headers()

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture
def gateway() -> Iterator[str]:
    _Gateway.delivered, _Gateway.broken = {}, False
    server = HTTPServer(("127.0.0.1", 0), _Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/messages"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_message_goes_through_the_gateway_once_however_often_it_is_sent(gateway: str) -> None:
    sms = HttpSms(gateway, SecretStr("token"))
    sms.send(Sensitive(_PHONE), "code 123456")
    sms.send(Sensitive(_PHONE), "code 123456")
    assert list(_Gateway.delivered.values()) == [{"to": _PHONE, "text": "code 123456"}]


def test_two_letters_in_the_same_words_are_two_messages_and_each_of_them_one_however_often_it_is_sent(
    gateway: str,
) -> None:
    sms = HttpSms(gateway, SecretStr("token"))
    for letter in ("ltr-1", "ltr-2", "ltr-1"):
        sms.send(Sensitive(_PHONE), "K-7F3Q-2M: there is news", message=letter)
    assert len(_Gateway.delivered) == 2


@pytest.mark.parametrize("token", ["wrong", "token"])
def test_a_gateway_that_refuses_or_fails_is_said_without_the_number(gateway: str, token: str) -> None:
    _Gateway.broken = token == "token"
    with pytest.raises(UnavailableError) as down:
        HttpSms(gateway, SecretStr(token)).send(Sensitive(_PHONE), "code")
    assert _PHONE not in str(down.value)
    assert not _Gateway.delivered


def test_the_local_one_is_loud_about_sending_nothing_and_keeps_the_message_private(tmp_path: Path) -> None:
    warnings: list[str] = []
    LocalSms(tmp_path / "sms", warnings.append).send(Sensitive(_PHONE), "code 123456")
    path = tmp_path / "sms" / "outbox.jsonl"
    assert json.loads(path.read_text()) == {"to": _PHONE, "text": "code 123456"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert "NOT sent" in warnings[0]
    assert _PHONE not in warnings[0]
