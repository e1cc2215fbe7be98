"""Where the two root secrets come from: the environment, or files that only their owner can read."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from troth.base.errors import InputError, RefusedError
from troth.base.work import Entropy

KEY_BYTES = 32


def root_key(given: str, path: Path, entropy: Entropy) -> bytes:
    """32 bytes: `given` (base64) if there is one, otherwise the file's, made on first use with mode 0600.

    Raises:
        InputError: the text is not base64 of 32 bytes.
        RefusedError: others than the owner can read the file.
    """
    if given:
        return _decode(given, "the environment")
    if not path.exists():
        _create(path, entropy)
    if path.stat().st_mode & 0o077:
        raise RefusedError("keys.readable-by-others", f"`{path}` can be read by others", hint=f"chmod 600 {path}")
    return _decode(path.read_text(encoding="ascii"), f"`{path}`")


def _create(path: Path, entropy: Entropy) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = base64.b64encode(entropy(KEY_BYTES))
    # Written under another name first: a kill in between leaves no half key under the real one.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(text + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails if another process was first: then its key is the key
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _decode(text: str, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise InputError(
            "keys.unreadable",
            f"the key in {place} is not base64 of {KEY_BYTES} bytes",
            hint="restore it from your backup",
        )
    return key
