"""The policy of www.nanonebula says what its known text says. Expectations are taken from that text."""

from __future__ import annotations

import pytest

from tests.examples.example import Question, example, numbered
from troth.base.period import Period
from troth.policy.clauses import clauses

NEBULA = example("nanonebula")
POLICY = NEBULA.policy


def en(*item_ids: str) -> set[str]:
    return {POLICY.items[each].label["en"] for each in item_ids}


def test_neither_company_nor_date_nor_address_is_in_the_text() -> None:
    assert set(POLICY.unstated) == {"controller", "updated"}
    contacts = POLICY.controller.contacts
    assert (contacts.email, contacts.phone, contacts.post) == (None, None, None)
    assert POLICY.effective is None
    assert "nanonebula.com" not in NEBULA.text


def test_it_calls_itself_no_independent_processor_of_a_website() -> None:
    assert POLICY.controller.role == "processor"
    assert POLICY.runs_on == ("website",)
    assert POLICY.regimes == ("cn",)
    assert (POLICY.languages, POLICY.translated) == (("en", "zh"), ("zh",))


def test_registration_takes_the_mobile_number_and_a_purchase_the_consignee() -> None:
    assert en(*POLICY.functions["register"].needs) == {"mobile phone number"}
    assert set(POLICY.functions["purchase"].needs) == {"consignee.name", "consignee.phone", "consignee.address"}
    assert en(*POLICY.functions["invoice"].optional) == {"e-mail address"}
    assert "account.open" in POLICY.functions["purchase"].after


def test_four_social_items_and_the_wechat_account() -> None:
    optional = en(*POLICY.functions["social-login"].optional)
    assert optional == {"social nickname", "social avatar", "social region", "social gender", "WeChat account"}


def test_four_kinds_are_sent_to_customer_service_and_location_is_sensitive() -> None:
    sent = POLICY.functions["customer-service"].optional
    assert len(sent) == 4
    assert [name for name in POLICY.items if POLICY.items[name].sensitive] == ["chat.location"]


def test_five_kinds_of_browsing_data() -> None:
    assert len(POLICY.functions["visit"].needs) == 5


def test_seven_items_for_news_without_consent_and_nine_for_personalised_content_with_it() -> None:
    news, personal = POLICY.functions["news"], POLICY.functions["personalised"]
    assert (len(news.optional), news.basis) == (7, "unstated")
    assert (len(personal.optional), personal.basis) == (9, "consent")
    assert en(*news.optional) & en(*personal.optional) == {
        "name", "gender", "device number (such as IMEI, mobile device number)",
    }  # fmt: skip
    assert POLICY.functions["personalised-sensitive"].grade == "separate"


@pytest.mark.parametrize("actions", [{"collect", "use"}, {"share", "transfer", "disclose"}])
def test_six_cases_need_no_consent_twice(actions: set[str]) -> None:
    assert sum(set(case.actions) == actions for case in POLICY.consent_free.values()) == 6


def test_sharing_needs_a_separate_transfer_an_explicit_and_publication_a_separate_consent() -> None:
    grades = {name: POLICY.flows[name].grade for name in ("share.consent", "transfer.consent", "disclose.consent")}
    assert list(grades.values()) == ["separate", "explicit", "separate"]
    assert set(POLICY.closed) == {"transfer", "disclose"}
    assert sum(line.action == "transfer" for line in POLICY.flows.values()) == 2
    assert sum(line.action == "disclose" for line in POLICY.flows.values()) == 2


def test_a_successor_that_changes_the_purpose_asks_again() -> None:
    assert set(POLICY.recipients["successor"].terms) == {"bound", "anew"}


def test_six_rights_of_which_one_has_a_deadline() -> None:
    assert set(POLICY.rights) == {"access", "correction", "erasure", "withdrawal", "copy", "close_account"}
    stated = {name: right.within for name, right in POLICY.rights.items() if right.within}
    assert stated == {"erasure": Period(15, "working_days_cn")}
    assert len(POLICY.rights["erasure"].cases) == 6
    assert POLICY.requests.within is None


def test_the_rights_that_the_known_text_only_announces() -> None:
    assert [name for name, right in POLICY.rights.items() if not right.by] == ["withdrawal", "copy", "close_account"]


def test_retention_ends_with_events_and_states_no_days() -> None:
    assert {line.period for line in POLICY.retention.values()} == {None, "unstated"}
    assert all(set(line.then) == {"erase", "anonymise"} for line in POLICY.retention.values())


def test_a_child_is_younger_than_fourteen() -> None:
    assert POLICY.minors is not None
    assert (POLICY.minors.below, POLICY.minors.rule) == (14, "guardian")


def test_an_incident_is_told_by_four_channels_among_them_fax() -> None:
    assert POLICY.incident is not None
    assert set(POLICY.incident.by) == {"email", "fax", "phone", "push"}


def test_nothing_of_what_the_text_lacks_was_added() -> None:
    assert POLICY.requests.fee is None
    assert POLICY.requests.refuse == {}
    assert POLICY.storage is None
    assert POLICY.changes.material == {}
    assert "complaint" not in POLICY.rights


def test_every_promise_is_mapped_in_order_to_clauses_that_exist() -> None:
    assert [promise.id for promise in NEBULA.promises] == numbered("NEB", 103)
    paths = set(clauses(POLICY))
    assert [one for promise in NEBULA.promises for one in promise.clauses if one not in paths] == []


def test_lint_finds_what_its_readers_noted() -> None:
    assert len(NEBULA.expected) >= 25
    assert NEBULA.lost() == []
    assert NEBULA.unexpected_errors() == []


def test_only_members_order() -> None:
    asked = Question("contract", "consignee.address")
    assert NEBULA.allows(asked, "verified.phone", "accepted.policy") is True
    assert NEBULA.allows(asked, "accepted.policy") is False


def test_personalised_content_needs_consent_and_its_items_serve_nothing_else() -> None:
    asked = Question("personal", "person.occupation")
    assert NEBULA.allows(asked, "accepted.policy") is False
    assert NEBULA.allows(asked, "consent.personalised.general") is True
    assert NEBULA.allows(Question("news", "person.occupation"), "consent.personalised.general") is None


def test_partners_get_no_profile() -> None:
    assert NEBULA.allows(Question("smooth", "consignee.address", "share", "partners")) is True
    assert NEBULA.allows(Question("smooth", "person.age", "share", "partners")) is None


def test_authorities_are_given_what_law_compels_without_consent() -> None:
    assert NEBULA.allows(Question("law", "order.record", "share", "authorities")) is True
