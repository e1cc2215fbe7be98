"""What a website asks about follows from its policy alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.banner.shop import NEW_PURPOSE, POLICY, SEPARATE, SIGNAL
from troth.consent.matter import matters
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.web.banner.matters import about, always_on, on_consent, questions, serves


def policy(*files: str) -> Policy:
    return parse({f"{number}.yaml": text for number, text in enumerate((POLICY, *files))})


def edited(old: str, new: str, *files: str) -> Policy:
    """The shop's policy with one thing written otherwise."""
    assert old in POLICY
    return parse({f"{n}.yaml": text for n, text in enumerate((POLICY.replace(old, new), *files))})


def test_what_a_technology_on_consent_serves_is_asked_and_nothing_else_is() -> None:
    assert list(questions(policy())) == ["ads", "analytics"]
    assert list(questions(policy(SEPARATE))) == ["ads", "advice", "analytics"]


def test_a_consent_that_no_technology_serves_is_not_the_banners() -> None:
    spoken = """
functions:
  letters: {label: {zh: 来信, en: letters}, for: shop, basis: consent, grade: explicit, needs: [order.record]}
"""
    # The basket serves the purpose too, but rests on the contract.
    assert "letters" not in questions(policy(spoken))


def test_what_needs_a_guardian_cannot_be_agreed_to_by_a_click() -> None:
    guarded = edited(
        "grade: explicit\n    needs: [usage.clicks]", "grade: guardian-verified\n    needs: [usage.clicks]"
    )
    assert list(questions(guarded)) == ["analytics"]


def test_a_separate_consent_stands_alone_and_the_others_do_not() -> None:
    assert {name: each.alone for name, each in questions(policy(SEPARATE)).items()} == {
        "ads": False,
        "advice": True,
        "analytics": False,
    }


def test_what_rests_on_anything_but_consent_is_always_on() -> None:
    assert [each.id for each in always_on(policy())] == ["basket"]
    assert [each.id for each in on_consent(policy())] == ["adverts", "counter", "heat"]


def test_a_technology_serves_the_matters_that_share_a_purpose_with_it() -> None:
    found = {each.id: serves(each, questions(policy())) for each in on_consent(policy())}
    assert found == {"adverts": ("ads",), "counter": ("analytics",), "heat": ("analytics",)}


@pytest.mark.parametrize(
    ("files", "refused"),
    [
        ((), set()),
        ((SIGNAL,), {"ads"}),
        ((SIGNAL.replace("honoured: true", "honoured: false"),), set()),
        ((SIGNAL.replace("marketing", "advertising"),), {"ads"}),
        ((SIGNAL.replace("marketing", "statistics"),), {"analytics"}),
        ((SIGNAL.replace("marketing", "marketing, statistics"),), {"ads", "analytics"}),
        ((SIGNAL.replace("gpc", "do-not-track"),), set()),
    ],
)
def test_the_signal_refuses_its_purposes_with_the_narrower_ones(files: tuple[str, ...], refused: set[str]) -> None:
    assert {name for name, each in questions(policy(*files)).items() if each.by_signal} == refused


def test_the_signal_refuses_whatever_sells() -> None:
    selling = """
flows:
  sell.clicks: {label: {zh: 出售点击记录, en: sale of clicks}, action: sell, for: statistics, items: [usage.clicks],
                to: adnet, basis: consent, grade: explicit}
"""
    found = questions(policy(SIGNAL.replace("marketing", "shop"), selling))
    assert {name for name, each in found.items() if each.by_signal} == {"flows.sell.clicks"}


WORDING = st.text("abcdefgh 灯铺统计", min_size=1, max_size=12).filter(str.strip)


@given(WORDING, WORDING)
def test_other_words_for_the_same_thing_ask_nothing_new(english: str, chinese: str) -> None:
    before = policy()
    function = replace(before.functions["ads"], label={"en": english, "zh": chinese})
    after = replace(before, functions={**before.functions, "ads": function})
    assert about(questions(after)["ads"].matter) == about(questions(before)["ads"].matter)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("needs: [usage.clicks]\n    shares", "needs: [usage.clicks, usage.pages]\n    shares"),
        ("needs: [usage.clicks]\n    shares", "needs: [usage.clicks]\n    optional: [usage.pages]\n    shares"),
        ("    shares: [adnet]\n", ""),
        ("for: advertising\n    basis", "for: marketing\n    basis"),
    ],
)
def test_another_item_recipient_or_purpose_makes_it_another_question(old: str, new: str) -> None:
    before = questions(policy())["ads"]
    wider = edited(old, new).functions["ads"]
    after = replace(policy(), functions={**policy().functions, "ads": wider})
    assert about(matters(after)["ads"]) != before.about


def test_every_question_has_a_mark_of_its_own() -> None:
    found = questions(policy(SEPARATE, NEW_PURPOSE))
    assert len({each.about for each in found.values()}) == len(found) == 4
