"""`troth agent`: agents are listed, listed anew and removed, from the shell."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from troth.cli.main import run

KEY = base64.b64encode(bytes(SigningKey(b"k" * 32).verify_key)).decode()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path / "home"))


def add(agent: str = "GOOD_AGENT", key: str = KEY, *more: str) -> int:
    words = ["agent", "add", agent, "--name", "Good Agent", "--key", key, "--contact", "desk@agent.example", *more]
    return run([*words, "--json"])


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    value: dict[str, object] = json.loads(capsys.readouterr().out)
    return value


def test_an_agent_is_listed_until_it_is_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert add("GOOD_AGENT", KEY, "--callbacks", "https://agent.example") == 0
    assert add("GOOD_AGENT", KEY, "--callbacks", "https://new.example") == 0, "anew, not twice"
    capsys.readouterr()
    assert run(["agent", "list", "--json"]) == 0
    assert told(capsys)["agents"] == [
        {
            "id": "GOOD_AGENT",
            "name": "Good Agent",
            "contact": "desk@agent.example",
            "verify_key": KEY,
            "callbacks": "https://new.example",
        }
    ]
    assert run(["agent", "list"]) == 0
    assert "GOOD_AGENT  Good Agent" in capsys.readouterr().out
    assert run(["agent", "remove", "GOOD_AGENT"]) == 0
    assert run(["agent", "remove", "GOOD_AGENT"]) == 2
    assert "agents.unknown" in capsys.readouterr().err
    assert run(["agent", "list"]) == 0
    assert "no agents" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("agent", "key", "more", "code"),
    [
        ("two words", KEY, [], "agents.bad-id"),
        ("A", "short", [], "agents.bad-key"),
        ("A", base64.b64encode(b"x" * 31).decode(), [], "agents.bad-key"),
        ("A", KEY, ["--callbacks", "https://agent.example/path"], "agents.bad-origin"),
        ("A", KEY, ["--callbacks", "ftp://agent.example"], "agents.bad-origin"),
    ],
)
def test_what_is_no_agent_is_not_listed(
    agent: str, key: str, more: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(agent, key, *more) == 2
    assert f'"{code}"' in capsys.readouterr().out
    assert run(["agent", "list", "--json"]) == 0
    assert told(capsys)["agents"] == []
