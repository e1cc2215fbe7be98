"""Plays a page of the docs: writes the files that it shows, runs its commands, compares what they print.

A block of `yaml` after a line ``Write `path`:`` is written there. In a block of `console` a line that begins with `$ `
is run by a shell in the page's own folder; the lines after it are what it must print, `…` standing for anything.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

_BLOCK = re.compile(
    r"(?:^Write `(?P<path>[^`]+)`:\n\n)?^```(?P<kind>yaml|console)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE
)


@dataclass
class Command:
    line: str
    printed: list[str] = field(default_factory=list)


def play(page: Path, folder: Path, commands: Path) -> int:
    """Play the page in `folder` with the `troth` that lies in `commands`; returns how many commands were run."""
    number = 0
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["kind"] == "yaml" and block["path"]:
            _write(folder / block["path"], block["text"])
        if block["kind"] == "console":
            for command in _told(block["text"]):
                _run(command, folder, commands)
                number += 1
    return number


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _told(text: str) -> list[Command]:
    found: list[Command] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        else:
            found[-1].printed.append(line.rstrip())
    return found


def _run(command: Command, folder: Path, commands: Path) -> None:
    here = f"{commands}:{Path(sys.executable).parent}"
    environment = {**os.environ, "PATH": f"{here}:{os.environ['PATH']}", "TROTH_HOME": str(folder / ".troth")}
    done = subprocess.run(
        command.line, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    printed = [line.rstrip() for line in done.stdout.splitlines()]
    assert _fits(printed, command.printed), f"$ {command.line}\nprinted\n{done.stdout}\nthe page shows\n" + "\n".join(
        command.printed
    )


def _fits(printed: list[str], shown: list[str]) -> bool:
    pattern = re.escape("\n".join(shown)).replace("…", ".*")
    return re.fullmatch(pattern, "\n".join(printed), re.DOTALL) is not None
