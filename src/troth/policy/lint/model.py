"""What lint says, and what a rule is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from troth.base.errors import InputError, Position
from troth.base.period import Period
from troth.base.text import LANGUAGES, Text, said
from troth.policy.model import Policy

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From worst to mildest. An error makes the policy false or unusable and blocks publication; a warning is a promise
that is weak, contradicts another or falls short of the law; a note is worth knowing."""


Value = str | int | date | Period | Text | Collection[str]
"""What a wording may speak of: a word, a number, a day, a length of time, a text in each language, or names."""

Said = tuple[str, ...]
"""The same sentence in each of `LANGUAGES`, in their order."""

_COMMA: Mapping[str, str] = {"en": ", ", "zh": "、"}


@dataclass(frozen=True)
class Found:
    """What a rule found at a clause, before it is placed in a file and said in one language."""

    clause: str
    message: Said
    hint: Said


@dataclass(frozen=True)
class Wording:
    """What a rule `says` at a place, and the `hint` what to do; `{name}` stands for a value that the place gives."""

    says: Text
    hint: Text

    def at(self, clause: str, /, **values: Value) -> Found:
        """The finding at a clause. Raises KeyError for a value that is not given."""
        spoken = [{name: _spoken(value, each) for name, value in values.items()} for each in LANGUAGES]
        message, hint = (
            tuple(text[each].format_map(known) for each, known in zip(LANGUAGES, spoken, strict=True))
            for text in (self.says, self.hint)
        )
        return Found(clause, message, hint)


def _spoken(value: Value, language: str) -> str:
    """A value as a sentence says it; names stand in back-ticks."""
    if isinstance(value, Period):
        return value.words(language)
    if isinstance(value, str | int | date):
        return str(value)
    if isinstance(value, Mapping):
        return said(value, language)
    return _COMMA[language].join(f"`{name}`" for name in value)


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


def place_of(language: str) -> int:
    """Where the language stands in what is `Said`. Raises InputError `policy.no-language`."""
    try:
        return [str(each) for each in LANGUAGES].index(language)
    except ValueError:
        known = " or ".join(f"`{each}`" for each in LANGUAGES)
        raise InputError(
            "policy.no-language", f"findings are not told in `{language[:20]}`", hint=f"ask for {known}"
        ) from None
