"""What a command prints: lines for a person, or one JSON document for a program."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import typer

from troth.base.errors import TrothError


def show(as_json: bool, value: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Print `value` as JSON, or the lines."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str) if as_json else "\n".join(lines)
    if text:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()  # a program that waits for the line shall have it


def fail(as_json: bool, error: TrothError) -> int:
    """Say what is wrong and what to do; returns the exit code.

    A program finds it as JSON on standard output, a person as lines on standard error.
    """
    if as_json:
        show(as_json, {"ok": False, "errors": [_as_value(problem) for problem in error.problems()]}, ())
    else:
        for problem in error.problems():
            place = f"{problem.where}: " if problem.where else ""
            sys.stderr.write(f"{place}error: {problem.message} [{problem.code}]\n")
            if problem.hint:
                sys.stderr.write(f"  hint: {problem.hint}\n")
    return error.exit_code


def _as_value(problem: Any) -> dict[str, Any]:
    where = problem.where
    value: dict[str, Any] = {"code": problem.code, "message": problem.message, "hint": problem.hint}
    if where:
        value |= {"file": where.file, "line": where.line, "column": where.column}
    return value


def finish(code: int) -> None:
    """End the command with `code`, if it is not 0."""
    if code:
        raise typer.Exit(code)


def unexpected(error: Exception) -> TrothError:
    """A fault of ours, said by kind and place: its message may hold personal data and is not repeated."""
    *_, last = traceback.walk_tb(error.__traceback__)
    place = f"{Path(last[0].f_code.co_filename).name}:{last[1]}"
    hint = "set TROTH_DEBUG=1 to see it whole; that may show personal data"
    return TrothError("troth.fault", f"a fault of Troth itself ({type(error).__name__} at {place})", hint=hint)
