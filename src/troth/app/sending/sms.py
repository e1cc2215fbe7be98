"""Text messages: through an HTTP gateway, or kept on this machine and loudly said to be."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from troth.base.errors import UnavailableError
from troth.base.sensitive import Sensitive

_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class HttpSms:
    """A gateway that takes `POST {"to", "text"}` with a bearer token and answers 2xx when it took the message.

    The same message carries the same `Idempotency-Key`, so that a repeated call is one message for the person, and two
    messages with the same words are two.
    """

    url: str
    token: SecretStr

    def send(self, to: Sensitive[str], text: str, *, message: str = "") -> None:
        """Hand the message over.

        Raises:
            UnavailableError: the gateway could not be reached or refused.
        """
        named = f"{self.token.get_secret_value()}\0{to.reveal()}\0{message}\0{'' if message else text}"
        key = hashlib.sha256(named.encode()).hexdigest()
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}", "Idempotency-Key": key}
        try:
            httpx.post(
                self.url, json={"to": to.reveal(), "text": text}, headers=headers, timeout=_TIMEOUT_SECONDS
            ).raise_for_status()
        except httpx.HTTPError as error:
            raise UnavailableError(
                "sms.unavailable",
                f"the gateway did not take the message ({type(error).__name__})",
                hint="check TROTH_SMS_URL and TROTH_SMS_TOKEN",
            ) from None


@dataclass(frozen=True)
class LocalSms:
    """Sends nothing: keeps each message in a file that only its owner reads, and says so every time."""

    folder: Path
    warn: Callable[[str], None]

    def send(self, to: Sensitive[str], text: str, *, message: str = "") -> None:  # noqa: ARG002  # nothing is repeated
        """Append to `outbox.jsonl` in the folder."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / "outbox.jsonl"
        line = json.dumps({"to": to.reveal(), "text": text}, ensure_ascii=False) + "\n"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(line)
        self.warn(f"no SMS gateway is set (TROTH_SMS_URL): a message was NOT sent, it lies in {path}")
