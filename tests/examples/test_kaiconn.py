"""The Kaiconn example: every obligation of the text is there, its clauses make it, and lint finds what is weak."""

from __future__ import annotations

import html
import re
from collections import Counter
from datetime import date
from functools import cache

import pytest
import yaml

from tests.policy.support import ROOT, kaiconn
from troth.base.period import Period
from troth.decision.compile import compile_policy
from troth.decision.engine import Decision, Question, answer
from troth.drill.controls import CONTROLS
from troth.drill.controls.text import texts
from troth.drill.model import Promise
from troth.drill.read import parse
from troth.notice.render import render
from troth.policy.clauses import clause, clauses
from troth.policy.facts import fact_names
from troth.policy.lint import lint
from troth.policy.promises import promises

FOLDER = ROOT / "examples" / "kaiconn"
SIGNED_UP = ("account.open", "verified.phone", "accepted.policy", "accepted.terms")


@cache
def listed() -> tuple[Promise, ...]:
    return parse("promises.yaml", (FOLDER / "promises.yaml").read_text(encoding="utf-8"), kaiconn())


def promised(number: int) -> Promise:
    return listed()[number - 1]


FINDINGS: dict[str, dict[str, str]] = yaml.safe_load((FOLDER / "findings.yaml").read_text(encoding="utf-8"))


def test_all_179_obligations_are_listed_in_the_order_of_the_text() -> None:
    assert [each.id for each in listed()] == [f"KAI-{number:03}" for number in range(1, 180)]


def test_every_sentence_is_there_in_both_languages_and_ends() -> None:
    for each in listed():
        assert each.says["zh"].endswith("。"), each.id
        assert each.says["en"].endswith("."), each.id


def test_no_two_obligations_are_the_same_sentence() -> None:
    for language in ("zh", "en"):
        said = Counter(each.says[language] for each in listed())
        assert [sentence for sentence, times in said.items() if times > 1] == []


def test_sdks_get_the_items_of_their_table() -> None:
    receives = {
        each.parameters["recipient"]: each.parameters["receives"] for each in listed() if "receives" in each.parameters
    }
    assert {name: len(items) for name, items in receives.items()} == {
        "getui": 3, "wechat": 6, "amap": 7, "bugly": 8, "umeng": 4,
    }  # fmt: skip
    for name, items in receives.items():
        assert set(items) == set(kaiconn().recipients[name].receives)


def test_the_twenty_six_permissions_are_all_spoken_of() -> None:
    named = {path for each in listed()[65:75] for path in each.clauses if path.startswith("permissions.")}
    assert named == {f"permissions.{each}" for each in kaiconn().permissions}
    assert len(named) == 26


def test_eleven_and_six_cases_need_no_consent() -> None:
    assert len(promised(43).clauses) == 11
    assert len(promised(103).clauses) == 6


def test_four_kinds_of_request_are_weighed_and_six_excluded() -> None:
    grounds = kaiconn().requests.refuse
    assert {grounds[path.rpartition(".")[2]].discretionary for path in promised(149).clauses} == {True}
    assert {grounds[path.rpartition(".")[2]].discretionary for path in promised(150).clauses} == {False}
    assert (len(promised(149).clauses), len(promised(150).clauses)) == (4, 6)


@pytest.mark.parametrize(
    ("number", "path", "value"),
    [
        (132, "rights.access.within", Period(30, "days")),
        (146, "requests.within", Period(30, "working_days_cn")),
        (152, "rights.close_account.cooling_off", Period(7, "days")),
        (154, "rights.complaint.within", Period(30, "days")),
        (177, "controller.contacts.within", Period(15, "days")),
    ],
)
def test_the_clocks_of_the_text(number: int, path: str, value: Period) -> None:
    assert path in promised(number).clauses
    assert str(value) == kaiconn().addresses[path] or value.words("en") == kaiconn().addresses[path]


def test_the_dates_are_months_and_in_the_wrong_order() -> None:
    assert kaiconn().updated == date(2022, 10, 1)
    assert kaiconn().effective == date(2021, 1, 1)
    assert "2022年10月" in kaiconn().statements["dates"]["zh"]
    assert "January 2021" in kaiconn().statements["dates"]["en"]


def test_the_five_erasure_cases_and_the_four_things_an_incident_notice_holds() -> None:
    assert len(kaiconn().rights["erasure"].cases) == 5
    incident = kaiconn().incident
    assert incident is not None
    assert len(incident.say) == 4


def test_no_real_contact_is_left_in_the_folder() -> None:
    for file in ("promises.yaml", "findings.yaml", "policy.yaml"):
        text = (FOLDER / file).read_text(encoding="utf-8")
        assert not [real for real in ("86965862", "kaiconn.com", "getui.com", "北邮", "Beiyou") if real in text]


def test_promises_that_need_parameters_have_them() -> None:
    needed = {
        "recipient-gets-its-list": {"recipient", "receives"},
        "needed-first": {"function", "facts"},
        "optional-left-out": {"function"},
        "consent-first": {"function"},
        "withdrawal-stops": {"function"},
        "past-stays-provable": {"function"},
        "answered-in-time": {"requests", "within"},
        "closes-after-cooling-off": {"after"},
        "minor-barred": {"below"},
        "sections-present": {"anchors"},
    }
    for each in listed():
        assert needed.get(each.control, set()) <= each.given.keys(), each.id


def test_obligations_without_a_rehearsal_rest_on_planned_controls_and_say_so() -> None:
    built = [each for each in listed() if CONTROLS[each.control].rehearse is not None]
    assert len(built) >= 60
    assert {CONTROLS[each.control].rehearse for each in listed()} >= {None}


def shown(language: str) -> str:
    """What a reader of the notice sees, on one line."""
    page = render(kaiconn(), language, version="kaiconn:1", published=None)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split()).casefold()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_notice_is_promised_to_say_it_says(language: str) -> None:
    page = shown(language)
    said = [each for each in listed() if each.control == "notice-says"]
    assert len(said) == 23  # the other two of the 25 that only the text keeps announce sections
    for each in said:
        wanted = [text for path in each.clauses for text in texts(clause(kaiconn(), path), language)]
        wanted += each.given.get("contains", {}).get(language, [])
        assert wanted, each.id
        assert [text for text in wanted if " ".join(text.split()).casefold() not in page] == [], each.id


# what lint finds


@cache
def found() -> frozenset[tuple[str, str]]:
    return frozenset((each.rule, each.clause) for each in lint(kaiconn()))


@pytest.mark.parametrize("name", FINDINGS)
def test_lint_finds_what_the_reading_of_the_text_lists(name: str) -> None:
    expected = FINDINGS[name]
    assert expected.keys() == {"rule", "clause", "says", "note"}
    assert expected["clause"] in clauses(kaiconn())
    assert (expected["rule"], expected["clause"]) in found()
    assert expected["says"].endswith(".")


def test_no_finding_is_listed_twice_and_none_blocks_publication() -> None:
    pairs = Counter((each["rule"], each["clause"]) for each in FINDINGS.values())
    assert max(pairs.values()) == 1
    assert [each for each in lint(kaiconn()) if each.severity == "error"] == []


def test_every_contradiction_that_lint_can_see_is_among_the_findings() -> None:
    noted = {each["note"] for each in FINDINGS.values()}
    assert {f"kaiconn B.9-{number}" for number in range(1, 18)} - noted == set()


# what Troth decides by it


def decided(question: Question, *facts: str) -> Decision:
    policy = kaiconn()
    names = sorted(fact_names(tuple(policy.functions), tuple(policy.purposes)))
    bits = {name: bit for bit, name in enumerate(names)}
    return answer(compile_policy(policy, bits), sum(1 << bits[fact] for fact in facts), question, "kaiconn:1")


def test_the_phone_serves_real_name_checking_without_consent_and_marketing_never() -> None:
    assert decided(Question("real-name", "account.phone"), *SIGNED_UP).outcome == "allowed"
    assert decided(Question("marketing", "account.phone"), *SIGNED_UP).outcome == "gap"
    assert decided(Question("research", "account.phone"), *SIGNED_UP).outcome == "gap"


def test_defined_and_never_purposed_is_never_used() -> None:
    for item in ("identity.health", "identity.number", "identity.biometric", "finance.credit"):
        outcomes = {decided(Question(purpose, item), *SIGNED_UP).outcome for purpose in kaiconn().purposes}
        assert outcomes == {"gap"}, item


def test_location_reaches_the_push_vendor_only_after_explicit_consent() -> None:
    asked = Question("push", "location.precise", "share", "getui")
    refused = decided(asked, *SIGNED_UP, "consent.push.general")
    assert (refused.outcome, refused.missing) == ("denied", ("consent.push.explicit",))
    assert decided(asked, *SIGNED_UP, "consent.push.explicit").outcome == "allowed"
    assert decided(Question("push", "location.precise", "share", "wechat"), *SIGNED_UP).outcome == "gap"


def test_nothing_is_collected_for_an_account_before_the_code_and_both_documents() -> None:
    asked = Question("account", "account.user_name", "collect")
    for fact in ("verified.phone", "accepted.policy", "accepted.terms"):
        refused = decided(asked, *(each for each in SIGNED_UP if each != fact))
        assert (refused.outcome, refused.missing) == ("denied", (fact,))
    assert decided(asked, *SIGNED_UP).outcome == "allowed"


def test_audio_and_video_go_to_the_crash_reporter_with_consent_and_to_nobody_else() -> None:
    for recipient in kaiconn().recipients:
        outcomes = {
            decided(
                Question(purpose, "media.audio_video", "share", recipient), *SIGNED_UP, "consent.crash-reports.general"
            ).outcome
            for purpose in kaiconn().purposes
        }
        assert ("allowed" in outcomes) is (recipient in {"bugly", "authorities"}), recipient


# what is derived from its clauses


def test_every_control_that_a_derived_promise_names_is_in_the_list() -> None:
    assert {each.control for each in promises(kaiconn())} - {None} <= CONTROLS.keys()


def test_a_derived_promise_speaks_both_languages_and_stands_at_a_clause() -> None:
    derived = promises(kaiconn())
    assert len({each.clause for each in derived}) == len(derived)
    for each in derived:
        assert set(each.says) == {"zh", "en"}
        assert each.clause in kaiconn().addresses


@pytest.mark.parametrize(
    ("clause", "zh", "en"),
    [
        ("minors.rule", "未满18周岁的人不能使用服务。", "People below 18 cannot use the service."),
        (
            "rights.close_account.cooling_off",
            "“注销账户”在申请满7天时生效。",
            "“closing the account” takes effect 7 days after it was asked for.",
        ),
        (
            "requests.within",
            "其他请求，收到您的请求后30个工作日内答复。",
            "Every other request is answered within 30 working days after your request arrives.",
        ),
        (
            "recipients.getui.receives",
            "“个推 SDK”只得到设备标识符、MAC 地址、位置信息。",
            "Igexin SDK gets device identifier, MAC address, location and nothing else.",
        ),
        ("storage.in", "信息存储在：中国内地。", "Data is stored in mainland China."),
        (
            "functions.push.basis",
            "取得您的明示同意之前，“消息推送”不收集任何信息。",
            "“push messages” takes nothing before your explicit consent is given.",
        ),
        (
            "requests.fee",
            "首次请求不收费，多次重复的可能收费。",
            "A first request is free; repeated ones are perhaps charged for.",
        ),
    ],
)
def test_a_clause_becomes_a_sentence(clause: str, zh: str, en: str) -> None:
    (each,) = [one for one in promises(kaiconn()) if one.clause == clause]
    assert each.says == {"zh": zh, "en": en}
