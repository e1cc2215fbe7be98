"""The shapes of single values: a text, a date, a period, a word of a closed list, a reference."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from troth.base.errors import InputError
from troth.base.month import Month
from troth.base.period import Period, parse_period
from troth.policy.law import strictest
from troth.policy.schema.context import Failed, Reading
from troth.policy.schema.marks import Form, Ref
from troth.policy.yaml_reader import Json, Node

LONGEST_TEXT = 20_000
_MONTH = re.compile(r"([0-9]{3}[1-9]|[1-9][0-9]{3})-(0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Shape(ABC):
    """Reads a node to a value of the model, and writes the value back as JSON."""

    @abstractmethod
    def read(self, node: Node, reading: Reading) -> object | Failed:
        """The value, or FAILED after its problems have been reported."""

    def dump(self, value: object) -> Json:
        """The JSON from which `read` gives the same value; a word, unless the shape says otherwise."""
        return str(value)


def word(node: Node, reading: Reading, what: str) -> str | Failed:
    """The scalar as it was written; a number or `no` is a word like any other."""
    if node.value is None:
        return reading.problem(
            "policy.empty", f"{what} is missing here", node.position, "give a value or leave the line out"
        )
    if isinstance(node.value, dict | tuple):
        found = "a mapping" if isinstance(node.value, dict) else "a list"
        return reading.problem("policy.wrong-type", f"{what} is expected, not {found}", node.position)
    text = node.raw.strip()
    if not text:
        return reading.problem("policy.empty", f"{what} is empty", node.position, "give a value or leave the line out")
    if len(text) > LONGEST_TEXT:
        return reading.problem("policy.too-long", f"{what} has more than {LONGEST_TEXT} characters", node.position)
    return text


@dataclass(frozen=True)
class TextShape(Shape):
    """A text in one language: a name, a word of the author's."""

    def read(self, node: Node, reading: Reading) -> str | Failed:
        """A scalar as it was written."""
        return word(node, reading, "a text")


@dataclass(frozen=True)
class LocalisedShape(Shape):
    """A text in every language of the policy."""

    def read(self, node: Node, reading: Reading) -> dict[str, str] | Failed:
        """One text for all languages, or one for each."""
        if not isinstance(node.value, dict):
            text = word(node, reading, "a text")
            return text if isinstance(text, Failed) else dict.fromkeys(reading.languages, text)
        said: dict[str, str] = {}
        whole = True
        for language, child in node.value.items():
            if language not in reading.languages:
                reading.unknown("language", language, reading.languages, node.key_position(language))
                whole = False
                continue
            text = word(child, reading, "a text")
            if isinstance(text, Failed):
                whole = False
            else:
                said[language] = text
        missing = [language for language in reading.languages if language not in node.value]
        if missing:
            named = ", ".join(f"`{language}`" for language in missing)
            return reading.problem(
                "policy.missing-translation",
                f"the text is missing in {named}",
                node.position,
                "say it in every language",
            )
        return {language: said[language] for language in reading.languages} if whole else Failed.FAILED

    def dump(self, value: object) -> Json:
        """Always one text a language."""
        assert isinstance(value, Mapping)
        return {str(language): str(text) for language, text in value.items()}


@dataclass(frozen=True)
class BoolShape(Shape):
    """`true` or `false`."""

    def read(self, node: Node, reading: Reading) -> bool | Failed:
        """Nothing but the two words: `yes` is a text."""
        if isinstance(node.value, bool):
            return node.value
        return reading.problem("policy.wrong-type", "`true` or `false` is expected", node.position)

    def dump(self, value: object) -> Json:
        """`true` or `false`."""
        return bool(value)


@dataclass(frozen=True)
class CountShape(Shape):
    """A whole number from 0 to a million: an age, a count."""

    most: int = 1_000_000

    def read(self, node: Node, reading: Reading) -> int | Failed:
        """No sign, no fraction."""
        if isinstance(node.value, int) and not isinstance(node.value, bool) and 0 <= node.value <= self.most:
            return node.value
        return reading.problem("policy.wrong-type", f"a whole number from 0 to {self.most} is expected", node.position)

    def dump(self, value: object) -> Json:
        """The number."""
        assert isinstance(value, int)
        return value


@dataclass(frozen=True)
class DateShape(Shape):
    """A day, written `2026-03-02`."""

    def read(self, node: Node, reading: Reading) -> date | Failed:
        """Nothing but year, month and day."""
        text = word(node, reading, "a date")
        if isinstance(text, Failed):
            return text
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        return reading.problem(
            "policy.bad-date", f"`{text[:40]}` is not a date", node.position, "write it as `2026-03-02`"
        )

    def dump(self, value: object) -> Json:
        """`2026-03-02`."""
        assert isinstance(value, date)
        return value.isoformat()


@dataclass(frozen=True)
class DayOrMonthShape(DateShape):
    """A day, or a month of which the text names no day, written `2026-03`."""

    def read(self, node: Node, reading: Reading) -> date | Failed:
        """Year and month, or else a day."""
        found = _MONTH.fullmatch(node.raw.strip())
        return Month(int(found[1]), int(found[2]), 1) if found else super().read(node, reading)

    def dump(self, value: object) -> Json:
        """`2026-03` for a month, `2026-03-02` for a day."""
        return value.written if isinstance(value, Month) else super().dump(value)


@dataclass(frozen=True)
class PeriodShape(Shape):
    """A length of time, written `7 days` or `30 working days`."""

    def read(self, node: Node, reading: Reading) -> Period | Failed:
        """A number and a unit."""
        text = word(node, reading, "a length of time")
        if isinstance(text, Failed):
            return text
        try:
            return parse_period(text)
        except InputError as error:
            return reading.problem(error.code, error.message[:200], node.position, error.hint)


@dataclass(frozen=True)
class DeadlineShape(Shape):
    """A length of time, or the word `regime` for the figure of the law as it stands when the policy is read."""

    figure: str

    def read(self, node: Node, reading: Reading) -> Period | Failed:
        """A number and a unit, or the figure."""
        if node.value != "regime":
            return PeriodShape().read(node, reading)
        found = strictest(reading.regimes, self.figure)
        if found is not None:
            return found
        message = f"none of the policy's regimes states `{self.figure}`"
        return reading.problem("policy.no-figure", message, node.position, "name a regime that does, or write a period")


@dataclass(frozen=True)
class ChoiceShape(Shape):
    """One word of a closed list."""

    choices: tuple[str, ...]

    def read(self, node: Node, reading: Reading) -> str | Failed:
        """One of the words as it stands."""
        text = word(node, reading, "a word")
        if isinstance(text, Failed) or text in self.choices:
            return text
        message = f"`{text[:80]}` is not a word that may stand here"
        return reading.problem("policy.unknown-word", message, node.position, reading.hint(text, self.choices))


@dataclass(frozen=True)
class WordOrShape(Shape):
    """A word of a closed list, or else a value of another shape."""

    choices: tuple[str, ...]
    other: Shape

    def read(self, node: Node, reading: Reading) -> object | Failed:
        """The word if it is one, else the other."""
        return node.raw.strip() if node.raw.strip() in self.choices else self.other.read(node, reading)

    def dump(self, value: object) -> Json:
        """The word, or what the other shape makes."""
        return value if isinstance(value, str) and value in self.choices else self.other.dump(value)


@dataclass(frozen=True)
class FormShape(Shape):
    """A text of a certain form, such as a web address."""

    form: Form

    def read(self, node: Node, reading: Reading) -> str | Failed:
        """A text that matches as a whole."""
        text = word(node, reading, self.form.what)
        if isinstance(text, Failed) or re.fullmatch(self.form.pattern, text):
            return text
        message = f"`{text[:80]}` is not {self.form.what}"
        return reading.problem("policy.bad-form", message, node.position, f"write it as `{self.form.example}`")


@dataclass(frozen=True)
class RefShape(Shape):
    """The id of a record declared elsewhere in the policy."""

    ref: Ref

    def read(self, node: Node, reading: Reading) -> str | Failed:
        """An id that is declared, in whichever file."""
        what = singular(self.ref.sections[0])
        text = word(node, reading, "a name")
        if isinstance(text, Failed) or reading.declares(text, self.ref.sections, self.ref.words):
            return text
        return reading.unknown(what, text, reading.names(self.ref.sections), node.position)


@dataclass(frozen=True)
class FactShape(Shape):
    """The name of a fact that a decision may ask for."""

    def read(self, node: Node, reading: Reading) -> str | Failed:
        """A fact that this policy can have."""
        text = word(node, reading, "the name of a fact")
        if isinstance(text, Failed) or text in reading.facts:
            return text
        return reading.unknown("fact", text, reading.facts, node.position)


def singular(section: str) -> str:
    """One member of a section, as an error names it: `item` of `items`, `category` of `categories`."""
    for plural, one in (("ies", "y"), ("ices", "ix"), ("s", "")):
        if section.endswith(plural):
            return section.removesuffix(plural) + one
    return section
