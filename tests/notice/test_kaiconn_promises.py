"""What the Kaiconn policy promises of its own text, read from the page that people get."""

from __future__ import annotations

import re

import pytest

from tests.notice.policies import kaiconn
from tests.notice.reading import read
from troth.notice.outline import outline
from troth.notice.render import render
from troth.policy.read import from_value

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])


def told(language: str, anchor: str) -> str:
    """The text of the element that carries an anchor, or of the section that a heading begins."""
    html = render(kaiconn(), language, version="kaiconn:1")
    found = re.search(rf'<(h[1-6]|p|li|div|tr|ul)[^>]* id="{re.escape(anchor)}"', html)
    assert found, anchor
    if found[1].startswith("h"):
        start = html.rindex("<section", 0, found.start())
        return read(_balanced(html, start, "section")).text()
    return read(_balanced(html, found.start(), found[1])).text()


def _balanced(html: str, start: int, tag: str) -> str:
    """The element that begins at `start`, with all that is inside it."""
    depth = 0
    for one in re.finditer(rf"<(/?){tag}[\s>]", html[start:]):
        depth += -1 if one[1] else 1
        if depth == 0:
            return html[start : start + one.end()]
    raise AssertionError(f"<{tag}> is never closed")


def both(anchor: str) -> tuple[str, str]:
    return told("zh", anchor), told("en", anchor)


def strong(language: str) -> str:
    return "\n".join(read(render(kaiconn(), language, version="kaiconn:1")).strong)


def test_the_controller_is_named_the_same_wherever_it_is_named() -> None:
    assert "深圳市每开创新科技有限公司" in told("zh", "controller.name")
    assert "深圳市每开创新科技有限公司" in told("zh", "product")
    assert "Shenzhen Kaiconn Innovative Technology Co., Ltd." in told("en", "controller.name")
    assert "Shenzhen Kaiconn Innovative Technology Co., Ltd." in told("en", "product")


@LANGUAGES
@pytest.mark.parametrize("subject", ["collection", "storage", "rights", "rights.access", "rights.correction"])
def test_the_text_sets_out_every_subject_that_it_announces(language: str, subject: str) -> None:
    assert len(told(language, subject)) > 20


@LANGUAGES
def test_a_draft_without_rights_shows_that_they_are_missing(language: str) -> None:
    draft = {
        key: value for key, value in kaiconn().value.items() if key not in {"rights", "requests", "stop", "differs"}
    }
    document = outline(from_value({**draft, "closed": []}), language, version="draft")
    assert "rights" not in {one.anchor for one in document.sections}


def test_independent_third_parties_are_said_not_to_be_covered() -> None:
    assert "第三方" in told("zh", "scope.excludes.third-parties")
    assert "third part" in told("en", "scope.excludes.third-parties").lower()


@LANGUAGES
def test_every_third_party_component_shows_the_link_to_its_own_policy(language: str) -> None:
    sdks = [one for one in kaiconn().recipients.values() if one.kind == "sdk"]
    assert len(sdks) == 5
    assert all(one.link and one.link in told(language, f"recipients.{one.id}") for one in sdks)


def test_terms_are_said_to_mean_what_the_user_agreement_says() -> None:
    assert "《用户注册服务协议》" in told("zh", "related")
    assert "greement" in told("en", "related")


@LANGUAGES
def test_what_counts_as_acceptance_is_emphasised(language: str) -> None:
    assert told(language, "deemed") in strong(language)
    use = {"zh": "开始使用", "en": "Starting to use"}
    assert use[language] in strong(language)


def test_the_ten_announced_sections_are_the_same_in_both_languages() -> None:
    chinese, english = (outline(kaiconn(), one, version="kaiconn:1").sections for one in ("zh", "en"))
    assert [one.anchor for one in chinese] == [one.anchor for one in english]
    assert len([one for one in chinese if one.number]) == len([one for one in english if one.number]) == 10


@LANGUAGES
def test_seven_principles_are_named(language: str) -> None:
    assert len(kaiconn().principles) == 7
    assert all(told(language, f"principles.{name}") for name in kaiconn().principles)


@LANGUAGES
def test_kinds_of_information_that_nothing_collects_are_said_to_be_so(language: str) -> None:
    idle = ["items.identity.number", "items.identity.biometric", "items.identity.health", "items.finance.credit"]
    listed = told(language, "list.collected")
    definitions = told(language, "definitions")
    for anchor in idle:
        assert told(language, anchor) in definitions
        assert told(language, anchor) not in listed


@LANGUAGES
def test_sensitive_information_is_in_bold(language: str) -> None:
    for name in ("account.phone", "location.precise", "finance.bank_account"):
        label = kaiconn().items[name].label[language]
        assert label.casefold() in strong(language).casefold()


def test_what_leaving_out_necessary_information_means_is_said() -> None:
    assert "不提供必要信息，您将无法使用对应的功能" in told("zh", "functions")
    assert "Without what a function needs" in told("en", "functions")
    assert "可能无法正常使用服务" in told("zh", "functions.register.refused")


def test_what_refusing_cookies_costs_is_said_where_they_are_described() -> None:
    chinese, english = both("technologies.cookies.refused")
    assert "部分服务可能无法使用" in chinese
    assert "may" in english


@pytest.mark.parametrize("warning", ["elsewhere", "internet", "effort"])
@LANGUAGES
def test_the_limits_of_protection_are_said_and_emphasised(warning: str, language: str) -> None:
    assert told(language, f"security.warnings.{warning}") in strong(language)


@pytest.mark.parametrize(
    "anchor",
    [
        "security.measures.other",
        "definitions.anonymised",
        "statements.guidance",
        "statements.revisions",
        "statements.headings",
        "statements.variants",
        "statements.rights-reserved",
    ],
)
def test_the_other_terms_are_rendered_in_both_languages(anchor: str) -> None:
    chinese, english = both(anchor)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert re.search(r"[a-z]{3}", english)
    assert not re.search(r"[\u4e00-\u9fff]", english)


@LANGUAGES
def test_who_disagrees_with_a_change_is_told_to_stop(language: str) -> None:
    assert {"zh": "停止使用", "en": "stop using"}[language] in told(language, "changes.refuse_means")
    assert {"zh": "停止使用", "en": "stop using"}[language] in strong(language)


@LANGUAGES
def test_four_ways_of_contact_are_given(language: str) -> None:
    contacts = told(language, "controller")
    given = kaiconn().controller.contacts
    for one in (given.email, given.phone, given.website, given.post[language] if given.post else None):
        assert one
        assert one in contacts


def test_both_dates_are_shown_as_the_months_that_the_text_names() -> None:
    assert told("zh", "updated").endswith("2022年10月")
    assert told("en", "updated").endswith("updatedOctober 2022")
    assert told("zh", "effective").endswith("2021年1月")
    assert "1 January" not in told("en", "effective")


@pytest.mark.parametrize(
    ("anchor", "chinese", "english"),
    [
        ("rights.access.within", "30天", "30 days"),
        ("rights.erasure.within", "30个工作日", "30 working days"),
        ("rights.copy.within", "30个工作日", "30 working days"),
        ("rights.close_account.cooling_off", "7天", "7 days"),
        ("rights.complaint.within", "30天", "30 days"),
        ("requests.within", "30个工作日", "30 working days"),
        ("controller.contacts.within", "15天", "15 days"),
        ("minors.rule", "18周岁", "under 18"),
        ("minors.bands.child", "14周岁", "14"),
    ],
)
def test_every_figure_of_the_text_stands_at_its_clause(anchor: str, chinese: str, english: str) -> None:
    assert chinese in told("zh", anchor)
    assert english in told("en", anchor)


@LANGUAGES
def test_the_two_lists_are_there_with_every_component_of_third_parties(language: str) -> None:
    shared = told(language, "list.shared")
    for one in kaiconn().recipients.values():
        assert one.name[language].casefold() in shared.casefold()
    collected = told(language, "list.collected").casefold()
    for function in kaiconn().functions.values():
        for name in (*function.needs, *function.optional):
            assert kaiconn().items[name].label[language].casefold() in collected
