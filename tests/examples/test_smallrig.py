"""The SmallRig policy of the examples says what the company's own text says. Expectations are taken from that text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.examples.example import Example, Question, example, numbered
from troth.base.period import Period
from troth.policy.clauses import clauses
from troth.policy.flows import flows, told
from troth.policy.lint import lint
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set

SMALLRIG = example("smallrig")
GENERAL = SMALLRIG.policy
CALIFORNIA = rule_set(GENERAL, "california")
CHINA = rule_set(GENERAL, "china")

LETTERS = {
    "01-reason": "ABDF",
    "02-provide": "ABDF",
    "03-account": "ABD",
    "04-transactions": "ABDF",
    "05-support": "ABDF",
    "06-personalise": "AF",
    "07-security": "F",
    "08-testing": "ABDF",
    "09-law": "ABDF",
    "10-succession": "ABDF",
    "11-transient": "ABDF",
    "12-research": "ABDF",
    "13-quality": "ABDF",
    "14-incidents": "F",
    "15-debugging": "ABD",
    "16-contracts": "ABD",
    "17-described": "ABDF",
}
"""The letters that stand in brackets after each of the seventeen purposes."""


def audience(name: str) -> Example:
    return replace(SMALLRIG, policy=rule_set(GENERAL, name))


def test_two_halves_and_an_addendum_are_three_rule_sets() -> None:
    assert list(GENERAL.rule_sets) == ["california", "china"]
    assert (GENERAL.languages, GENERAL.translated) == (("en", "zh"), ("zh",))
    assert (CHINA.languages, CHINA.translated) == (("zh", "en"), ("en",))
    assert GENERAL.prevails is None
    assert GENERAL.rule_sets["china"].alone
    assert not GENERAL.rule_sets["california"].alone


def test_dates() -> None:
    assert GENERAL.updated == CHINA.updated == CALIFORNIA.updated == date(2021, 6, 30)
    assert (GENERAL.effective, CHINA.effective) == (None, None)
    assert CALIFORNIA.effective == date(2019, 12, 19)
    assert CALIFORNIA.exemptions["b2b"].until == date(2021, 1, 1)


def test_four_names_of_whoever_promises() -> None:
    assert GENERAL.controller.name["en"] == "SmallRig"
    assert CALIFORNIA.controller.name["en"].startswith("Midea America Corp.")
    assert CHINA.controller.name["zh"] == "深圳市乐其网络科技有限公司"
    assert "Midea" in GENERAL.purposes["news"].label["en"]
    assert "Canadian Solar" in CALIFORNIA.purposes["10-succession"].label["en"]


def test_contacts_are_examples_and_the_general_policy_gives_no_email() -> None:
    assert GENERAL.controller.contacts.email is None
    assert GENERAL.controller.contacts.post is None
    assert CALIFORNIA.controller.contacts.email is not None
    assert CHINA.controller.contacts.email is None
    for real in ("smallrig.com", "598-934", "8934", "28283350", "Chaguang", "茶光", "518055, 19F", "allaboutcookies"):
        assert real not in SMALLRIG.text


@pytest.mark.parametrize(
    ("policy", "acceptance", "age", "rule"),
    [(GENERAL, "deemed", 18, "barred"), (CALIFORNIA, "deemed", 18, "barred"), (CHINA, "explicit", 18, "guardian")],
    ids=["general", "california", "china"],
)
def test_agreement_and_children(policy: Policy, acceptance: str, age: int, rule: str) -> None:
    assert policy.acceptance == acceptance
    assert policy.minors is not None
    assert (policy.minors.below, policy.minors.rule) == (age, rule)


def test_the_sale_of_data_of_people_under_sixteen_needs_their_permission() -> None:
    assert CALIFORNIA.minors is not None
    band = CALIFORNIA.minors.bands["under-16"]
    assert (band.below, band.rule) == (16, "opt-in")


def test_four_categories_with_their_pieces() -> None:
    pieces = {letter: len(CALIFORNIA.items_in((letter,))) for letter in "ABDF"}
    assert pieces == {"A": 8, "B": 7, "D": 3, "F": 3}
    assert CALIFORNIA.items["B.credit_card"].sources == ("person",)
    assert CALIFORNIA.items["F.browsing"].sources == ("observed",)


def test_seventeen_purposes_with_the_letters_of_each() -> None:
    stated = CALIFORNIA.matrices["uses"].purposes
    assert {name: "".join(items) for name, items in stated.items()} == LETTERS
    assert set(CALIFORNIA.matrices["uses"].actions) == {"collect", "use", "sell", "disclose"}


def test_each_cell_of_the_matrix_is_one_flow_an_action() -> None:
    found = [flow for flow in flows(CALIFORNIA) if flow.clause.startswith("matrices.")]
    cells = sum(len(CALIFORNIA.items_in(tuple(letters))) for letters in LETTERS.values())
    assert len(found) == 4 * cells
    assert {flow.recipient for flow in found} == {None}


@pytest.mark.parametrize(
    ("matrix", "action", "to"),
    [
        ("disclosed", "disclose", {"ABD": {"service-providers", "advertisers", "group"}, "F": {"cookie-recipients"}}),
        ("sold", "sell", {"ABD": {"business-partners"}, "F": {"cookie-recipients"}}),
    ],
)
def test_what_went_where_in_the_preceding_twelve_months(matrix: str, action: str, to: dict[str, set[str]]) -> None:
    assert CALIFORNIA.matrices[matrix].over == Period(12, "months")
    for letters, recipients in to.items():
        for letter in letters:
            cells = [one for one in told(CALIFORNIA) if one.clause == f"matrices.{matrix}.to.{letter}"]
            assert {one.recipient for one in cells} == recipients
            assert {one.action for one in cells} == {action}
            assert {one.item for one in cells} == set(CALIFORNIA.items_in((letter,)))


def test_what_was_collected_in_the_twelve_months_before_the_effective_date() -> None:
    collected = CALIFORNIA.matrices["collected"]
    assert (collected.items, collected.over) == (("A", "B", "D", "F"), Period(12, "months"))
    assert collected.since is not None
    assert "19 December 2019" in collected.since["en"]


@pytest.mark.parametrize("right", ["know", "erasure"])
def test_ten_days_forty_five_and_forty_five_more(right: str) -> None:
    one = CALIFORNIA.rights[right]
    assert (one.acknowledge, one.within, one.extension) == (Period(10, "days"), Period(45, "days"), Period(45, "days"))
    assert one.who == ("agent", "self")
    assert one.account_needed is False


def test_twice_in_twelve_months_and_once_in_a_year() -> None:
    know, light = CALIFORNIA.rights["know"], CALIFORNIA.rights["disclosures"]
    assert know.frequency is not None
    assert (know.frequency.times, know.frequency.per) == (2, Period(12, "months"))
    assert know.lookback == Period(12, "months")
    assert light.frequency is not None
    assert (light.frequency.times, light.frequency.per) == (1, Period(1, "years"))
    assert light.frequency.counted == "calendar-year"


def test_nobody_is_asked_again_within_twelve_months_of_an_opt_out() -> None:
    right = CALIFORNIA.rights["opt-out"]
    assert (right.asked_again, right.account_needed, right.by) == (Period(12, "months"), False, ("self-service",))


def test_nine_grounds_to_refuse_an_erasure_and_three_conditions_of_research() -> None:
    refuse = CALIFORNIA.rights["erasure"].refuse
    assert len(refuse) == 9
    assert len(refuse["6-research"].limits) == 3
    assert CALIFORNIA.rights["erasure"].tell_recipients


def test_agents_fees_and_fairness() -> None:
    agents = CALIFORNIA.requests.agents
    assert agents is not None
    assert set(agents.appointed) == {"registered", "power-of-attorney"}
    assert CALIFORNIA.requests.fee is not None
    assert (CALIFORNIA.requests.fee.first, CALIFORNIA.requests.fee.repeated) == ("free", "cost")
    assert len(CALIFORNIA.fairness.never) == 4


def test_do_not_track_is_not_honoured() -> None:
    assert not GENERAL.signals["do-not-track"].honoured
    assert not CALIFORNIA.signals["do-not-track"].honoured
    assert CHINA.signals == {}


def test_the_chinese_half_names_rights_without_a_way_and_answers_in_fifteen_days() -> None:
    assert CHINA.requests.within == Period(15, "days")
    named = {"correction", "erasure", "close_account", "withdrawal", "access"}
    assert named <= set(CHINA.rights)
    assert not any(CHINA.rights[name].by for name in named)


def test_eleven_cases_without_consent_and_four_contents_of_an_incident_notice() -> None:
    assert len(CHINA.consent_free) == 11
    assert CHINA.incident is not None
    assert len(CHINA.incident.say) == 4
    assert GENERAL.incident is None
    assert GENERAL.retention == {}


def test_what_the_chinese_half_reads_from_devices() -> None:
    assert CHINA.items_in(("location",)) == tuple(sorted(CHINA.functions["location"].optional))
    assert "device.imei" in CHINA.functions["device"].needs
    assert CHINA.recipients["umeng"].kind == "sdk"
    assert "device.imei" not in CALIFORNIA.items


def test_every_promise_is_mapped_in_order_to_clauses_that_exist() -> None:
    assert [one.id for one in SMALLRIG.promises] == numbered("SMR", 269)
    known = set(clauses(GENERAL))
    assert [path for one in SMALLRIG.promises for path in one.clauses if path not in known] == []


def test_lint_finds_what_readers_noted() -> None:
    assert SMALLRIG.lost() == []
    assert len(SMALLRIG.expected) >= 40
    assert len({one["note"] for one in SMALLRIG.expected.values()}) >= 20
    assert SMALLRIG.unexpected_errors() == []


def test_findings_of_an_audience_stand_where_the_text_says_it() -> None:
    assert all(one.where is not None for one in lint(GENERAL))


def test_network_activity_serves_security_and_no_account() -> None:
    california = audience("california")
    assert california.allows(Question("03-account", "A.email"))
    assert california.allows(Question("03-account", "F.browsing")) is None
    assert california.allows(Question("14-incidents", "F.browsing"))
    assert california.allows(Question("14-incidents", "A.email")) is None


def test_nothing_is_sold_of_one_who_opted_out() -> None:
    sale = Question("cookie-analytics", "F.browsing", "sell", "cookie-recipients")
    california = audience("california")
    assert california.allows(sale)
    assert california.allows(sale, "opted-out.sale") is False
    assert california.allows(replace(sale, recipient="business-partners")) is None


def test_news_wait_for_consent_and_orders_do_not() -> None:
    news, orders = Question("news", "contact.email"), Question("contracts", "contact.email")
    assert SMALLRIG.allows(news) is False
    assert SMALLRIG.allows(news, "consent.news.general")
    assert SMALLRIG.allows(news, "consent.news.general", "age.barred") is False
    assert SMALLRIG.allows(orders)


def test_only_the_chinese_half_lets_somebody_read_devices_after_agreement() -> None:
    device = Question("service", "device.imei", "collect")
    assert audience("china").allows(device) is False
    assert audience("china").allows(device, "accepted.policy")
    assert "device.imei" not in GENERAL.items
