"""Secrets by reference: a file of the repository names where one lies, never the secret itself."""

from __future__ import annotations

import os
from pathlib import Path

from troth.base.errors import InputError


def resolve(reference: str) -> str:
    """What `env:NAME` or `file:PATH` refers to.

    Raises:
        InputError: it is neither, or nothing is there. What it refers to is never repeated.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        return _found(os.environ.get(name), reference, f"set the environment variable `{name}`")
    if kind == "file":
        path = Path(name)
        return _found(
            path.read_text(encoding="utf-8").strip() if path.is_file() else None, reference, f"write it to `{name}`"
        )
    raise InputError("secrets.not-a-reference", "a secret is given by value", hint="write `env:NAME` or `file:PATH`")


def _found(value: str | None, reference: str, hint: str) -> str:
    if not value:
        raise InputError("secrets.missing", f"`{reference}` refers to nothing", hint=hint)
    return value
