"""`troth up` in a process of its own: it serves, it works, and it ends when it is told to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from troth.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
WHO = "phone:+8619900001234"
_LOOKS, _BETWEEN = 300, 0.1


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    plain = tmp_path / "plain"
    plain.mkdir()
    text = (ROOT / "examples" / "kaiconn" / "policy.yaml").read_text(encoding="utf-8")
    (plain / "policy.yaml").write_text(text, encoding="utf-8")
    assert run(["publish", str(plain)]) == 0
    return tmp_path / "home"


@pytest.fixture
def served(home: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "troth.cli", "up", "--port", str(port)]
    environment = {**os.environ, "TROTH_HOME": str(home)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        address = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(address))
        yield address, process
        process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/policy").status_code == 200
    except httpx.TransportError:
        return False


def _until(condition: object) -> None:
    assert callable(condition)
    pause = threading.Event()
    for _ in range(_LOOKS):
        if condition():
            return
        pause.wait(_BETWEEN)
    pytest.fail("it did not come about")


def test_it_serves_does_what_another_process_asks_for_and_ends_on_interrupt(
    served: tuple[str, subprocess.Popen[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    address, process = served
    assert "每开" in httpx.get(f"{address}/policy?lang=zh").text
    assert run(["subject", "register", WHO, "--verified"]) == 0
    assert run(["request", "open", WHO, "copy"]) == 0
    capsys.readouterr()

    def fulfilled() -> bool:
        run(["request", "list", "--state", "fulfilled"])
        return " fulfilled" in capsys.readouterr().out

    _until(fulfilled)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0
    assert process.stderr is not None
    said = process.stderr.read()
    assert "Traceback" not in said
    assert "19900001234" not in said
