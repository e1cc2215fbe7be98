"""Every error that Troth raises, by who must act.

::

    TrothError
    ├── InputError         the caller mends the input             HTTP 422   exit 2
    ├── RefusedError       a rule says no                         HTTP 403   exit 3
    │   └── ConflictError  the state of the thing says no         HTTP 409   exit 3
    ├── IntegrityError     evidence does not verify               HTTP 500   exit 4
    └── UnavailableError   the outside world failed; try again    HTTP 503   exit 5

A message is lower case, has no full stop and puts what the caller typed in back-ticks; the hint says what to do.
Personal data never appears in either. Foreign exceptions are wrapped where they enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file that a person wrote: one-based line and column."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input, said so that its author can mend it."""

    code: str
    message: str
    hint: str = ""
    where: Position | None = None

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.code}: {self.message}{advice}"


class TrothError(Exception):
    """The root of the tree; `code` is stable and documented, `hint` says what to do."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, *, hint: str = "", where: Position | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.where = where

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, one entry a fault; an input may have many."""
        return (Problem(self.code, self.message, self.hint, self.where),)


class InputError(TrothError):
    """The input is wrong; whoever wrote it can mend it. May carry many problems at once."""

    exit_code = 2
    status = 422

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        where: Position | None = None,
        all_problems: tuple[Problem, ...] = (),
    ) -> None:
        super().__init__(code, message, hint=hint, where=where)
        self._all = all_problems

    @classmethod
    def of(cls, problems: tuple[Problem, ...]) -> InputError:
        """One error that carries all of `problems`; the first speaks for them."""
        first = problems[0]
        return cls(first.code, first.message, hint=first.hint, where=first.where, all_problems=problems)

    def problems(self) -> tuple[Problem, ...]:
        """All problems of the input, in the order in which they were found."""
        return self._all or super().problems()


class RefusedError(TrothError):
    """A rule of law, policy or safety refuses; trying again changes nothing."""

    exit_code = 3
    status = 403


class ConflictError(RefusedError):
    """The state of the thing forbids the act; it may be allowed at another time."""

    status = 409


class IntegrityError(TrothError):
    """Evidence does not verify, or an invariant of the own database is broken."""

    exit_code = 4
    status = 500


class UnavailableError(TrothError):
    """Something outside failed: a store, a mail server, a gateway. Nothing was half done; try again."""

    exit_code = 5
    status = 503
