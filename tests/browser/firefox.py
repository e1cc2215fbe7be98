"""Firefox as it comes from Debian, driven over its own protocol (Marionette): JSON with its length before it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import until

PREFERENCES: Mapping[str, bool | int] = {
    "privacy.globalprivacycontrol.enabled": True,
    "privacy.globalprivacycontrol.functionality.enabled": True,
    "marionette.port": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False,
}


def binary() -> str | None:
    """Where Firefox is: where `TROTH_FIREFOX` says, or where Debian puts it."""
    return os.environ.get("TROTH_FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")


needs_firefox = pytest.mark.skipif(
    binary() is None, reason="Firefox is not here: apt-get install firefox-esr, or name it in TROTH_FIREFOX"
)


class Firefox:
    """One window of it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._read()  # it says first who it is

    def call(self, command: str, **given: Any) -> Any:
        """Have one command done; gives its value."""
        self._number += 1
        message = json.dumps([0, self._number, f"WebDriver:{command}", given]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, number, fault, result = self._read()
        assert number == self._number
        assert fault is None, fault
        return result.get("value", result) if isinstance(result, dict) else result

    def text(self, selector: str) -> str:
        """What the first such element says."""
        found = self.call("FindElement", using="css selector", value=selector)
        return str(self.call("GetElementText", id=next(iter(found.values()))))

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (one := self._stream.read(1)) != b":":
            length += one
        return json.loads(self._stream.read(int(length)))


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """A Firefox with the signal on, in a fresh profile."""
    profile = folder / "profile"
    profile.mkdir()
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("\n".join(lines))
    command = [binary() or "firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    environment = {**os.environ, "HOME": str(folder)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            port = profile / "MarionetteActivePort"
            until(lambda: port.exists() and port.read_text().strip().isdigit(), seconds=90)
            window = Firefox(int(port.read_text()))
            window.call("NewSession", acceptInsecureCerts=True)
            yield window
            window.close()
        finally:
            process.kill()
