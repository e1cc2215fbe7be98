"""The style sheet and the mark, under names that change with their content, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    content: bytes
    media_type: str


@cache
def read_assets() -> Mapping[str, Asset]:
    """Every static file by its plain name, such as `troth.css`; `name` is what stands in its URL."""
    folder = resources.files("troth.web") / "static"
    return {entry.name: _asset(entry.name, entry.read_bytes()) for entry in folder.iterdir()}


def _asset(name: str, content: bytes) -> Asset:
    stem, dot, kind = name.rpartition(".")
    return Asset(f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}{dot}{kind}", content, _TYPES[dot + kind])
