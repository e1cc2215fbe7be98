"""What Troth needs of the world outside to reach people."""

from __future__ import annotations

from typing import Protocol

from troth.base.sensitive import Sensitive


class Mail(Protocol):
    """Sends one mail."""

    def send(self, to: Sensitive[str], subject: str, body: str) -> None:
        """Hand the mail to a server that took responsibility for it; UnavailableError otherwise."""
        ...


class Sms(Protocol):
    """Sends one text message."""

    def send(self, to: Sensitive[str], text: str) -> None:
        """Hand the message to a gateway that took responsibility for it; UnavailableError otherwise."""
        ...
