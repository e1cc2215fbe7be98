import socket
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from troth.app.sending.mail import SmtpMail
from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive
from troth.demo.post import Post

_ADDRESS = "lin.yue@mail.example"


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def post(shown: list[str]) -> Iterator[Post]:
    server = Post(shown.append)
    yield server
    server.stop()


def _mail(port: int) -> SmtpMail:
    return SmtpMail("127.0.0.1", port, "privacy@troth.example", "", SecretStr(""))


def test_a_mail_arrives_by_a_real_smtp_conversation(post: Post, shown: list[str]) -> None:
    _mail(post.start()).send(Sensitive(_ADDRESS), "您的验证码", "代码 123456\nCode 123456")
    assert post.last_code() == "123456"
    assert any("您的验证码" in line for line in shown)


def test_the_terminal_does_not_show_the_mailbox(post: Post, shown: list[str]) -> None:
    _mail(post.start()).send(Sensitive(_ADDRESS), "Code", "Code 123456")
    assert "lin.yue" not in "\n".join(shown)


def test_a_server_that_is_down_is_said_without_the_address() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(UnavailableError) as down:
        _mail(port).send(Sensitive(_ADDRESS), "Code", "Code")
    assert down.value.code == "mail.unavailable"
    assert "lin.yue" not in f"{down.value} {down.value.hint} {down.value.__cause__}"


def test_a_subject_cannot_smuggle_a_header(post: Post) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        _mail(post.start()).send(Sensitive(_ADDRESS), "Hello\r\nBcc: all@mail.example", "")
