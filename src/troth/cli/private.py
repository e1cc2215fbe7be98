"""Files with personal data that a command writes: for their owner only."""

from __future__ import annotations

import os
from pathlib import Path

from troth.base.errors import InputError


def write_private(path: Path, content: bytes) -> None:
    """Write a file with mode 0600. Raises InputError `cli.cannot-write`."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        why = type(error).__name__
        raise InputError("cli.cannot-write", f"`{path}` cannot be written ({why})", hint="choose another") from None
