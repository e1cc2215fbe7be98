"""The words that the documents are written in: one catalogue a language, phrases with places for values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from string import Formatter
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date, format_skeleton

from troth.base.errors import InputError
from troth.base.month import Month
from troth.base.period import Period
from troth.base.text import LANGUAGES, Text, said
from troth.notice.model import Line, Span
from troth.regimes import regime, regimes

_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}


@dataclass(frozen=True)
class Speech:
    """One language: its phrases, lists, dates and names of countries."""

    language: str
    phrases: Mapping[str, str]

    def say(self, key: str, **values: Line | str) -> Line:
        """The phrase `key` with `values` in its places; a value that is a line keeps its marks."""
        return tuple(self._spans(self.phrases[key], values))

    def plain(self, key: str) -> str:
        """A phrase without places."""
        return self.phrases[key]

    def word(self, family: str, member: str) -> str:
        """The word for one member of a closed list, such as a legal basis."""
        return self.phrases[f"{family}.{member}"]

    def regime(self, name: str) -> str:
        """The name of a body of law; its id where its figures are not known here."""
        return said(regime(name).title, self.language) if name in regimes() else name

    def words(self, family: str, members: Iterable[str]) -> Line:
        """The words for several members, as a list in a sentence."""
        return self.listed((Span(self.word(family, member)),) for member in members)

    def text(self, text: Text) -> Line:
        """What the policy itself says."""
        return (Span(said(text, self.language)),)

    def listed(self, lines: Iterable[Line]) -> Line:
        """Several lines as a list in a sentence."""
        between = (Span(self.plain("list.between")),)
        return tuple(span for n, line in enumerate(lines) for span in ((*between, *line) if n else line))

    def alternatives(self, family: str, members: Iterable[str]) -> Line:
        """The words for several members of which one holds, or any."""
        *first, last = (self.word(family, member) for member in members)
        head = self.plain("list.between").join(first)
        return (Span(self.plain("list.or").join((head, last)) if head else last),)

    def sentences(self, lines: Iterable[Line]) -> Line:
        """Several sentences after each other."""
        between = (Span(self.plain("list.sentence")),)
        return tuple(span for n, line in enumerate(lines) for span in ((*between, *line) if n else line))

    def period(self, period: Period) -> Line:
        """A length of time, emphasised: deadlines are what people look for."""
        return (Span(period.words(self.language), strong=True),)

    def date(self, day: date) -> str:
        """A date as it is written in full, a month without a day."""
        if isinstance(day, Month):
            return str(format_skeleton("yMMMM", day, locale=_LOCALES[self.language]))
        return str(format_date(day, "long", _LOCALES[self.language]))

    def country(self, code: str) -> str:
        """The name of a country (`cn`), with the code of a part of it in brackets (`us-ca`)."""
        country, _, part = code.upper().partition("-")
        name = Locale.parse(_LOCALES[self.language]).territories.get(country, country)
        return f"{name} ({part})" if part else name

    def tongue(self, code: str) -> str:
        """The name of a language."""
        return str(Locale.parse(_LOCALES[self.language]).languages.get(code, code))

    def _spans(self, template: str, values: Mapping[str, Line | str]) -> Iterator[Span]:
        for literal, name, _, _ in Formatter().parse(template):
            if literal:
                yield Span(literal)
            if name:
                value = values[name]
                yield from (Span(value),) if isinstance(value, str) else value


@cache
def speech(language: str) -> Speech:
    """The speech of `language`. Raises InputError `notice.no-language` for one without a catalogue."""
    if language not in LANGUAGES:
        raise InputError(
            "notice.no-language",
            f"documents are not written in `{language}`",
            hint=f"ask for {' or '.join(f'`{one}`' for one in LANGUAGES)}",
        )
    text = files("troth.notice").joinpath("phrases", f"{language}.toml").read_text("utf-8")
    return Speech(language, MappingProxyType(tomllib.loads(text)))
