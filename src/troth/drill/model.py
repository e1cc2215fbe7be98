"""Promises, the controls that keep them, and what a rehearsal showed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from troth.base.text import Text

State = Literal["kept", "broken", "unproven"]
STATES: tuple[State, ...] = ("kept", "broken", "unproven")

Kind = Literal["enforceable", "evidence", "content"]
"""What it takes to show a promise: a mechanism that enforces it, evidence that somebody did it, or the text itself."""
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Promise:
    """One obligation that clauses of a policy make, and the control that shall keep it.

    `parameters` are the facts of the promise: its figures, dates, lists, channels, ages. `rehearsal` is what the
    control needs beyond them to act it out, such as the function on which it tries.
    """

    id: str
    topic: str
    says: Text
    clauses: tuple[str, ...]
    control: str
    parameters: Mapping[str, Any]
    rehearsal: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind = "enforceable"

    @property
    def audience(self) -> str | None:
        """The rule set in which all its clauses lie; None where they lie in the general rules, or in both."""
        sets = {path.split(".")[1] if path.startswith("rule_sets.") else None for path in self.clauses}
        return sets.pop() if len(sets) == 1 else None

    @property
    def given(self) -> Mapping[str, Any]:
        """All that a rehearsal has to go by: the facts, and what it needs beyond them."""
        return {**self.parameters, **self.rehearsal}


@dataclass(frozen=True)
class Result:
    """What became of one promise; `evidence` is what was seen, in a sentence, without personal data."""

    promise: Promise
    state: State
    evidence: str


@dataclass(frozen=True)
class DrillRun:
    """One rehearsal of many promises against one version."""

    policy: str
    version_hash: str
    at: datetime
    results: tuple[Result, ...]

    @property
    def counts(self) -> Mapping[State, int]:
        """How many promises are in each state."""
        return count(self.results)


def count(results: Sequence[Result]) -> dict[State, int]:
    """How many results are in each state, every state named."""
    return {state: sum(result.state == state for result in results) for state in STATES}


class BrokenError(Exception):
    """A rehearsal saw something else than was promised; the message says what."""


def expect(held: bool, otherwise: str) -> None:  # noqa: FBT001  # reads as the sentence it is
    """Raise `BrokenError` with `otherwise` unless it `held`."""
    if not held:
        raise BrokenError(otherwise)
