"""The unnamed vendor's policy says what its own text says. Expectations are taken from that text."""

from __future__ import annotations

from tests.examples.example import Question, example, numbered
from troth.policy.clauses import clauses

GENERIC = example("generic")
POLICY = GENERIC.policy


def test_nobody_no_day_no_law_and_no_address_is_named() -> None:
    assert set(POLICY.unstated) == {"controller", "updated"}
    contacts = POLICY.controller.contacts
    assert (contacts.email, contacts.phone, contacts.post, contacts.website) == (None, None, None, None)
    assert contacts.through is not None
    assert POLICY.regimes == ()
    assert POLICY.disputes is None
    assert (POLICY.languages, POLICY.translated) == (("en", "zh"), ("zh",))


def test_use_is_consent_and_going_on_is_acceptance() -> None:
    assert POLICY.acceptance == "deemed"
    assert set(POLICY.deemed) == {"use", "continued-use"}
    assert POLICY.functions["provide"].grade == POLICY.functions["record"].grade == "deemed"


def test_four_items_are_given_and_seven_are_read_and_both_lists_are_open() -> None:
    given, read = POLICY.functions["provide"], POLICY.functions["record"]
    assert (len(given.needs), len(read.needs)) == (4, 7)
    assert given.open_list
    assert read.open_list


def test_five_purposes_of_collection_and_a_wider_list_of_use() -> None:
    collected = {"identity", "needs", "suitability", "supply", "law"}
    assert set(POLICY.flows["collect.purposes"].purposes) == collected
    assert POLICY.only_purposes == ()  # the text nowhere says "only"
    use = set(POLICY.flows["use.purposes"].purposes)
    assert {"design", "ads", "surveys"} <= use
    assert {"identification", "support", "security", "archive"} <= use  # one line of the text


def test_four_exceptions_to_not_sharing_and_three_compelled_cases() -> None:
    assert "share" in POLICY.closed
    assert {"share.consent", "share.providers", "share.internal"} <= set(POLICY.flows)
    compelled = [line for line in POLICY.flows.values() if line.action == "disclose"]
    assert len(compelled) == 3
    assert {line.basis for line in compelled} == {"legal-obligation"}


def test_the_record_of_a_disclosure_has_four_fields() -> None:
    words = POLICY.statements["record"]["en"]
    assert all(field in words for field in ("content", "time", "reason", "object"))
    assert "disclosures" in POLICY.rights


def test_eight_threats_and_the_physical_measures() -> None:
    words = POLICY.security.measures["system"].label["en"]
    threats = ("using", "touching", "modifying", "copying", "destroying", "leaking", "losing", "stealing")
    assert all(threat in words for threat in threats)
    assert {"areas", "staff", "passwords", "codes", "backup-passwords", "firewalls", "transmission", "locks"} <= set(
        POLICY.security.measures
    )


def test_what_the_text_does_not_promise_is_not_there() -> None:
    assert set(POLICY.rights) == {"access", "disclosures", "objection"}
    assert POLICY.minors is None
    assert POLICY.incident is None
    assert POLICY.retention == {}
    assert POLICY.technologies == {}
    assert POLICY.storage is None
    assert POLICY.requests.within is None


def test_only_a_substantial_cut_in_rights_is_told_beforehand() -> None:
    assert set(POLICY.changes.material) == {"rights-reduced"}
    assert set(POLICY.changes.tell) == {"homepage", "email"}
    assert POLICY.changes.notice is None
    assert "changes.tell" in POLICY.open


def test_a_team_answers_to_the_board_and_the_general_manager() -> None:
    assert POLICY.controller.officer is not None
    assert all(part in POLICY.controller.officer["en"] for part in ("team", "board", "general manager"))


def test_every_promise_is_mapped_in_order_to_clauses_that_exist() -> None:
    assert [promise.id for promise in GENERIC.promises] == numbered("GEN", 59)
    paths = set(clauses(POLICY))
    assert [one for promise in GENERIC.promises for one in promise.clauses if one not in paths] == []


def test_lint_finds_what_its_readers_noted() -> None:
    assert len(GENERIC.expected) >= 20
    assert GENERIC.lost() == []
    assert GENERIC.unexpected_errors() == []


def test_even_consent_by_use_has_to_be_recorded_before_anything_is_used() -> None:
    asked = Question("supply", "given.name")
    assert GENERIC.allows(asked) is False
    assert GENERIC.allows(asked, "consent.provide.deemed") is True


def test_what_is_monitored_is_used_for_no_advertising() -> None:
    assert GENERIC.allows(Question("quality", "exchange.calls")) is True
    assert GENERIC.allows(Question("ads", "exchange.calls")) is None


def test_providers_get_everything_and_representatives_only_what_was_given() -> None:
    assert GENERIC.allows(Question("ads", "read.location", "share", "providers")) is False  # until use is recorded
    assert GENERIC.allows(Question("marketing", "read.location", "share", "representatives")) is None


def test_a_court_gets_what_the_law_compels() -> None:
    assert GENERIC.allows(Question("law", "given.name", "disclose", "courts")) is True
