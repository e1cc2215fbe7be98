"""Carries out what `troth receipt` was asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from troth.base.errors import InputError
from troth.consent.proof.verify import Verified, read, verify

_LARGEST = 1_000_000  # bytes; a receipt has a few thousand


def issued(event: str, form: str, language: str | None) -> dict[str, Any]:
    """The receipt of a choice in one of its two forms."""
    from troth.cli.session import opened
    from troth.consent.proof.linked import linked
    from troth.consent.service import receipt

    forms: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"json": dict, "json-ld": linked}
    if form not in forms:
        raise InputError("consent.unknown-form", f"`{form[:40]}` is no form of a receipt", hint="use json or json-ld")
    app = opened()
    with app.begin() as work:
        return forms[form](receipt(work, app.signer, event, language or ""))


def checked(file: Path, keys: Sequence[str]) -> Verified:
    """What the receipt in a file proves. Raises as `consent.verify` does, and InputError `consent.unreadable`."""
    return verify(read(_text(file)), keys)


def _text(file: Path) -> str:
    try:
        content = sys.stdin.buffer.read(_LARGEST + 1) if str(file) == "-" else file.read_bytes()
        if len(content) > _LARGEST:
            raise InputError("consent.unreadable", "the file is too large for a receipt", hint="give one receipt")
        return content.decode()
    except (OSError, UnicodeDecodeError):
        hint = "give the file as it was issued"
        raise InputError("consent.unreadable", f"`{file}` cannot be read as text", hint=hint) from None
