"""Two versions side by side: nothing lost, nothing twice, every change marked for eyes and for ears."""

from __future__ import annotations

import copy
import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notice.policies import FULL, TINY, full, kaiconn, tiny
from tests.notice.reading import read
from troth.base.errors import InputError
from troth.notice.compare import Stated, compare, compare_css
from troth.notice.model import Outline
from troth.notice.outline import outline
from troth.notice.pairs import Pair, compared
from troth.notice.places import particulars
from troth.policy.model import Policy
from troth.policy.read import from_value

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


SPARE = st.sampled_from(["product", "prevails", "effective", "stop", "disputes", "incident", "storage"])
"""Sections that nothing else refers to."""

NOTES = ("open", "only_in", "differs")
"""Sections that name clauses, which an edit may take away."""


def document(policy: Policy, language: str = "en", version: str = "x:1") -> Outline:
    return outline(policy, language, version=version, published=date(2026, 3, 2))


def edited(**parts: Any) -> Policy:
    """The full policy with other sections."""
    kept = {key: part for key, part in copy.deepcopy(FULL).items() if key not in NOTES}
    return from_value({**kept, **parts})


def without(*sections: str) -> Policy:
    """The full policy without these sections."""
    return from_value({key: part for key, part in copy.deepcopy(FULL).items() if key not in {*sections, *NOTES}})


def said(pairs: tuple[Pair, ...], side: str) -> list[str]:
    """The texts of one column."""
    return ["".join(piece.text for piece in getattr(pair, side)) for pair in pairs if getattr(pair, side)]


def page(old: Policy, new: Policy, language: str = "en") -> str:
    return compare(Stated(old, "x:1"), Stated(new, "x:2", date(2026, 3, 2)), language)


@LANGUAGES
@pytest.mark.parametrize("policy", [kaiconn(), full(), tiny()], ids=lambda one: one.name)
def test_a_document_beside_itself_is_the_same_throughout(policy: Policy, language: str) -> None:
    pairs = compared(document(policy, language), document(policy, language))
    assert {pair.standing for pair in pairs} == {"same"}
    assert said(pairs, "old") == said(pairs, "new")
    apart = {one.key for one in particulars(document(policy, language))}
    shown = {one.anchor for one in pairs} | apart
    missing = [anchor for anchor in document(policy, language).anchors() if anchor not in shown]
    assert all(any(pair.anchor and pair.anchor.startswith(f"{each}.") for pair in pairs) for each in missing)


@settings(max_examples=20, deadline=None)
@given(st.sets(SPARE), st.sets(SPARE), st.sampled_from(["zh", "en"]))
def test_each_column_is_the_whole_of_its_version(one: set[str], other: set[str], language: str) -> None:
    old, new = (document(without(*names), language) for names in (one, other))
    there, back = compared(old, new), compared(new, old)
    alone = {id(each): said(compared(each, each), "new") for each in (old, new)}
    assert Counter(said(there, "old")) == Counter(alone[id(old)])
    assert said(there, "new") == alone[id(new)]
    turned = {"added": "removed", "removed": "added", "changed": "changed", "same": "same"}
    assert Counter(turned[pair.standing] for pair in there) == Counter(pair.standing for pair in back)


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_what_is_not_marked_is_the_same_in_both(one: str, other: str) -> None:
    old, new = (edited(statements={"note": {"zh": f"注{each}尾", "en": f"a{each}z"}}) for each in (one, other))
    for pair in compared(document(old), document(new)):
        kept = [["".join(piece.text for piece in side if piece.mark == "same")] for side in (pair.old, pair.new)]
        if pair.old and pair.new:
            assert kept[0] == kept[1]
        assert all(piece.mark in {"same", "del"} for piece in pair.old)
        assert all(piece.mark in {"same", "ins"} for piece in pair.new)


def test_a_changed_text_is_marked_word_by_word_and_sign_by_sign() -> None:
    old = edited(statements={"note": {"zh": "保存三十天", "en": "kept for thirty days"}})
    new = edited(statements={"note": {"zh": "保存六十天", "en": "kept for sixty days"}})
    for language, gone, come in (("en", "thirty", "sixty"), ("zh", "三", "六")):
        (pair,) = [each for each in compared(document(old, language), document(new, language)) if _is_note(each)]
        assert pair.standing == "changed"
        assert [piece.text for piece in pair.old if piece.mark == "del"] == [gone]
        assert [piece.text for piece in pair.new if piece.mark == "ins"] == [come]


def test_very_long_texts_are_marked_as_a_whole() -> None:
    old, new = (edited(statements={"note": {"zh": f"{end}" + "很长" * 2000, "en": "x"}}) for end in "甲乙")
    (pair,) = [each for each in compared(document(old, "zh"), document(new, "zh")) if _is_note(each)]
    assert [piece.mark for piece in (*pair.old, *pair.new)] == ["del", "ins"]


def _is_note(pair: Pair) -> bool:
    return pair.anchor == "statements.note"


def test_what_is_gone_stands_where_it_stood_and_what_is_new_where_it_stands() -> None:
    texts = {name: {"zh": f"句{name}", "en": f"Sentence {name}."} for name in "abcd"}
    old = edited(statements={name: texts[name] for name in "abd"})
    new = edited(statements={name: texts[name] for name in "acd"})
    pairs = [each for each in compared(document(old), document(new)) if (each.anchor or "").startswith("statements.")]
    assert [(each.anchor, each.standing) for each in pairs] == [
        ("statements.a", "same"),
        ("statements.b", "removed"),
        ("statements.c", "added"),
        ("statements.d", "same"),
    ]


def test_a_section_that_moves_up_a_number_is_not_changed() -> None:
    pairs = compared(document(full()), document(without("disputes")))
    assert {pair.standing for pair in pairs if (pair.anchor or "").startswith("controller")} == {"same"}
    assert {pair.standing for pair in pairs if (pair.anchor or "").startswith("disputes")} == {"removed"}


@LANGUAGES
def test_the_page_is_sound_and_tells_each_change_to_a_screen_reader(language: str) -> None:
    html = page(full(), without("disputes", "product"), language)
    found = read(html)
    assert len(found.ids()) == len(set(found.ids()))
    assert {link.removeprefix("#") for link in found.links()} <= set(found.ids())
    assert "script" not in found.tags()
    assert found.all("html") == [{"lang": language}]
    marks = found.tags().count("ins") + found.tags().count("del")
    assert marks
    words = {"en": ("[new: ", "[removed: "), "zh": ("［新增：", "［删去：")}[language]
    assert sum(found.text().count(word) for word in words) == marks
    assert len(re.findall(r'id="change-\d+"', html)) == len(found.links()) - 1


PARTICULARS = {
    "en": {
        "updated": ("Last updated", "from 1 January 2026 to 2 February 2026"),
        "effective": ("In force from", "3 February 2026, not stated before"),
        "version": ("Version", "from x:1 to x:2"),
    },
    "zh": {
        "updated": ("更新日期", "由2026年1月1日变为2026年2月2日"),
        "effective": ("生效日期", "2026年2月3日（此前未写明）"),
        "version": ("版本", "由x:1变为x:2"),
    },
}


@LANGUAGES
def test_dates_version_and_hash_are_told_above_and_are_no_change_of_the_text(language: str) -> None:
    old = from_value({**TINY, "updated": "2026-01-01"})
    new = from_value({**TINY, "updated": "2026-02-02", "effective": "2026-02-03"})
    pairs = compared(document(old, language), document(new, language))
    assert {pair.standing for pair in pairs} == {"same"}
    html = page(old, new, language)
    found = read(html)
    assert not {"ins", "del"} & {*found.tags()}
    head = re.sub(r"\s+", " ", html[html.index("<dl") : html.index("</dl>")])
    for term, told in PARTICULARS[language].values():
        assert f"<dt>{term}</dt><dd>{told}</dd>" in head
    assert old.hash in head
    assert new.hash in head


def test_the_dates_of_a_rule_set_are_told_above_under_its_name() -> None:
    def dated(day: str) -> Policy:
        sets = {"a.b": {"label": {"en": "Rules A"}, "updated": day, "statements": {"updated": {"en": f"said {day}"}}}}
        return from_value({**TINY, "rule_sets": sets})

    old, new = dated("2026-01-01"), dated("2026-02-02")
    changed = [pair.anchor for pair in compared(document(old), document(new)) if pair.standing != "same"]
    assert changed == ["rule_sets.a.b.statements.updated"]  # the statement is text, whatever it is called
    assert "<dt>Last updated (Rules A)</dt><dd>from 1 January 2026 to 2 February 2026</dd>" in page(old, new)


def test_a_date_that_is_no_longer_stated_is_told() -> None:
    old = from_value({**TINY, "effective": "2026-01-01"})
    assert "1 January 2026 before, no longer stated" in page(old, tiny())


def test_two_equal_versions_are_said_to_be_equal() -> None:
    html = compare(Stated(full(), "x:1"), Stated(full(), "x:1"), "en")
    assert "The two versions say the same." in html
    assert "<ins>" not in html
    assert "<del>" not in html


def test_versions_that_differ_in_the_other_language_only_are_equal_in_this_one() -> None:
    old, new = (edited(statements={"note": {"zh": "注", "en": text}}) for text in ("one", "two"))
    assert "两个版本的中文文本相同。" in page(old, new, "zh")
    assert "1 place differs." in page(old, new, "en")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "</td>", "{{ 7*7 }}", '"><img src=x>', "&lt;b&gt;"])
def test_nothing_that_a_policy_says_becomes_markup(hostile: str) -> None:
    old, new = (
        edited(statements={"note": {"zh": text, "en": text}}) for text in (f"One {hostile} two", f"One two {hostile}")
    )
    found = read(page(old, new))
    assert "script" not in found.tags()
    assert "img" not in found.tags()
    told = re.sub(r"\[(?:new|removed): |\]", "", found.text())
    assert f"One {hostile} two" in told


def test_the_style_can_be_served_from_elsewhere() -> None:
    html = compare(Stated(tiny(), "x:1"), Stated(tiny(), "x:2"), "en", stylesheet="/compare.css")
    assert '<link rel="stylesheet" href="/compare.css">' in html
    assert "<style" not in html
    assert "ins" in compare_css()


def test_versions_with_nothing_in_common_and_unknown_languages() -> None:
    other = from_value({**TINY, "title": {"en": "Another"}, "policy": "another"})
    assert "Another" in page(tiny(), other)
    with pytest.raises(InputError):
        page(tiny(), tiny(), "fr")
