"""What a hint tells one to type must exist."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from troth.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
_SAID = re.compile(r"`troth ([a-z][^`\n]*)`")


def _exists(command: object, words: list[str]) -> bool:
    for word in words:
        inner = getattr(command, "commands", None)
        if inner is None:
            return True  # the rest are arguments
        if word not in inner:
            return False
        command = inner[word]
    return True


def test_every_command_that_a_message_or_a_page_names_exists() -> None:
    pages = [*(ROOT / "src").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    named = {(page.name, match[1]) for page in pages for match in _SAID.finditer(page.read_text(encoding="utf-8"))}
    assert len(named) > 5
    troth = typer.main.get_command(app)
    assert sorted((page, line) for page, line in named if not _exists(troth, line.split())) == []


def _commands(command: object, name: str) -> list[tuple[str, list[str]]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        return [(name, [option for one in getattr(command, "params", ()) for option in one.opts])]
    return [found for sub, one in inner.items() for found in _commands(one, f"{name} {sub}")]


def test_every_command_can_speak_json() -> None:
    found = _commands(typer.main.get_command(app), "troth")
    assert len(found) > 15
    assert [name for name, options in found if "--json" not in options] == []
