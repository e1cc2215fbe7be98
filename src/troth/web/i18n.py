"""The words of every page, in each language: catalogues of symbolic keys, and dates as people write them."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from babel.dates import format_date, format_datetime, get_timezone_name
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from troth.base.text import LANGUAGES, Language

LOCALES: Final[Mapping[Language, str]] = {"zh": "zh_Hans_CN", "en": "en_GB"}
TAGS: Final[Mapping[Language, str]] = {"zh": "zh-Hans", "en": "en"}
"""What the pages' `lang` attribute says."""
NAMES: Final[Mapping[Language, str]] = {"zh": "中文", "en": "English"}
"""Each language by its own name, for those who read no other."""

# In minutes, from when the larger unit is used: 36 hours say more than 1 day.
_HOURS_FROM: Final = 2 * 60
_DAYS_FROM: Final = 2 * 24 * 60
_DAY: Final[Mapping[Language, str]] = {"zh": "y年M月d日", "en": "d MMMM y"}
_MOMENT: Final[Mapping[Language, str]] = {"zh": "y年M月d日 HH:mm", "en": "d MMMM y, HH:mm"}


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language; a message that counts has several forms and `plural` chooses one."""

    messages: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]


@cache
def catalogue(language: Language) -> Catalogue:
    """Read `locale/<language>.po`."""
    with (resources.files("troth.web") / "locale" / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=LOCALES[language], abort_invalid=True)
    return Catalogue(
        dict(_entry(message.id, message.string) for message in read if message.id), _plural(read.plural_expr)
    )


def _entry(key: object, forms: object) -> tuple[str, tuple[str, ...]]:
    name = key[0] if isinstance(key, tuple | list) else key
    texts = forms if isinstance(forms, tuple | list) else (forms,)
    return str(name), tuple(str(text) for text in texts)


def _plural(expression: str) -> Callable[[int], int]:
    return gettext.c2py(expression)


@dataclass(frozen=True)
class Words:
    """Says things in one language; times are told in `zone`."""

    language: Language
    zone: tzinfo

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return TAGS[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The message of that key with its `{names}` filled in. Raises KeyError for a key that there is not."""
        return catalogue(self.language).messages[key][0].format(**values)

    def choice(self, family: str, member: str, **values: object) -> str:
        """The message of one member of a closed list, such as `request.state` and `blocked`."""
        return self(f"{family}.{member}", **values)

    def member(self, family: str, member: str) -> str | None:
        """The same where the list is open, because other packages extend it: None for a member without words."""
        return self(f"{family}.{member}") if f"{family}.{member}" in catalogue(self.language).messages else None

    def count(self, key: str, number: int, **values: object) -> str:
        """The message of that key in the form that `number` takes; `{number}` stands for it."""
        known = catalogue(self.language)
        forms = known.messages[key]
        return forms[min(known.plural(number), len(forms) - 1)].format(number=self.number(number), **values)

    def number(self, value: int) -> str:
        """A number with the separators of the language."""
        return _number(self.language, value)

    def day(self, at: datetime) -> str:
        """The day of an instant, in the policy's zone."""
        return format_date(at.astimezone(self.zone), _DAY[self.language], locale=LOCALES[self.language])

    def date(self, day: date) -> str:
        """A day of the calendar, which is the same everywhere."""
        return format_date(day, _DAY[self.language], locale=LOCALES[self.language])

    def moment(self, at: datetime) -> str:
        """The day and minute of an instant, in the policy's zone."""
        local = at.astimezone(self.zone)
        return format_datetime(local, _MOMENT[self.language], tzinfo=self.zone, locale=LOCALES[self.language])

    @property
    def zone_name(self) -> str:
        """The zone in which times are told, as people call it."""
        return "UTC" if self.zone is UTC else get_timezone_name(self.zone, locale=LOCALES[self.language])

    def length(self, period: timedelta) -> str:
        """How long in whole days, hours or minutes, rounded down: nobody is told of more time than there is."""
        minutes = int(abs(period) / timedelta(minutes=1))
        if minutes < _HOURS_FROM:
            return self.count("length.minutes", minutes)
        if minutes < _DAYS_FROM:
            return self.count("length.hours", minutes // 60)
        return self.count("length.days", minutes // (24 * 60))


@lru_cache(maxsize=1024)
def _number(language: Language, value: int) -> str:
    return format_decimal(value, locale=LOCALES[language])


def chosen(asked: str | None, remembered: str | None, accepted: str | None) -> Language | None:
    """The language that a visitor wants: asked for in the URL, then remembered, then as the browser says."""
    for wish in (asked, remembered, *_accepted(accepted or "")):
        for language in LANGUAGES:
            if wish is not None and wish.lower().split("-")[0] == language:
                return language
    return None


def _accepted(header: str) -> tuple[str, ...]:
    """The languages of an Accept-Language header, the most wanted first; what cannot be read is left out."""
    weighted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, parameter = part.partition(";")
        weight = _weight(parameter)
        if weight > 0:
            weighted.append((-weight, place, tag.strip()))
    return tuple(tag for _, _, tag in sorted(weighted))


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
