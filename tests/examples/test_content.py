"""The 94 promises that a text alone keeps, one by one, against the notices that people read, in both languages."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.examples.example import example
from tests.notice.reading import Read, read
from troth.drill.controls.text import texts
from troth.drill.model import Promise
from troth.notice.render import page
from troth.policy.clauses import clause

NAMES = ("generic", "nanolux", "nanonebula", "kaiconn", "smallrig")
CONTENT = [(name, promise) for name in NAMES for promise in example(name).promises if promise.kind == "content"]
BY_TEXT = {"notice-says", "sections-present"}
LANGUAGES = ("zh", "en")

PROMISES = pytest.mark.parametrize(("name", "promise"), CONTENT, ids=[promise.id for _, promise in CONTENT])
SPOKEN = pytest.mark.parametrize("language", LANGUAGES)


def squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


@cache
def notice(name: str, language: str) -> Read:
    return read(page(example(name).policy, language, version=f"{name}:1"))


@cache
def shown(name: str, language: str) -> str:
    return squeezed(notice(name, language).text())


@cache
def anchors(name: str, language: str) -> frozenset[str | None]:
    return frozenset(given.get("id") for _, given in notice(name, language).elements)


def words(value: Any) -> list[str]:
    """The texts among parameters; what is an id of the policy says nothing to a reader and is left out."""
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str) and " " in one]


def test_there_are_94() -> None:
    assert len(CONTENT) == 94


@PROMISES
def test_it_rests_on_what_the_notice_says(name: str, promise: Promise) -> None:
    assert name in NAMES
    assert promise.control in BY_TEXT


@SPOKEN
@PROMISES
def test_every_text_of_its_clauses_stands_in_the_notice(name: str, promise: Promise, language: str) -> None:
    policy = example(name).policy
    wanted = [text for path in promise.clauses for text in texts(clause(policy, path), language)]
    wanted += (promise.rehearsal.get("contains") or {}).get(language, ())
    assert wanted
    assert [one for one in wanted if squeezed(one) not in shown(name, language)] == []


@PROMISES
def test_every_fact_in_words_stands_in_the_notice_of_a_language(name: str, promise: Promise) -> None:
    said = [word for key, value in promise.parameters.items() if key != "unstated" for word in words(value)]
    lost = [one for one in said if not any(squeezed(one) in shown(name, language) for language in LANGUAGES)]
    assert lost == []


@SPOKEN
@PROMISES
def test_every_section_that_it_announces_is_there(name: str, promise: Promise, language: str) -> None:
    named = promise.rehearsal.get("anchors", [])
    assert bool(named) is (promise.control == "sections-present")
    assert [one for one in named if one not in anchors(name, language)] == []


@SPOKEN
@PROMISES
def test_its_sentence_is_written_in_the_language(name: str, promise: Promise, language: str) -> None:
    sentence = promise.says[language]
    chinese = sum("一" <= letter <= "鿿" for letter in sentence)
    assert name in NAMES
    assert (chinese > len(sentence) // 4) is (language == "zh")  # either may name something in the other's script
    assert sentence.endswith({"zh": "。", "en": "."}[language])


@pytest.mark.parametrize("promise", [one for _, one in CONTENT if one.id in {"KAI-173", "NLX-129", "SMR-262"}])
def test_a_text_that_is_not_there_is_noticed(promise: Promise) -> None:
    name = {"KAI": "kaiconn", "NLX": "nanolux", "SMR": "smallrig"}[promise.id[:3]]
    (path, *_) = promise.clauses
    (text,) = texts(clause(example(name).policy, path), "zh")
    assert squeezed(text) in shown(name, "zh")
    assert squeezed(f"{text}或者不是") not in shown(name, "zh")
