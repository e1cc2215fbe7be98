"""Reads the answer to a task from the arguments of a command."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from troth.base.errors import InputError
from troth.datamap.model import StoreMap
from troth.stores.mailbox.answers import Rows, read
from troth.stores.mailbox.model import Count, Counts


def sent(found: StoreMap, file: Path | None, dataset: str | None) -> Rows | None:
    """The rows in the file, if there is one. Raises what `answers.read` raises."""
    return None if file is None else read(found, _content(file), dataset)


def counts(found: StoreMap, numbers: Iterable[str], kept: Iterable[str], rows: Rows | None, *, nothing: bool) -> Counts:
    """The numbers by dataset. Raises InputError `tasks.no-answer`, `tasks.bad-count`."""
    told = {name: Count(len(of)) for name, of in (rows or {}).items()}
    for text in numbers:
        name, _, number = text.partition("=")
        told[name] = Count(_number(number))
    for text in kept:
        name, _, rest = text.partition("=")
        number, _, ground = rest.partition(":")
        told[name] = Count(told.get(name, Count()).done, _number(number), ground or None)
    if bool(told) == nothing:
        hint = "say `--nothing`, or `--rows FILE`, or `--count DATASET=N`"
        raise InputError("tasks.no-answer", f"it is not said what store `{found.name}` holds", hint=hint)
    return told


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = type(error).__name__
        raise InputError("cli.cannot-read", f"`{file}` cannot be read ({why})", hint="check its name") from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        hint = "write DATASET=N, and what stays as DATASET=N:CLAUSE"
        raise InputError("tasks.bad-count", "a number of rows cannot be read", hint=hint)
    return int(text)
