"""Waiting for something outside, with an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def until(holds: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until something holds. Raises TimeoutError when it does not in that time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"it did not happen within {seconds} s")
        pause.wait(0.05)
