"""Every word that a decision may need exists, in Chinese and in English, and reads as a sentence."""

from __future__ import annotations

from typing import get_args

import pytest

from troth.consent.optouts.optout import OPT_OUTS
from troth.decision.sentence import Labels, sentence
from troth.policy.facts import PLAIN
from troth.policy.model import ACTIONS, GRADES, Basis
from troth.subjects.age import ADULT_FACT, GUARDIAN_FACT

LABELS = Labels(
    item={"zh": "位置", "en": "location"},
    purpose={"zh": "地图", "en": "maps"},
    recipient=None,
    consents={"map": {"zh": "地图服务", "en": "the map"}, "flows.sale": {"zh": "出售", "en": "sale"}},
)
OUTSIDE = Labels(LABELS.item, LABELS.purpose, {"zh": "高德", "en": "Amap"}, LABELS.consents)
BASES: tuple[str, ...] = get_args(Basis)
OPTED_OUT = {f"opted-out.{name}" for name in OPT_OUTS}
NEVER_NEEDED = {"account.closing", "account.closed", "restricted", "hold", "age.barred", *OPTED_OUT}
FORBIDDING = {
    "account.closing",
    "account.closed",
    "restricted",
    "age.barred",
    "age.below.14",
    "age.below.18",
    "objected.map",
    *OPTED_OUT,
}
NEEDED = {GUARDIAN_FACT, ADULT_FACT, "opted-in.sale"}


def said(
    language: str,
    outcome: str = "denied",
    action: str = "use",
    *,
    labels: Labels = LABELS,
    basis: str | None = "consent",
    missing: tuple[str, ...] = (),
    blocking: tuple[str, ...] = (),
) -> str:
    clause = "functions.map.needs"
    return sentence(language, outcome, action, labels, clause=clause, basis=basis, missing=missing, blocking=blocking)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_action_has_its_own_word_with_and_without_a_recipient(language: str) -> None:
    alone = {said(language, "allowed", action) for action in ACTIONS}
    outside = {said(language, "allowed", action, labels=OUTSIDE) for action in ACTIONS}
    assert len(alone | outside) == 2 * len(ACTIONS)
    assert all(OUTSIDE.recipient is not None and OUTSIDE.recipient[language] in text for text in outside)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_basis_has_its_own_words(language: str) -> None:
    assert len({said(language, "allowed", basis=basis) for basis in BASES}) == len(BASES) == 8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_grade_of_consent_is_asked_for_by_its_matter(language: str) -> None:
    for matter in LABELS.consents:
        texts = [said(language, missing=(f"consent.{matter}.{grade}",)) for grade in GRADES[1:]]
        assert all(LABELS.consents[matter][language] in text for text in texts)
        assert len(set(texts)) == len(GRADES) - 2  # deemed and general consent are both called consent


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_fact_that_a_policy_may_ask_for_is_shown_by_its_code(language: str) -> None:
    for fact in (set(PLAIN) - NEVER_NEEDED) | NEEDED:
        assert fact not in said(language, missing=(fact,))
    for fact in FORBIDDING:
        assert f"“{fact}”" not in said(language, blocking=(fact,))
    assert len({said(language, blocking=(fact,)) for fact in FORBIDDING}) == len(FORBIDDING)


def test_a_fact_that_has_no_words_is_at_least_named() -> None:
    assert "“hold”" in said("en", missing=("hold",))
    assert "“consent.gone.explicit”" in said("en", missing=("consent.gone.explicit",))


def test_what_blocks_comes_before_what_is_missing() -> None:
    assert said("en", missing=("account.open", "age.adult"), blocking=("restricted",)) == (
        "“location” may not be used for “maps”: processing is restricted; "
        "still missing: an open account, confirmation of being an adult (clause functions.map.needs)."
    )
    assert said("zh", missing=("account.open", "age.adult"), blocking=("restricted",)) == (
        "不可以为“地图”使用“位置”：处理已被限制；还缺有效的账号、已成年的确认（条款 functions.map.needs）。"
    )


@pytest.mark.parametrize(
    ("action", "zh", "en"),
    [
        ("share", "向“高德”共享“位置”", "shared with “Amap”"),
        ("transfer", "向“高德”转让“位置”", "transferred to “Amap”"),
        ("sell", "向“高德”出售“位置”", "sold to “Amap”"),
        ("publish", "向“高德”公开“位置”", "published through “Amap”"),
        ("collect", "向“高德”收集“位置”", "collected by “Amap”"),
    ],
)
def test_a_recipient_stands_where_the_language_wants_it(action: str, zh: str, en: str) -> None:
    assert zh in said("zh", "gap", action, labels=OUTSIDE)
    assert en in said("en", "gap", action, labels=OUTSIDE)


def test_another_language_falls_back_to_english() -> None:
    assert said("fr", "allowed").startswith("“位置” may be used")


def test_the_age_that_a_person_has_not_reached_is_named() -> None:
    assert "younger than 14" in said("en", blocking=("age.below.14",))
    assert "未满14岁" in said("zh", blocking=("age.below.14",))
    assert "监护人" in said("zh", missing=(GUARDIAN_FACT,))
