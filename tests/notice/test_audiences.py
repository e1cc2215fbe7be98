"""Rule sets in the document: each audience finds its rules in an annex, at addresses of their own."""

from __future__ import annotations

from functools import cache

import pytest

from tests.notice.policies import texts
from tests.notice.test_outline import sections, whole, written
from tests.policy.support import ROOT
from troth.notice.model import Outline
from troth.notice.outline import anchor_of
from troth.notice.render import render
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.policy.rule_sets import rule_set

FOLDER = ROOT / "examples" / "smallrig"
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


@cache
def smallrig() -> Policy:
    return parse(
        {name: (FOLDER / name).read_text("utf-8") for name in ("policy.yaml", "california.yaml", "china.yaml")}
    )


@cache
def document(language: str) -> Outline:
    return written(smallrig(), language)


@LANGUAGES
def test_every_text_of_every_rule_set_stands_in_the_document(language: str) -> None:
    said = whole(document(language)).casefold()
    missing = [one for one in texts(smallrig().value, language) if one.casefold() not in said]
    assert missing == []


@LANGUAGES
def test_no_anchor_stands_twice(language: str) -> None:
    anchors = document(language).anchors()
    assert len(anchors) == len(set(anchors))


def test_both_languages_have_the_same_anchors() -> None:
    assert document("zh").anchors() == document("en").anchors()


def test_a_clause_of_a_rule_set_is_found_inside_its_annex() -> None:
    for clause in smallrig().addresses:
        if clause.startswith(
            ("rule_sets.california.rights", "rule_sets.china.security", "rule_sets.california.matrices")
        ):
            anchor = anchor_of(document("en"), clause)
            assert anchor is not None
            assert anchor.startswith(".".join(clause.split(".")[:3])), clause


def test_the_annexes_come_last_and_without_numbers() -> None:
    annexes = [one for one in document("en").sections if one.anchor.startswith("rule_sets.")]
    assert [one.anchor for one in annexes] == ["rule_sets.california", "rule_sets.china"]
    assert document("en").sections[-2:] == tuple(annexes)
    assert not [one for one in sections(document("en")) if one.anchor.startswith("rule_sets.") and one.number]


def test_every_link_of_an_annex_leads_into_the_document() -> None:
    html = render(smallrig(), "en", version="x:1")
    anchors = set(document("en").anchors())
    links = {part.split('"')[0] for part in html.split('href="#')[1:]}
    assert any(one.startswith("rule_sets.") for one in links)
    assert {one for one in links if one not in anchors} == {"contents"}


@pytest.mark.parametrize("name", ["california", "china"])
@LANGUAGES
def test_an_audience_has_a_document_of_its_own(name: str, language: str) -> None:
    view = rule_set(smallrig(), name)
    alone = written(view, language)
    said = whole(alone).casefold()
    missing = [one for one in texts(view.value, language) if one.casefold() not in said]
    assert missing == []
    assert not [one for one in alone.anchors() if one.startswith("rule_sets")]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "We do not honour this signal."), ("zh", "我们不遵从该信号。")],
)
def test_an_ignored_signal_is_said_to_be_ignored(language: str, sentence: str) -> None:
    assert sentence in whole(document(language))


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Translations of the original text: Chinese.",
                "This is what happened in the preceding 12 months: sell.",
                "For each line below, this is allowed: collect, use, disclose or sell.",
                "Until: 1 January 2021",
                "We wait at least 12 months before we ask you again",
                "You need no account for this.",
                "In no other case do we sell personal information.",
                "These rules stand alone",
                "We collect no other kind of personal information.",
                "Obtained: from others",
                "This policy speaks of: a website.",
            ],
        ),
        (
            "zh",
            [
                "以下语言为译文：中文。",
                "至少12个月后才会再次询问您",
                "不需要账号。",
                "以下规则自成一体",
                "除本政策列明的信息外，我们不收集其他种类的个人信息。",
                "收集方式：第三方提供",
                "本政策针对：网站。",
            ],
        ),
    ],
)
def test_marks_are_said_in_sentences(language: str, sentences: list[str]) -> None:
    said = whole(document(language))
    assert [one for one in sentences if one not in said] == []


@cache
def small() -> Policy:
    return parse(
        {
            "policy.yaml": """\
troth: 1
policy: small
title: {en: Privacy, zh: 隐私}
updated: 2026-01-01
languages: [en, zh]
controller: {name: Small Ltd}
rights:
  know: {label: {en: right to know, zh: 知情权}, account_needed: true}
requests:
  fee: {repeated: cost, told: {en: an estimate comes first, zh: 先给出估价}}
  tiers:
    high: {label: {en: for pieces, zh: 具体信息}, points: 3, declaration: true, rights: [know]}
minors: {below: 16, rule: guardian, bands: {teen: {at_least: 13, below: 16, rule: opt-in}}}
signals: {gpc: {label: Global Privacy Control, honoured: true}}
rule_sets:
  none: {label: {en: nobody in particular, zh: 无特定人群}, without: [signals.gpc]}
"""
        }
    )


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "You need an account for this.",
                "An estimate comes first",
                "For pieces, 3 matching particulars, a signed declaration",
                "about people from 13 and under 16",
                "We honour this signal.",
                "These general rules do not hold here: Global Privacy Control",
                "These rules are added to the general rules above",
            ],
        ),
        (
            "zh",
            [
                "须有账号。",
                "先给出估价",
                "具体信息、3项信息相符、签署的声明",
                "满13周岁且未满16周岁",
                "我们遵从该信号。",
            ],
        ),
    ],
)
def test_what_an_author_marks_is_said(language: str, sentences: list[str]) -> None:
    said = whole(written(small(), language))
    assert [one for one in sentences if one not in said] == []


@LANGUAGES
def test_a_rule_set_without_rules_of_its_own_is_told_all_the_same(language: str) -> None:
    annexes = [one for one in written(small(), language).sections if one.anchor == "rule_sets.none"]
    assert len(annexes) == 1
    assert annexes[0].sections == ()
