"""Troth: a compiler and runtime for privacy policies.

`troth.may(…)` and `troth.Client` answer inside another program; they are loaded when they are first used.
"""

import importlib

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name in {"Client", "may"}:
        return getattr(importlib.import_module("troth.client"), name)
    raise AttributeError(name)
