"""A verifier as a stranger would write it from the C2SP texts: no line of Troth, only hashes and a signature check."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.journal import naive


def leaves(files: Mapping[str, bytes], vkey: str) -> list[bytes]:
    """Every entry of an exported log, once the signature and the root have been checked."""
    size, root = checkpoint(files["checkpoint"].decode(), vkey)
    found: list[bytes] = []
    for start in range(0, size, 256):
        found += bundle(files[path("entries", start // 256, min(256, size - start))])
    assert len(found) == size
    assert naive.root(found) == root
    row, level = [naive.leaf(each) for each in found], 0
    while row:
        for start in range(0, len(row), 256):
            tile = row[start : start + 256]
            assert files[path(str(level), start // 256, len(tile))] == b"".join(tile)
        row = [full_subtree(row[start : start + 256]) for start in range(0, len(row) - 255, 256)]
        level += 1
    return found


def checkpoint(signed: str, vkey: str) -> tuple[int, bytes]:
    text, signature = signed.split("\n\n")
    origin, size, root, end = f"{text}\n".split("\n")
    assert end == ""
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_id
    dash, signer, value = signature.removesuffix("\n").split(" ")
    assert (dash, signer, origin) == ("\N{EM DASH}", name, name)
    made = base64.b64decode(value)
    assert made[:4].hex() == key_id
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(made[4:], f"{text}\n".encode())
    return int(size), base64.b64decode(root)


def bundle(content: bytes) -> list[bytes]:
    found = []
    while content:
        length = content[0] * 256 + content[1]
        found.append(content[2 : 2 + length])
        content = content[2 + length :]
    return found


def path(level: str, number: int, width: int) -> str:
    digits = f"{number:03}"
    while len(digits) % 3:
        digits = f"0{digits}"
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{place}" + (f".p/{width}" if width < 256 else "")


def full_subtree(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = [hashlib.sha256(b"\x01" + row[n] + row[n + 1]).digest() for n in range(0, len(row), 2)]
    return row[0]
