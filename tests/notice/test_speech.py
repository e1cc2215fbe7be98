from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import troth.notice
from troth.base.text import LANGUAGES
from troth.notice.model import Span, plain
from troth.notice.sections.lines import GATHERING
from troth.notice.speech import Speech, speech
from troth.policy import model
from troth.policy.facts import PLAIN

CATALOGUES = {language: speech(language).phrases for language in LANGUAGES}
SOURCE = "\n".join(
    one.read_text("utf-8") for one in sorted(Path(troth.notice.__path__[0]).rglob("*")) if one.suffix in {".py", ".j2"}
)


def members(hint: Any) -> Iterator[str]:
    """The words of a closed list, wherever in the annotation it stands."""
    if get_origin(hint) is Literal:
        yield from (one for one in get_args(hint) if isinstance(one, str))
    for inner in get_args(hint):
        yield from members(inner)


def words_of(record: type, name: str) -> set[str]:
    return set(members(get_type_hints(record)[name]))


FAMILIES: dict[str, set[str]] = {
    "abroad": words_of(model.Abroad, "rule"),
    "acceptance": set(get_args(model.Acceptance)),
    "action": set(model.ACTIONS),
    "age": {"below", "up-to"},
    "ask": words_of(model.Permission, "ask"),
    "band": words_of(model.Band, "rule"),
    "basis": set(get_args(model.Basis)),
    "channel": set(get_args(model.Channel))
    | words_of(model.Changes, "tell")
    | words_of(model.Incident, "by")
    | words_of(model.Stop, "tell"),
    "clause": {
        "field",
        "text",
        "needs",
        "optional",
        "name",
        "aim",
        "receives",
        "self_start",
        "refuse_by",
        "cooling_off",
        "items",
        "purposes",
        "then",
        "tell",
        "say",
        "by",
        "material",
        "contacts.post",
        "abroad.needs",
    },
    "closed": words_of(model.Policy, "closed"),
    "consent": set(model.GRADES),
    "deemed": words_of(model.Policy, "deemed"),
    "fact": set(PLAIN),
    "fee": words_of(model.Fee, "first"),
    "fee-repeated": words_of(model.Fee, "repeated"),
    "minors": words_of(model.Minors, "rule"),
    "recipient": words_of(model.Recipient, "kind"),
    "risk": words_of(model.Permission, "risk"),
    "runs-on": words_of(model.Policy, "runs_on"),
    "unstated": words_of(model.Policy, "unstated"),
    "self-start": words_of(model.Recipient, "self_start"),
    "sharing": {one for one in model.ACTIONS if one not in GATHERING},
    "source": words_of(model.Item, "sources"),
    "technology": words_of(model.Technology, "kind"),
    "then": words_of(model.Retention, "then") | words_of(model.Stop, "then"),
    "who": set(get_args(model.Who)),
    "withdrawn": words_of(model.Function, "withdrawn"),
    "within": set(get_args(model.Start)) | {"incident", "stop"},
}
"""Phrases that are chosen by a word of the policy language; everything else is named in the source."""

BY_WORD = {f"{family}.{member}" for family, found in FAMILIES.items() for member in found}


def places(phrase: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(phrase) if name)


def test_every_catalogue_has_the_same_phrases() -> None:
    assert CATALOGUES["zh"].keys() == CATALOGUES["en"].keys()


@pytest.mark.parametrize("key", sorted(CATALOGUES["en"]))
def test_a_phrase_has_the_same_places_in_every_language(key: str) -> None:
    assert places(CATALOGUES["zh"][key]) == places(CATALOGUES["en"][key])


def test_every_word_of_the_policy_language_has_a_phrase() -> None:
    assert sorted(BY_WORD - CATALOGUES["en"].keys()) == []


def test_no_phrase_is_unused() -> None:
    named = set(re.findall(r'"([a-z][a-z0-9._-]*)"', SOURCE))
    assert sorted(CATALOGUES["en"].keys() - BY_WORD - named) == []


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_of_phrases_is_used(family: str) -> None:
    assert re.search(rf'f?"{family}(\.\{{|")', SOURCE)


@pytest.mark.parametrize("key", sorted(CATALOGUES["en"]))
def test_a_phrase_is_written_in_its_own_script(key: str) -> None:
    assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", CATALOGUES["en"][key])
    chinese = CATALOGUES["zh"][key]
    if re.search(r"[\u4e00-\u9fff]", chinese):
        assert not re.search(r"[,;:!?()]", chinese), "Chinese is set with full-width punctuation"


def test_a_value_keeps_its_marks_inside_a_phrase() -> None:
    line = speech("en").say("within.receipt", period=(Span("7 days", strong=True),))
    assert line == (Span("within "), Span("7 days", strong=True), Span(" of receiving your request"))


def test_values_are_never_read_as_phrases() -> None:
    assert plain(speech("en").say("list.kind", kind="{name} {0} %s")) == "Kind: {name} {0} %s"


def test_lists_are_joined_as_each_language_joins_them() -> None:
    assert plain(speech("zh").words("action", ["collect", "use"])) == "收集、使用"
    assert plain(speech("en").words("action", ["collect", "use"])) == "collect, use"
    assert plain(speech("zh").alternatives("action", ["share", "transfer", "sell"])) == "共享、转让或出售"
    assert plain(speech("en").alternatives("action", ["share", "transfer", "sell"])) == "share, transfer or sell"
    assert plain(speech("en").alternatives("action", ["share"])) == "share"


@pytest.mark.parametrize(
    ("language", "day", "china", "california", "english", "law", "unknown"),
    [
        ("zh", "2026年3月2日", "中国", "美国 (CA)", "英语", "中国内地", "moon"),
        ("en", "2 March 2026", "China", "United States (CA)", "English", "Mainland China", "moon"),
    ],
)
def test_dates_countries_languages_and_laws_have_their_names(
    language: str, day: str, china: str, *, california: str, english: str, law: str, unknown: str
) -> None:
    told = speech(language)
    assert told.date(date(2026, 3, 2)) == day
    assert [told.country("cn"), told.country("us-ca"), told.country("zz")] == [china, california, told.country("zz")]
    assert told.tongue("en") == english
    assert [told.regime("cn"), told.regime("moon")] == [law, unknown]


def test_a_catalogue_is_read_once() -> None:
    assert speech("zh") is speech("zh")
    assert {one.name for one in dataclasses.fields(Speech)} == {"language", "phrases"}
