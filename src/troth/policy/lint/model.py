"""What lint says, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from troth.base.errors import Position
from troth.policy.model import Policy

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From worst to mildest. An error makes the policy false or unusable and blocks publication; a warning is a promise
that is weak, contradicts another or falls short of the law; a note is worth knowing."""


@dataclass(frozen=True)
class Found:
    """What a rule found at a clause, before it is placed in a file."""

    clause: str
    message: str
    hint: str


@dataclass(frozen=True)
class Rule:
    """One kind of weakness. Its page is `docs/lint/<name>.md`. One that looks at the `whole` compares rule sets; every
    other is held against the general rules and against what each audience reads."""

    name: str
    severity: Severity
    find: Callable[[Policy], Iterable[Found]]
    whole: bool = False


@dataclass(frozen=True)
class Finding:
    """One weakness of a policy. `where` is absent for a policy that was not read from files."""

    rule: str
    severity: Severity
    clause: str
    message: str
    hint: str
    where: Position | None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.severity} {self.rule}: {self.message} ({self.hint})"


def quoted(names: Iterable[str]) -> str:
    """Names as a message lists them."""
    return ", ".join(f"`{name}`" for name in names)
