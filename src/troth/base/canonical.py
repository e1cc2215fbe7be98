"""Canonical JSON (RFC 8785) and the hash of it: the same meaning always gives the same bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of a JSON value (dict, list, str, int, float, bool, None)."""
    return rfc8785.dumps(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal with its name: `sha256:…`."""
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()
