"""What a reading knows while it goes through the files, and the problems it has found so far."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum

from troth.base.errors import Position, Problem

FEW_CHOICES = 12  # so many are simply listed
MOST_COMPARISONS = 100_000  # comparing names is slow; the author of more mistakes has other worries


class Failed(Enum):
    """The result of reading what could not be read; the problem has been reported."""

    FAILED = "failed"


FAILED = Failed.FAILED


@dataclass
class Reading:
    """Collects problems; `known` holds the ids declared in each section, `facts` the facts a policy may name."""

    languages: tuple[str, ...]
    known: Mapping[str, Mapping[str, object]]
    facts: frozenset[str]
    regimes: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    _compared: int = 0

    def problem(self, code: str, message: str, where: Position, hint: str = "") -> Failed:
        """Note one problem and give back the mark of failure."""
        self.problems.append(Problem(code, message, hint, where))
        return FAILED

    def unknown(self, what: str, name: str, choices: Collection[str], where: Position) -> Failed:
        """Note that `name` is not one of `choices`, with the choice that looks most like it."""
        return self.problem(
            f"policy.unknown-{what}", f"`{name}` is no {what} of this policy", where, self.hint(name, choices)
        )

    def hint(self, name: str, choices: Collection[str]) -> str:
        """A "did you mean", or the choices if there are few, or nothing."""
        self._compared += len(choices)
        if self._compared <= MOST_COMPARISONS:
            close = difflib.get_close_matches(name[:200], choices, n=1, cutoff=0.6)
            if close:
                return f"did you mean `{close[0]}`?"
        if 0 < len(choices) <= FEW_CHOICES:
            return "one of " + ", ".join(f"`{choice}`" for choice in sorted(choices))
        return ""
