"""The notices of three examples say all that their policies and promises say, in each language."""

from __future__ import annotations

import pytest

from tests.examples.example import example
from tests.notice.policies import texts
from tests.notice.reading import read
from troth.drill.controls.text import texts as texts_of
from troth.notice.render import page
from troth.policy.clauses import clause

NAMES = pytest.mark.parametrize("name", ["nanolux", "nanonebula", "generic"])
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def squeezed(text: str) -> str:
    return "".join(text.split()).casefold()


def shown(name: str, language: str) -> str:
    return squeezed(read(page(example(name).policy, language, version=f"{name}:1")).text())


@NAMES
@LANGUAGES
def test_every_text_of_the_policy_stands_in_the_notice(name: str, language: str) -> None:
    said = shown(name, language)
    spoken = {key: value for key, value in example(name).policy.value.items() if key != "categories"}
    assert [one for one in texts(spoken, language) if squeezed(one) not in said] == []


@NAMES
@LANGUAGES
def test_what_a_promise_only_says_is_said(name: str, language: str) -> None:
    said, policy = shown(name, language), example(name).policy
    promises = [promise for promise in example(name).promises if promise.control == "notice-says"]
    assert promises
    for promise in promises:
        wanted = [text for path in promise.clauses for text in texts_of(clause(policy, path), language)]
        assert wanted, promise.id
        assert [one for one in wanted if squeezed(one) not in said] == [], promise.id


@NAMES
@LANGUAGES
def test_the_sections_that_a_promise_announces_are_there(name: str, language: str) -> None:
    html = page(example(name).policy, language, version=f"{name}:1")
    for promise in example(name).promises:
        for anchor in promise.given.get("anchors", ()):
            assert f'id="{anchor}"' in html, promise.id
            assert f'href="#{anchor}"' in html, promise.id
