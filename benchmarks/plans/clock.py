"""How long something takes, and two ways of doing it beside each other."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

T = TypeVar("T")


def seconds(act: Callable[[], object]) -> float:
    """Once."""
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def in_turn(
    one: Callable[[T], object], other: Callable[[T], object], inputs: Sequence[T]
) -> tuple[list[float], list[float]]:
    """How long each took, every second input for each of them, so that what else the machine does falls on both."""
    took: tuple[list[float], list[float]] = ([], [])
    for number, given in enumerate(inputs):
        act = partial((one, other)[number % 2], given)
        took[number % 2].append(seconds(act))
    return took
