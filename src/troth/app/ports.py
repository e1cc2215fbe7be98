"""What Troth needs of the world outside: to reach people, and to keep its keys."""

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

    def send(self, to: Sensitive[str], text: str, *, message: str = "") -> None:
        """Hand the message to a gateway that took responsibility for it; UnavailableError otherwise.

        Sent again under the same name, `message`, it is the same message, and another one otherwise; one without a name
        is named by its words, as a code is.
        """
        ...


class KeyService(Protocol):
    """Keeps a key that never leaves it, and wraps others with it."""

    def wrap(self, key: bytes) -> str:
        """The key, wrapped, as one line of text; UnavailableError if the service does not answer."""
        ...

    def unwrap(self, wrapped: str) -> bytes:
        """What was wrapped; IntegrityError if it does not open, UnavailableError if the service does not answer."""
        ...
