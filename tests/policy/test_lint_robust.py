"""Lint meets policies that are halves of real ones: it never fails, and what it finds stands somewhere."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.support import policy_with
from tests.policy.test_diff_of_examples import FILES, example
from tests.policy.test_lint_wordings import alike
from troth.base.errors import InputError
from troth.policy.lint import lint
from troth.policy.lint.texts import first, says, texts
from troth.policy.model import Policy
from troth.policy.read import from_value

POLICIES = {name: example(name) for name in FILES}


def paths(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every place of a policy's value that could be left out."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield (*above, key)
            yield from paths(child, (*above, key))


def removed(value: Any, place: tuple[str, ...]) -> None:
    for key in place[:-1]:
        if key not in value:
            return  # left out already
        value = value[key]
    value.pop(place[-1], None)


def halved(name: str, places: list[tuple[str, ...]]) -> Policy | None:
    """The example without these places; nothing if that is no policy."""
    value = copy.deepcopy(POLICIES[name].value)
    for place in places:
        removed(value, place)
    try:
        return from_value({**value, "only_in": {}, "differs": {}, "open": []})
    except InputError:
        return None


PLACES = {name: sorted(paths(policy.value)) for name, policy in POLICIES.items()}


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_whatever_is_left_out_lint_says_the_same_in_both_languages_at_clauses_that_are_there(
    name: str, data: st.DataObject
) -> None:
    policy = halved(name, data.draw(st.lists(st.sampled_from(PLACES[name]), max_size=6)))
    if policy is None:
        return
    english = lint(policy, "en")
    alike(lint(policy, "zh"), english)
    for finding in english:
        assert any(stands(finding.clause, policy)), finding


def stands(clause: str, policy: Policy) -> Iterator[bool]:
    """Whether the clause, or one above it of which it is the missing part, is in the policy."""
    whole = {*policy.addresses, *policy.value}
    while clause:
        yield clause in whole
        clause = clause.rpartition(".")[0]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("section", ["rights", "recipients", "functions", "flows", "retention", "security", "minors"])
def test_a_section_that_is_left_out_is_no_fault(name: str, section: str) -> None:
    policy = halved(name, [(section,)])
    if policy is not None:
        rules = {finding.rule for finding in lint(policy)}
        assert rules  # none of the five becomes perfect by saying less


@pytest.mark.parametrize("name", FILES)
def test_the_texts_of_a_policy_are_all_that_it_says_in_its_languages(name: str) -> None:
    """Slow and obvious: every mapping from languages to strings, wherever it stands."""
    policy = POLICIES[name]

    def walk(value: Any, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            if (
                value
                and value.keys() <= set(policy.languages)
                and all(isinstance(each, str) for each in value.values())
            ):
                yield path
            for key, child in value.items():
                yield from walk(child, f"{path}.{key}" if path else key)

    told = {path for path in walk(policy.value, "") if not path.startswith("differs.")}
    assert {path for path, _ in texts(policy)} == told


def test_what_the_languages_say_differently_is_no_text_for_rules() -> None:
    policy = policy_with(
        "languages: [zh, en]\ntitle: {zh: 政策, en: policy}\ncontroller: {name: {zh: 店, en: shop}}\n"
        "statements: {s: {zh: 甲, en: a}}\ndiffers: {statements.s: {zh: 乙, en: b}}"
    )
    assert dict(texts(policy))["statements.s"] == {"zh": "甲", "en": "a"}
    assert not any(path.startswith("differs") for path, _ in texts(policy))


def test_a_text_has_the_words_that_it_has_in_any_language() -> None:
    words = re.compile("never|从不")
    assert says({"en": "we never do", "zh": "我们不做"}, words)
    assert says({"en": "we do not", "zh": "我们从不"}, words)
    assert not says({"en": "we do not", "zh": "我们不做"}, words)
    lines = {"b": {"en": "never"}, "a": {"en": "never"}, "0": {"en": "always"}}
    assert first(lines, words) == "a"
    assert first({"0": {"en": "always"}}, words) is None
