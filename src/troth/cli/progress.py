"""Says on a terminal how far long work has come; says nothing where nobody watches."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 0.5  # seconds


@contextmanager
def telling(percent: Callable[[], float]) -> Iterator[None]:
    """While the block runs, write what `percent` gives to standard error, if that is a terminal."""
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(percent, done))
    if sys.stderr.isatty():
        teller.start()
    try:
        yield
    finally:
        done.set()
        if teller.is_alive():
            teller.join()


def _tell(percent: Callable[[], float], done: threading.Event) -> None:
    while not done.wait(_EVERY):
        sys.stderr.write(f"\r{max(percent(), 0):3.0f} %")
        sys.stderr.flush()
    sys.stderr.write("\r     \r")
