from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notice.policies import FULL, full, kaiconn, text, texts, tiny
from troth.base.errors import InputError
from troth.base.period import parse_period
from troth.notice.model import Block, Bullets, Facts, Line, Outline, Paragraph, Section, Table, plain
from troth.notice.outline import anchor_of, outline
from troth.policy.model import Policy
from troth.policy.read import from_value

POLICIES = pytest.mark.parametrize("policy", [kaiconn(), full(), tiny()], ids=lambda one: one.name)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def written(policy: Policy, language: str) -> Outline:
    return outline(policy, language, version=f"{policy.name}:1", published=date(2026, 3, 2))


def sections(document: Outline) -> list[Section]:
    """Every section, from the outside to the inside."""
    waiting, found = list(document.sections), []
    while waiting:
        found.append(waiting.pop(0))
        waiting[:0] = found[-1].sections
    return found


def lines(document: Outline) -> Iterator[Line]:
    """Every line of the document."""
    blocks: list[Block] = [Facts(document.about), *document.lead]
    for section in sections(document):
        blocks.append(Paragraph(()))
        blocks.extend(section.blocks)
    for block in blocks:
        match block:
            case Paragraph():
                yield block.line
            case Bullets():
                yield from (one.line for one in block.items)
            case Facts():
                for entry in block.entries:
                    yield entry.term
                    yield from (one.line for one in entry.told)
            case Table():
                yield from (one.line for row in block.rows for cell in row.cells for one in cell)


def whole(document: Outline) -> str:
    """All that the document says."""
    said = [document.title, *(one.heading for one in sections(document)), *(plain(one) for one in lines(document))]
    return "\n".join(said)


@POLICIES
@LANGUAGES
def test_every_anchor_is_unique(policy: Policy, language: str) -> None:
    anchors = written(policy, language).anchors()
    assert len(anchors) == len(set(anchors))


@POLICIES
def test_both_languages_have_the_same_anchors_in_the_same_order(policy: Policy) -> None:
    assert written(policy, "zh").anchors() == written(policy, "en").anchors()


@POLICIES
@LANGUAGES
def test_every_clause_is_found_in_the_document(policy: Policy, language: str) -> None:
    document = written(policy, language)
    lost = [one for one in policy.addresses if anchor_of(document, one) is None and not one.startswith("categories")]
    assert lost == ["languages", "policy", "troth"]  # they say how to read the policy, and nothing to a person


def test_a_clause_is_found_at_itself_above_itself_or_below_itself() -> None:
    document = written(full(), "en")
    assert anchor_of(document, "rights.erasure.within") == "rights.erasure.within"
    assert anchor_of(document, "rights.erasure.label") == "rights.erasure"
    assert anchor_of(document, "flows.share") == "flows.share.partner"
    assert anchor_of(document, "nonsense") is None


@LANGUAGES
def test_every_text_of_the_policy_stands_in_the_document(language: str) -> None:
    said = whole(written(full(), language)).casefold()
    missing = [one for one in texts(FULL, language) if one.casefold() not in said]
    assert missing == []


@LANGUAGES
def test_every_text_of_kaiconn_stands_in_the_document(language: str) -> None:
    policy = kaiconn()
    said = whole(written(policy, language)).casefold()
    spoken = {key: value for key, value in policy.value.items() if key != "categories"}
    missing = [one for one in texts(spoken, language) if one.casefold() not in said]
    assert missing == []


@LANGUAGES
def test_every_length_of_time_stands_in_the_document_emphasised(language: str) -> None:
    spans = [span for line in lines(written(full(), language)) for span in line if span.strong]
    emphasised = {span.text for span in spans}
    stated = (
        "14 days, 13 months, 9 months, 1 year, 30 days, 30 working days, 10 business days, 2 months, 12 months, "
        "7 days, 15 working days, 5 years, 21 days, 72 hours, 3 months"
    )
    for one in stated.split(", "):
        assert parse_period(one).words(language) in {words[0].lower() + words[1:] for words in emphasised}


def test_no_period_of_the_full_policy_is_left_out_of_the_test_above() -> None:
    found = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for child in value.values():
                walk(child)
        elif isinstance(value, str) and value.split(" ")[-1] in {"days", "months", "years", "year", "hours"}:
            found.add(value)

    walk(FULL)
    assert len(found) == 15


@LANGUAGES
def test_a_sensitive_item_is_emphasised_wherever_it_is_named(language: str) -> None:
    labels = {text("phone item")[language], text("pulse item")[language], text("health category")[language]}
    named = [
        span
        for line in lines(written(full(), language))
        for span in line
        if span.text.casefold() in labels and span.text.casefold() != text("health category")[language]
    ]
    assert len(named) >= 6
    assert all(span.strong for span in named)


@LANGUAGES
def test_kaiconn_has_its_ten_sections_numbered_in_order(language: str) -> None:
    numbered = [one for one in written(kaiconn(), language).sections if one.number]
    assert [one.anchor for one in numbered] == [
        "collection", "technologies", "sharing", "security", "rights", "minors", "storage", "changes", "statements",
        "controller",
    ]  # fmt: skip
    numbers = {"zh": [f"{one}、" for one in "一二三四五六七八九十"], "en": [f"{n}." for n in range(1, 11)]}
    assert [one.number for one in numbered] == numbers[language]


@LANGUAGES
def test_a_policy_that_says_almost_nothing_is_still_a_document(language: str) -> None:
    document = written(tiny(), language)
    assert [one.anchor for one in document.sections] == ["controller"]
    assert "Tiny Ltd." in whole(document)


@POLICIES
@LANGUAGES
def test_no_section_and_no_block_is_empty(policy: Policy, language: str) -> None:
    for section in sections(written(policy, language)):
        assert section.blocks or section.sections
        for block in section.blocks:
            match block:
                case Paragraph():
                    assert plain(block.line).strip()
                case Bullets():
                    assert block.items
                case Facts():
                    assert block.entries
                    assert all(entry.told for entry in block.entries)
                case Table():
                    assert block.rows
                    assert {len(row.cells) for row in block.rows} == {len(block.columns)}


def test_what_a_policy_no_longer_speaks_of_has_no_section() -> None:
    silent = {key: value for key, value in FULL.items() if key not in {"rights", "requests", "stop", "differs"}}
    anchors = written(from_value({**silent, "closed": []}), "en").anchors()
    assert not [one for one in anchors if one.startswith(("rights", "requests", "stop"))]


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_declarations_never_changes_the_document(chance: random.Random) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            pairs = [(key, shuffled(child)) for key, child in value.items()]
            chance.shuffle(pairs)
            return dict(pairs)
        return value

    assert written(from_value(shuffled(FULL)), "en") == written(full(), "en")


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(InputError, match="`tlh`") as caught:
        written(tiny(), "tlh")
    assert caught.value.code == "notice.no-language"
    assert "`zh`" in caught.value.hint


def test_who_may_choose_is_told_after_who_may_not() -> None:
    table = next(one for one in sections(written(full(), "en")) if one.anchor == "functions").blocks[1]
    assert isinstance(table, Table)
    assert [row.anchor for row in table.rows] == ["functions.register", "functions.push", "functions.idle"]


def test_separate_consent_is_emphasised() -> None:
    document = written(full(), "zh")
    assert any(span.strong and span.text == "您的单独同意" for line in lines(document) for span in line)
