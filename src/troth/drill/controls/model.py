"""What a control is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from troth.base.text import Text
from troth.drill.model import Promise
from troth.drill.sandbox import Sandbox

Rehearse = Callable[[Promise, Sandbox], str]
"""Acts the promise out; returns what was seen, or raises `BrokenError` with what was seen instead."""


@dataclass(frozen=True)
class Control:
    """One mechanism that keeps promises; `rehearse` is None while it is not built.

    `needs` names what a promise must give for the rehearsal, be it a fact of the promise or not; `takes` what it may
    give besides.
    """

    name: str
    says: Text
    rehearse: Rehearse | None = None
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
