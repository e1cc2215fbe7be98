"""What an annotation of the model says beyond its Python type: this text is localised, that word names an item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from troth.base.period import Period


@dataclass(frozen=True)
class Localised:
    """A text in each of the policy's languages, or one text that is the same in all."""


@dataclass(frozen=True)
class Ref:
    """The id of a record declared in one of `sections`; `words` are reserved ids with a meaning of their own."""

    sections: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A fact about a subject that a decision may ask for, such as `verified.phone`."""


@dataclass(frozen=True)
class ClausePath:
    """The address of a clause of the same policy."""


@dataclass(frozen=True)
class LanguageCode:
    """One of the policy's languages."""


@dataclass(frozen=True)
class OneOf:
    """A name from a closed list of the language."""

    choices: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """A text of a certain form: `pattern` must match all of it; `what` names it in an error."""

    what: str
    pattern: str
    example: str


@dataclass(frozen=True)
class OfLaw:
    """A period that may be written `regime`: the strictest figure of that name among the policy's regimes."""

    figure: str


@dataclass(frozen=True)
class MonthWillDo:
    """A day for which the text may name the month alone."""


@dataclass(frozen=True)
class Ordered:
    """A list whose order is part of its meaning; every other list is a set."""


DayOrMonth = Annotated[date, MonthWillDo()]
Deadline = Annotated[Period, OfLaw("request.answer")]
Words = Annotated[Mapping[str, str], Localised()]
ItemId = Annotated[str, Ref(("items",))]
ItemOrCategory = Annotated[str, Ref(("items", "categories"), ("all",))]
CategoryId = Annotated[str, Ref(("categories",))]
PurposeId = Annotated[str, Ref(("purposes",))]
FunctionId = Annotated[str, Ref(("functions",))]
RecipientId = Annotated[str, Ref(("recipients",))]
PermissionId = Annotated[str, Ref(("permissions",))]
FactName = Annotated[str, Fact()]
Clause = Annotated[str, ClausePath()]
Code = Annotated[str, LanguageCode()]
Link = Annotated[str, Form("a web address", r"https?://[^\s<>\"'`]+", "https://example.example/privacy")]
Email = Annotated[str, Form("an e-mail address", r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+", "privacy@company.example")]
Phone = Annotated[str, Form("a telephone number", r"\+?[0-9][0-9 ()-]{4,30}", "+86 755 0000 0000")]
StoredName = Annotated[str, Form("the name of a cookie or a stored value", r"[A-Za-z0-9_.\-]{1,100}\*?", "_visit*")]
Country = Annotated[str, Form("a country code", r"[a-z]{2}(-[a-z]{2})?", "cn")]
LanguageName = Annotated[str, Form("a language code", r"[a-z]{2,3}", "en")]
Name = Annotated[str, Form("a name", r"[a-z0-9][a-z0-9-]{0,60}", "kaiconn")]


def called(key: str) -> dict[str, str]:
    """Metadata of a field whose YAML key is not its Python name (`for` cannot be one)."""
    return {"key": key}
