"""The Nanolux policy of the examples says what the company's own text says. Expectations are taken from that text."""

from __future__ import annotations

import pytest

from tests.examples.example import Question, example, numbered
from troth.base.period import Period
from troth.policy.clauses import clauses
from troth.policy.diff.major import major

NANOLUX = example("nanolux")
POLICY = NANOLUX.policy


def en(*item_ids: str) -> set[str]:
    return {POLICY.items[each].label["en"] for each in item_ids}


def test_the_month_of_the_update_is_stated_and_no_day_of_effect() -> None:
    assert (POLICY.updated.year, POLICY.updated.month) == (2021, 5)
    assert POLICY.effective is None
    assert POLICY.title["en"] == "Personal Information Protection Policy"


def test_the_text_is_english_and_the_chinese_is_a_translation() -> None:
    assert POLICY.languages == ("en", "zh")
    assert POLICY.translated == ("zh",)
    assert POLICY.regimes == ("us-ca",)


def test_contacts_are_examples_and_the_website_is_plain_http() -> None:
    contacts = POLICY.controller.contacts
    assert POLICY.controller.name == {"en": "Nanolux", "zh": "Nanolux"}
    assert contacts.within == Period(30, "days")
    assert contacts.website is not None
    assert contacts.website.startswith("http://")
    for real in ("sznumber", "nccstech", "844-626", "jiguang"):
        assert real not in NANOLUX.text


def test_seven_principles() -> None:
    assert len(POLICY.principles) == 7
    assert "principles" in POLICY.open  # "etc."


def test_four_items_are_required_and_one_is_optional() -> None:
    needed = {*POLICY.functions["login"].needs, *POLICY.functions["renewal"].needs}
    assert en(*needed) == {"e-mail address", "user name", "account portrait", "third-party payment method"}
    optional = {item for function in POLICY.functions.values() for item in function.optional}
    assert en(*optional) == {"mobile number"}


def test_four_privileges_are_obligatory_and_serve_no_stated_function() -> None:
    labels = {permission.label["en"] for permission in POLICY.permissions.values()}
    assert labels == {"device information", "storage", "location", "phone number"}
    assert all(permission.required for permission in POLICY.permissions.values())
    assert not any(permission.functions for permission in POLICY.permissions.values())


def test_the_optional_item_serves_quality_in_one_place_and_devices_in_another() -> None:
    served = {function.purpose for function in POLICY.functions.values() if "account.phone" in function.optional}
    assert served == {"quality", "devices", "expiry"}


def test_nothing_is_shared_without_explicit_consent_except_with_companies_of_its_own() -> None:
    assert POLICY.share_needs == "explicit"
    assert "share" in POLICY.closed
    assert POLICY.flows["share.own"].to == ("own-companies",)
    assert POLICY.flows["share.law"].grade == "explicit"  # listed among the cases of consent


@pytest.mark.parametrize(("action", "number"), [("transfer", 2), ("disclose", 2)])
def test_assignment_and_publication_have_two_cases_each(action: str, number: int) -> None:
    assert sum(line.action == action for line in POLICY.flows.values()) == number
    assert action in POLICY.closed


def test_aes_for_transmission_and_md5_for_storage() -> None:
    measures = POLICY.security.measures
    assert (measures["transmission"].names, measures["transmission"].protects) == (("AES",), "transit")
    assert (measures["storage"].names, measures["storage"].protects) == (("MD5",), "storage")


def test_thirty_days_everywhere() -> None:
    assert POLICY.requests.within == Period(30, "days")
    stated = {right.within for right in POLICY.rights.values() if right.within is not None}
    assert stated == {Period(30, "days")}


def test_the_rights_of_the_text() -> None:
    assert set(POLICY.rights) == {
        "access", "correction", "erasure", "withdrawal", "close_account", "copy", "portability", "explanation",
        "complaint",
    }  # fmt: skip
    assert len(POLICY.rights["erasure"].cases) == 5
    assert POLICY.rights["close_account"].by == POLICY.rights["copy"].by == ("email",)
    assert POLICY.rights["close_account"].cooling_off is None


def test_four_grounds_are_weighed_and_seven_must_be_followed() -> None:
    grounds = POLICY.refusal_grounds.values()
    assert [sum(ground.discretionary is weighed for ground in grounds) for weighed in (True, False)] == [4, 7]
    assert [ground.id for ground in grounds if ground.needs_evidence] == ["bad-faith"]
    assert "refuse" not in POLICY.closed


def test_a_child_is_younger_than_fourteen() -> None:
    assert POLICY.minors is not None
    assert (POLICY.minors.below, POLICY.minors.rule) == (14, "guardian")


def test_data_is_stored_in_the_united_states_and_leaves_by_consent() -> None:
    assert POLICY.storage is not None
    assert POLICY.storage.inside == ("us",)
    assert POLICY.storage.abroad is not None
    assert POLICY.storage.abroad.grade == "general"


def test_six_kinds_of_change_are_major_and_the_list_is_open() -> None:
    assert set(POLICY.changes.material) == {
        "service", "ownership", "recipients", "rights", "responsible", "high-risk",
    }  # fmt: skip
    words = {name: text["en"] for name, text in POLICY.changes.material.items()}
    for part in ("purpose", "kind of information", "how it is used"):
        assert part in words["service"]
    for part in ("sharing", "assignment", "disclosure"):
        assert part in words["recipients"]
    for part in ("department", "contacts", "complaint"):
        assert part in words["responsible"]
    assert "high risk" in words["high-risk"]
    assert "changes.material" in POLICY.open
    assert POLICY.changes.keeps_versions
    assert POLICY.acceptance == "explicit"


def test_a_comparison_of_versions_knows_each_kind_of_major_change() -> None:
    listed = major(POLICY.value)
    assert listed.unclassified == ()
    assert len(listed.covers) == 6
    assert listed.events == ("changes.material.high-risk",)  # the report of an assessment is no change of the text
    assert listed.entries(("recipient-added",)) == ("changes.material.recipients",)
    assert listed.entries(("contact-changed",)) == ("changes.material.responsible",)
    assert listed.entries(("purpose-added",)) == ("changes.material.service",)


def test_an_incident_is_told_by_four_channels_or_in_public() -> None:
    assert POLICY.incident is not None
    assert set(POLICY.incident.by) == {"email", "post", "phone", "push"}
    assert POLICY.incident.otherwise is not None
    assert POLICY.incident.within is None


def test_american_law_and_a_peoples_court() -> None:
    assert POLICY.disputes is not None
    assert (POLICY.disputes.law_of, POLICY.disputes.court_of) == ("us", "cn")


def test_every_promise_is_mapped_in_order_to_clauses_that_exist() -> None:
    assert [promise.id for promise in NANOLUX.promises] == numbered("NLX", 131)
    paths = set(clauses(POLICY))
    assert [one for promise in NANOLUX.promises for one in promise.clauses if one not in paths] == []


def test_each_kind_of_major_change_has_a_promise_of_its_own() -> None:
    mapped = {one for promise in NANOLUX.promises for one in promise.clauses}
    assert {f"changes.material.{kind}" for kind in POLICY.changes.material} <= mapped


def test_lint_finds_what_its_readers_noted() -> None:
    assert len(NANOLUX.expected) >= 30
    assert NANOLUX.lost() == []
    assert NANOLUX.unexpected_errors() == []


def test_signing_in_takes_the_name_and_never_the_location() -> None:
    assert NANOLUX.allows(Question("login", "account.user_name"), "accepted.policy") is True
    assert NANOLUX.allows(Question("login", "account.user_name")) is False
    assert NANOLUX.allows(Question("login", "device.location"), "accepted.policy") is None


def test_the_payment_method_goes_to_the_payment_provider_only_for_renewals() -> None:
    share = Question("renewal", "payment.method", "share", "payment-provider")
    assert NANOLUX.allows(share, "accepted.policy") is True
    assert NANOLUX.allows(Question("login", "payment.method"), "accepted.policy") is None
    assert NANOLUX.allows(Question("push", "payment.method", "share", "push-sdk"), "accepted.policy") is None


def test_the_mobile_number_needs_consent_and_stops_with_it() -> None:
    asked = Question("quality", "account.phone")
    assert NANOLUX.allows(asked, "accepted.policy") is False
    assert NANOLUX.allows(asked, "accepted.policy", "consent.quality.general") is True


def test_a_restricted_or_barred_person_is_left_alone() -> None:
    asked = Question("login", "account.user_name")
    for fact in ("restricted", "age.barred", "account.closed", "objected.login"):
        assert NANOLUX.allows(asked, "accepted.policy", fact) is False
