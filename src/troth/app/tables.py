"""All tables of the own database, gathered from the packages that declare them."""

from __future__ import annotations

import importlib
import pkgutil

import troth


def declare_all() -> None:
    """Import every `tables` module, so that the shared metadata is complete."""
    for module in pkgutil.walk_packages(troth.__path__, "troth."):
        if module.name.endswith(".tables") and module.name != __name__:
            importlib.import_module(module.name)
