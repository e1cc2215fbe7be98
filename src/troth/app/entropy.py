"""The only source of randomness."""

from __future__ import annotations

import os


def system_entropy(size: int) -> bytes:
    """`size` bytes from the operating system's generator."""
    return os.urandom(size)  # noqa: TID251  # this is the one place
