"""What the clauses of a promise say, in ids, texts and figures: the slow, obvious way to hold a mapping to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from troth.base.errors import InputError
from troth.base.period import Period, parse_period
from troth.drill.model import Promise
from troth.policy.clauses import clause
from troth.policy.model import Policy

_NAMED = ("items", "categories", "purposes", "functions", "recipients", "permissions", "technologies", "signals")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COUNTED = "number"
_LEFT_OUT = "unstated"
_ABSENT = "without"


def squeezed(text: str) -> str:
    """Without differences that nobody reads."""
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Said:
    """All that the clauses of one promise say."""

    policy: Policy
    paths: tuple[str, ...]

    @cached_property
    def values(self) -> tuple[Any, ...]:
        return tuple(clause(self.policy, path) for path in self.paths)

    @cached_property
    def ids(self) -> frozenset[str]:
        """What the clauses name: their own places, their keys, the words of their lists, items of their categories."""
        named = {one for path in self.paths for one in _places(path)}
        named |= {one for value in self.values for one in _words(value)}
        inside = {item for item, declared in self._declared("items").items() if named & {declared.get("category")}}
        return frozenset({*self.paths, *named, *inside})

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The clauses' own texts in every language, and what the notice calls the things that they name."""
        own = [text for value in self.values for text in _words(value)]
        labels = [
            text
            for section in _NAMED
            for name, declared in self._declared(section).items()
            if name in self.ids
            for text in _words({key: declared[key] for key in ("label", "name") if key in declared})
        ]
        return tuple(squeezed(text) for text in (*own, *labels))

    @cached_property
    def figures(self) -> frozenset[str]:
        """Every number that stands in a value or a text."""
        plain = [str(one) for value in self.values for one in _scalars(value)]
        return frozenset(number for text in (*plain, *self.texts) for number in _NUMBER.findall(text))

    @cached_property
    def periods(self) -> frozenset[Period]:
        return frozenset(found for value in self.values for text in _words(value) if (found := _period(text)))

    def says(self, word: str) -> bool:
        """Whether `word` is an id or stands, as whole words, in a text."""
        wanted = squeezed(word)
        latin = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)", re.ASCII)
        return word in self.ids or any(latin.search(text) for text in self.texts)

    def dates(self, day: str) -> bool:
        """Whether a date, or its month, is a value or stands in a text of every language that the policy speaks."""
        year, month, *rest = day.split("-")
        zh = f"{year}年{int(month)}月" + (f"{int(rest[0])}日" if rest else "")
        en = (f"{int(rest[0])} " if rest else "") + f"{_MONTHS[int(month) - 1]} {year}"
        values = [str(one) for value in self.values for one in _scalars(value)]
        written = {"zh": zh, "en": en}
        return any(one.startswith(day) for one in values) or all(
            any(written[language] in text for text in self.texts) for language in self.policy.languages
        )

    def answers(self, key: str) -> tuple[Any, ...]:
        """What the clauses that are called `key` say, where it is one figure or one word."""
        named = zip(self.paths, self.values, strict=True)
        return tuple(one for path, one in named if path.endswith(f".{key}") and isinstance(one, str | int))

    def holds(self, key: str, value: bool) -> bool:
        """Whether the clauses answer the question `key` with `value`; what they leave out is no."""
        if key == "open":
            return value is any(_touch(path, one) for path in self._marked() for one in self.paths)
        if key == "differs":
            apart = {*self.policy.differs, *(path for paths in self.policy.only_in.values() for path in paths)}
            return value is any(_touch(path, one) for path in apart for one in self.paths)
        here = [one for path, one in zip(self.paths, self.values, strict=True) if path.endswith(f".{key}")]
        deep = [one for each in self.values for one in _under(each, key)]
        return value in (here + deep or [False])

    def _marked(self) -> Iterator[str]:
        """Clauses whose lists the text leaves open."""
        yield from self.policy.open
        for name, function in self.policy.functions.items():
            if function.open_list:
                yield from (f"functions.{name}.needs", f"functions.{name}.optional")

    def _declared(self, section: str) -> Mapping[str, Any]:
        sets: Any = self.policy.value.get("rule_sets", {})
        here = [one for name, one in sets.items() if any(path.startswith(f"rule_sets.{name}.") for path in self.paths)]
        return {name: one for value in (self.policy.value, *here) for name, one in value.get(section, {}).items()}


def untold(promise: Promise, said: Said) -> list[str]:
    """Each parameter of `promise`, as `key: value`, that its clauses do not say."""
    return [f"{key}: {one}" for key, value in promise.parameters.items() for one in _untold(promise, said, key, value)]


def _untold(promise: Promise, said: Said, key: str, value: Any) -> Iterator[Any]:
    if key == _LEFT_OUT:
        return  # what the text leaves out cannot be found in it
    for one in value if isinstance(value, list) else [value]:
        if not _stands(promise, said, key, one):
            yield one


def _stands(promise: Promise, said: Said, key: str, value: Any) -> bool:
    if isinstance(value, bool):
        return said.holds(key, value)
    if key == _ABSENT:
        return value not in said.ids
    if key == _COUNTED:
        return value in _lengths(promise)
    if not all(_same(value, one) for one in said.answers(key)):
        return False  # a clause that answers this very question says something else
    return str(value) in said.figures if isinstance(value, int) else _told(said, value)


def _same(value: Any, other: Any) -> bool:
    return str(other).startswith(str(value)) if _DATE.fullmatch(str(value)) else value == other


def _told(said: Said, value: date | str) -> bool:
    text = str(value)
    if _DATE.fullmatch(text):
        return said.dates(text)
    period = _period(text)
    return period in said.periods if period else said.says(text)


def _lengths(promise: Promise) -> set[int]:
    """How long the lists are that a promise counts."""
    return {len(value) for key, value in promise.parameters.items() if isinstance(value, list) and key != _LEFT_OUT}


def _places(path: str) -> Iterator[str]:
    """Every run of a clause's path below its section: `rights.copy.by` names `copy`, `copy.by` and `by`."""
    parts = path.split(".")
    below = parts[3:] if parts[0] == "rule_sets" else parts[1:]
    for start in range(len(below)):
        yield from (".".join(below[start:end]) for end in range(start + 1, len(below) + 1))


def _words(value: Any) -> Iterator[str]:
    """Every key and every string, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield str(key)
            yield from _words(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _words(child)


def _scalars(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for child in value.values():
            yield from _scalars(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _scalars(child)
    else:
        yield value


def _under(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for name, child in value.items():
            if name == key:
                yield child
            yield from _under(child, key)


def _touch(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")


def _period(text: str) -> Period | None:
    try:
        return parse_period(text)
    except InputError:
        return None
