"""Where the root secrets come from: the environment, files that only their owner can read, a key service.

`master.key` holds master keys, one a line, today's first: base64 of 32 bytes, or what a key service wrapped, after
`kms:`. `journal.key` holds the seed of the key that signs the journal, `journal.keys` the verifier strings of all that
did.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Sequence
from pathlib import Path

from troth.app.ports import KeyService
from troth.base.errors import InputError, RefusedError
from troth.base.work import Entropy

KEY_BYTES = 32
_BY_SERVICE = "kms:"
_VERIFIERS = "journal.keys"


def root_key(given: str, path: Path, entropy: Entropy) -> bytes:
    """32 bytes: `given` (base64) if there is one, otherwise the file's, made on first use with mode 0600.

    Raises:
        InputError: the text is not base64 of 32 bytes.
        RefusedError: others than the owner can read the file.
    """
    if given:
        return _decode(given, "the environment")
    if not path.exists():
        create(path, base64.b64encode(entropy(KEY_BYTES)).decode())
    return _decode(read_secret(path), f"`{path}`")


def master_keys(given: str, path: Path, entropy: Entropy, service: KeyService | None) -> tuple[bytes, ...]:
    """The master keys, today's first: those `given`, with commas between them, or the file's, made on first use.

    Raises as `root_key` does, and what the key service raises.
    """
    if given:
        return tuple(_decode(part, "the environment") for part in given.split(","))
    if not path.exists():
        create(path, new_master(entropy, service))
    return tuple(_opened(line, path, service) for line in read_secret(path).splitlines() or [""])


def new_master(entropy: Entropy, service: KeyService | None) -> str:
    """A new master key as a line of the file."""
    key = entropy(KEY_BYTES)
    return f"{_BY_SERVICE}{service.wrap(key)}" if service else base64.b64encode(key).decode()


def read_secret(path: Path) -> str:
    """A file's text. Raises RefusedError `keys.readable-by-others`."""
    if path.stat().st_mode & 0o077:
        raise RefusedError("keys.readable-by-others", f"`{path}` can be read by others", hint=f"chmod 600 {path}")
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise _unreadable(f"`{path}`") from None


def create(path: Path, text: str) -> None:
    """Write a secret file of mode 0600, unless another process was first: then its secret is the secret."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = _draft(path, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace(path: Path, text: str) -> None:
    """Write a secret file of mode 0600 in the place of the one that is there, whole or not at all."""
    _draft(path, text).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def verifiers(home: Path) -> tuple[str, ...]:
    """The verifier strings of all keys that signed the journal since they began to rotate."""
    try:
        return tuple((home / _VERIFIERS).read_text(encoding="utf-8").split())
    except FileNotFoundError:
        return ()


def believe(home: Path, added: Sequence[str]) -> None:
    """Add verifier strings to those that are believed."""
    replace(home / _VERIFIERS, "\n".join(dict.fromkeys((*verifiers(home), *added))))


def _draft(path: Path, text: str) -> Path:
    # Written under another name first: a kill in between leaves no half key under the real one.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())
    return draft


def _opened(line: str, path: Path, service: KeyService | None) -> bytes:
    if not line.startswith(_BY_SERVICE):
        return _decode(line, f"`{path}`")
    if service is None:
        hint = "set TROTH_KMS_URL, TROTH_KMS_TOKEN and TROTH_KMS_KEY"
        raise InputError("keys.no-service", f"a key in `{path}` opens with a key service only", hint=hint)
    key = service.unwrap(line.removeprefix(_BY_SERVICE))
    if len(key) != KEY_BYTES:
        raise _unreadable(f"`{path}`")
    return key


def _decode(text: str, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise _unreadable(place)
    return key


def _unreadable(place: str) -> InputError:
    what = f"the key in {place} is not base64 of {KEY_BYTES} bytes"
    return InputError("keys.unreadable", what, hint="restore it from your backup")
