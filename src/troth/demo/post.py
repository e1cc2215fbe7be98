"""A mail server on loopback that prints the codes it receives, and remembers them for the person of the story.

News of a request comes whenever the worker gets to it. It is taken and not printed: the story would differ each time.
"""

from __future__ import annotations

import email
import re
import socket
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

_CODE = re.compile(r"\b\d{6}\b")
_LOCAL_PART = re.compile(r"^[^@]+")


class Post:
    """Takes mail by SMTP. Addresses are printed with their local part masked: the terminal is a log, too."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._letters: list[EmailMessage] = []
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        """Receive one mail."""
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        if _CODE.search(_body(letter)):
            self._letters.append(letter)
            self._print(letter)
        return "250 OK"

    def start(self) -> int:
        """Listen; returns the port."""
        self._controller.start()
        return self._controller.port

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def last_code(self) -> str:
        """The one-time code in the mail that came last."""
        found = _CODE.search(_body(self._letters[-1]))
        assert found is not None  # only mails with a code are kept
        return found[0]

    def _print(self, letter: EmailMessage) -> None:
        self._show(f"mail to {_LOCAL_PART.sub('•••', str(letter['To']))} · {letter['Subject']}")
        for line in _body(letter).splitlines():
            if line.strip():
                self._show(f"  {line.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _body(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    return str(part.get_content()) if part else ""
