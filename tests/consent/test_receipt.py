"""Receipts: every field of ISO/IEC TS 27560, both forms, and nothing in them that the journal does not cover."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld

from tests.consent.people import HOW, SIGNER, VAULT, asks, gives, opts, person, refuses, released, withdraws
from tests.versions.sample import TEXT, policy
from troth.base.canonical import canonical
from troth.base.clock import SettableClock
from troth.base.errors import InputError, IntegrityError, RefusedError, TrothError
from troth.base.work import Begin
from troth.consent import service
from troth.consent.asking.prompt import prompt
from troth.consent.model import Kind, Status
from troth.consent.proof.linked import CONTEXT, linked
from troth.consent.proof.receipt import CONSENT_TYPES, SCHEMA
from troth.consent.proof.verify import Verified, read, verify
from troth.journal import note
from troth.journal import service as journal
from troth.journal.model import Signer
from troth.policy.model import GRADES
from troth.subjects.service import shred

NEXT = Signer.from_seed("privacy.shop.example/log", bytes(range(32, 64)))
DPV = "https://w3id.org/dpv#"

MANDATORY: Mapping[str, tuple[str, ...]] = {
    "": ("schema_version", "receipt_id", "record_id", "pii_principal_id"),
    "processing": (
        "privacy_notice", "language", "purpose", "pii_information", "pii_controllers", "storage_locations",
        "retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method",
    ),
    "event": ("event_time", "validity_duration", "entity_id", "event_type", "event_state"),
}  # fmt: skip
PARTY = ("party_id", "party_name", "party_address", "party_contact", "party_type")

FULL = (
    TEXT
    + """
storage: {in: cn}
retention:
  orders: {items: [order.record], for: 3 years, then: erase}
rights:
  withdrawal: {label: {zh: 撤回同意, en: withdrawal}, by: [self-service], path: {zh: 设置-隐私, en: settings - privacy}}
"""
)


def issued(begin: Begin, event: str, language: str = "en", signer: Signer = SIGNER) -> dict[str, Any]:
    with begin() as work:
        return service.receipt(work, signer, event, language)


def a_receipt(begin: Begin, text: str = FULL) -> dict[str, Any]:
    """Some entries before it and after it, so that its place takes proving."""
    version, subject = released(begin, policy(text)), person(begin)
    other = person(begin, "19900000009")
    refuses(begin, version, other)
    event = gives(begin, version, subject)
    withdraws(begin, version, subject)
    return issued(begin, event.id)


def refused(receipt: Mapping[str, Any], *keys: str) -> IntegrityError:
    with pytest.raises(IntegrityError) as raised:
        verify(receipt, keys or (SIGNER.vkey,))
    return raised.value


def test_a_receipt_verifies_with_nothing_but_the_public_key(begin: Begin) -> None:
    receipt = a_receipt(begin)
    found = verify(read(json.dumps(receipt)), [SIGNER.vkey])
    assert found == Verified(
        receipt["record_id"],
        "consent.given",
        "push",
        receipt["event"]["event_time"],
        "shop:1",
        receipt["journal"]["index"],
        receipt["journal"]["tree_size"],
        (SIGNER.vkey,),
        (),
    )
    assert receipt["journal"]["tree_size"] > receipt["journal"]["index"] + 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_mandatory_field_of_the_standard_says_something(begin: Begin, language: str) -> None:
    version, subject = released(begin, policy(FULL)), person(begin)
    receipt = issued(begin, gives(begin, version, subject).id, language)
    for section, names in MANDATORY.items():
        held = receipt[section] if section else receipt
        assert {name for name in names if not held.get(name)} == set(), section
    for party in receipt["parties"]:
        assert all(party[name] for name in PARTY)
    for item in receipt["processing"]["pii_information"]:
        assert item["pii_type"]
    assert receipt["schema_version"] == SCHEMA
    assert receipt["processing"]["language"] == language


def test_the_fields_say_what_the_policy_says(begin: Begin) -> None:
    receipt = a_receipt(begin)
    processing = receipt["processing"]
    assert processing["purpose"] == [{"purpose_id": "push", "purpose": "push messages"}]
    assert processing["lawful_basis"] == ["consent"]
    assert processing["storage_locations"] == ["cn"]
    assert processing["jurisdiction"] == ["cn"]
    assert {item["pii_attribute_id"]: item["pii_optional"] for item in processing["pii_information"]} == {
        "device.imei": False,
        "location.precise": True,
        "order.record": False,
    }
    assert [item["pii_attribute_id"] for item in processing["pii_information"] if item["sensitive_pii_category"]] == [
        "location.precise"
    ]
    assert processing["retention_period"] == [
        {"pii": ["order.record"], "period": "3 years", "then": ["erase"]},
        {"pii": ["device.imei", "location.precise"], "period": "not stated in the policy", "then": []},
    ]
    assert processing["recipient_third_parties"] == [
        {"party_id": "recipients.getui", "pii": ["device.imei", "order.record"]}
    ]
    assert processing["withdrawal_method"] == {"method": "settings - privacy", "by": ["self-service"]}
    controller, getui = receipt["parties"]
    assert (controller["party_name"], controller["party_contact"]) == ("Shop Ltd.", "privacy@shop.example")
    assert (getui["party_name"], getui["party_contact"]) == ("igexin", "https://getui.example/privacy")
    assert receipt["event"]["event_state"] == Status.GIVEN
    assert receipt["event"]["event_type"] == "ExplicitlyExpressedConsent"
    assert receipt["event"]["validity_duration"] == "until-withdrawn"


def test_a_receipt_shows_the_exact_words_and_none_of_the_persons_values(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    receipt = issued(begin, gives(begin, version, subject).id)
    assert receipt["event"]["shown"] == prompt(version.policy, "push", "zh")
    text = json.dumps(receipt, ensure_ascii=False)
    assert "19900000001" not in text
    assert subject not in text


def test_every_event_has_a_receipt_that_says_its_state(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    asks(begin, version, subject)
    made = [gives(begin, version, subject), withdraws(begin, version, subject), refuses(begin, version, subject)]
    made += [opts(begin, version, subject, out=out) for out in (True, False)]
    gives(begin, version, subject)
    with begin() as work:
        service.revoke(work, VAULT, version, subject, "push", reason="function-stopped", language="zh")
        events = service.history(work, subject)
    assert {event.kind for event in events} >= {Kind.REQUESTED, Kind.OPTED_OUT, Kind.OPTED_IN, Kind.REVOKED}
    assert len(events) == len(made) + 3
    for event in events:
        receipt = issued(begin, event.id, "zh")
        assert verify(receipt, [SIGNER.vkey]).kind == f"consent.{event.kind}"
        assert receipt["event"]["event_state"] in {status.value for status in Status}
        assert bool(receipt["event"].get("reason")) is (event.kind is Kind.REVOKED)


def test_every_grade_is_a_consent_type_of_the_vocabulary() -> None:
    assert set(CONSENT_TYPES) == set(GRADES)


def test_both_languages_of_a_receipt_verify(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    event = gives(begin, version, subject)
    zh, en = issued(begin, event.id, "zh"), issued(begin, event.id, "en")
    assert zh["processing"]["service"] == "推送"
    assert en["processing"]["service"] == "push"
    assert verify(zh, [SIGNER.vkey]) == verify(en, [SIGNER.vkey])
    mixed = {**en, "processing": zh["processing"]}
    assert refused(mixed).code == "consent.receipt-altered"


Path = tuple[str | int, ...]


def paths(value: object, at: Path = ()) -> Iterator[Path]:
    """Where every value of a JSON document lies, the document itself left out."""
    if at:
        yield at
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from paths(inside, (*at, key))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from paths(inside, (*at, number))


def holder(receipt: Any, path: Path) -> Any:
    for step in path[:-1]:
        receipt = receipt[step]
    return receipt


def altered(value: Any, draw: st.DataObject) -> Any:
    """Another value: a character changed, added or dropped; a number moved; a truth turned; a list cut."""
    if isinstance(value, bool):
        return draw.draw(st.sampled_from([not value, int(value), str(value)]))
    if isinstance(value, int):
        return draw.draw(st.sampled_from([value + 1, value - 1, str(value), value + 0.5]))
    if isinstance(value, str) and value:
        at = draw.draw(st.integers(0, len(value) - 1))
        other = draw.draw(st.characters(codec="utf-8").filter(lambda character: character != value[at]))
        return draw.draw(st.sampled_from([value[:at] + other + value[at + 1 :], value[:at] + value[at + 1 :], None]))
    if isinstance(value, list) and value:
        return draw.draw(st.sampled_from([value[1:], [*value, value[0]], {}]))
    if isinstance(value, dict) and value:
        return {key: value[key] for key in list(value)[1:]}
    return "something"


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_altered_value_of_a_receipt_fails(begin: Begin, data: st.DataObject) -> None:
    receipt = _kept(begin)
    if data.draw(st.booleans(), "as JSON-LD"):
        receipt = linked(receipt)
    path = data.draw(st.sampled_from(sorted(paths(receipt), key=str)), "path")
    changed = copy.deepcopy(receipt)
    inside = holder(changed, path)
    inside[path[-1]] = altered(inside[path[-1]], data)
    if canonical(changed) == canonical(receipt):
        return
    with pytest.raises(IntegrityError) as raised:
        verify(changed, [SIGNER.vkey])
    assert raised.value.code.split(".")[0] in {"consent", "journal"}


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_can_be_added_to_a_receipt_or_taken_from_it(begin: Begin, data: st.DataObject) -> None:
    changed = copy.deepcopy(_kept(begin))
    objects = [(), *(path for path in paths(changed) if isinstance(holder(changed, path)[path[-1]], dict))]
    path = data.draw(st.sampled_from(sorted(objects, key=str)), "path")
    inside = holder(changed, path)[path[-1]] if path else changed
    if data.draw(st.booleans(), "add"):
        inside["comment"] = "marketing agreed to as well"
    else:
        del inside[data.draw(st.sampled_from(sorted(inside)), "key")]
    assert refused(changed).code.split(".")[0] in {"consent", "journal"}


_RECEIPTS: dict[int, dict[str, Any]] = {}


def _kept(begin: Begin) -> dict[str, Any]:
    """One receipt for all examples of a law."""
    if id(begin) not in _RECEIPTS:
        _RECEIPTS[id(begin)] = a_receipt(begin)
    receipt = _RECEIPTS[id(begin)]
    verify(receipt, [SIGNER.vkey])
    return receipt


def test_what_fails_is_said_with_its_place(begin: Begin) -> None:
    receipt = a_receipt(begin)
    for path, value in (
        (("event", "grade"), "separate"),
        (("event", "event_time"), "2026-03-01T00:00:00Z"),
        (("event", "shown"), "您同意一切吗？"),
        (("processing", "privacy_notice", "hash"), "sha256:0"),
        (("pii_principal_id",), "hmac-sha256:0"),
        (("journal", "tree_size"), 3),
    ):
        changed = copy.deepcopy(receipt)
        holder(changed, path)[path[-1]] = value
        fault = refused(changed)
        assert fault.code == "consent.receipt-altered"
        assert f"`{'.'.join(path)}`" in fault.message
    changed = copy.deepcopy(receipt)
    changed["processing"]["storage_locations"] = ["us"]
    assert "`processing, parties`" in refused(changed).message


def test_the_same_checkpoint_spelt_otherwise_is_not_the_same(begin: Begin) -> None:
    receipt = a_receipt(begin)
    note = receipt["journal"]["checkpoint"]
    assert note.endswith("=\n")
    spare = note[:-3] + chr(ord(note[-3]) + 1) + note[-2:]  # the last character's low bits carry nothing
    receipt["journal"]["checkpoint"] = spare
    assert refused(receipt).code in {"consent.receipt-altered", "journal.bad-signature"}


def test_a_receipt_of_another_log_is_not_believed(begin: Begin) -> None:
    receipt = a_receipt(begin)
    stranger = Signer.from_seed("privacy.other.example/log", bytes(32))
    assert refused(receipt, stranger.vkey).code == "journal.another-log"
    forged = Signer.from_seed(SIGNER.origin, bytes(32))
    assert refused(receipt, forged.vkey).code == "journal.unknown-key"


def test_another_kind_of_entry_is_no_receipt(begin: Begin) -> None:
    receipt = a_receipt(begin)
    with begin() as work:
        (entry,) = journal.entries(work, 0, 1)
        size = journal.size(work)
        proof = [node.hex() for node in journal.inclusion(work, 0, size)]
        signed = journal.checkpoint(work, SIGNER)
    leaf = entry.leaf.decode()
    receipt["journal"] = {
        "leaf": leaf, "index": 0, "tree_size": size, "inclusion_proof": proof, "checkpoint": signed,
    }  # fmt: skip
    assert "`journal.leaf`" in refused(receipt).message


def test_receipts_verify_after_key_rotation(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    first = gives(begin, version, subject)
    old = issued(begin, first.id)
    clock.advance(timedelta(days=1))
    new = issued(begin, withdraws(begin, version, subject).id, signer=NEXT)
    for receipt, signer in ((old, SIGNER), (new, NEXT)):
        assert verify(receipt, [SIGNER.vkey, NEXT.vkey]).keys == (signer.vkey,)
    assert refused(new, SIGNER.vkey).code == "journal.unknown-key"
    assert verify(issued(begin, first.id, signer=NEXT), [SIGNER.vkey, NEXT.vkey]).event == first.id


def test_a_shredded_persons_receipts_still_verify_but_no_leaf_links_to_them(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    event = gives(begin, version, subject)
    receipt = issued(begin, event.id)
    with begin() as work:
        shred(work, VAULT, subject)
        leaves = b"".join(entry.leaf for entry in journal.entries(work, 0, 100))
    assert verify(receipt, [SIGNER.vkey]).event == event.id
    assert subject.encode() not in leaves
    assert leaves.count(receipt["pii_principal_id"].encode()) == 1, "the commitment stands in its own leaf alone"
    with begin() as work, pytest.raises(RefusedError) as raised:
        service.receipt(work, SIGNER, event.id, "en")
    assert raised.value.code == "consent.receipt-erased"


def test_a_receipt_of_an_unknown_choice_is_refused(begin: Begin) -> None:
    with begin() as work, pytest.raises(InputError, match="`evt-nothing`"):
        service.receipt(work, SIGNER, "evt-nothing", "en")


def test_a_second_receipt_signs_nothing_anew(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    event = gives(begin, version, subject)
    first = issued(begin, event.id)
    refuses(begin, version, subject, "flows.sale")
    assert issued(begin, event.id) == first


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{", '{"event": {}, "event": {}}', '{"a": {"b": 1, "b": 2}}', '{"size": NaN}', "receipt"],
)
def test_what_is_no_receipt_is_called_so(text: str) -> None:
    with pytest.raises(InputError) as raised:
        read(text)
    assert raised.value.code == "consent.not-a-receipt"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("\ud800"),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["journal", "event", "terms", "processing", "parties", "@context", "x"]), json_values
    )
)
def test_any_other_object_fails_with_an_error_of_ours(value: dict[str, Any]) -> None:
    with pytest.raises(TrothError):
        verify(value, [SIGNER.vkey])


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_character_of_the_file_fails_unless_it_reads_the_same(begin: Begin, data: st.DataObject) -> None:
    receipt = _kept(begin)
    text = json.dumps(receipt, ensure_ascii=False, indent=1)
    at = data.draw(st.integers(0, len(text) - 1), "at")
    other = data.draw(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs", "Cc")), "character")
    changed = text[:at] + other + text[at + 1 :]
    try:
        found = read(changed)
        same = canonical(found) == canonical(receipt)
        verify(found, [SIGNER.vkey])
    except (InputError, IntegrityError):
        assert changed != text
    else:
        assert same, "it verified, so it says the same"


def test_whose_signature_was_not_checked_is_told(begin: Begin) -> None:
    receipt = a_receipt(begin)
    witness = Signer.from_seed("witness.example/w1", bytes(range(64, 96)))
    signed = receipt["journal"]["checkpoint"]
    body = note.read(signed).text
    line = note.sign(body, witness).removeprefix(f"{body}\n")
    receipt["journal"]["checkpoint"] = signed + line
    found = verify(receipt, [SIGNER.vkey])
    assert (found.keys, found.unchecked) == ((SIGNER.vkey,), ("witness.example/w1",))
    assert refused(receipt, witness.vkey).code != "", "a witness alone proves nothing about the log"


def test_a_receipt_of_an_opt_out_says_what_it_stops(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    receipt = issued(begin, opts(begin, version, subject, out=True).id)
    processing = receipt["processing"]
    assert processing["service"] == "sale of personal information"
    assert [item["pii_attribute_id"] for item in processing["pii_information"]] == ["order.record"]
    assert processing["processing_method"] == ["sell"]
    assert processing["recipient_third_parties"] == [{"party_id": "recipients.bureau", "pii": ["order.record"]}]
    assert receipt["event"]["event_state"] == "ConsentWithdrawn"
    assert receipt["event"]["validity_duration"] == "ended"
    assert verify(receipt, [SIGNER.vkey]).function == "opt-out:sale"


def test_a_receipt_names_the_guardian_by_the_verification_alone(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work:
        event = service.give(
            work, VAULT, version, subject, "push", grade="separate", actor=service.Actor("guardian", "ver-1"), **HOW
        )
    made = issued(begin, event.id)["event"]
    assert (made["actor"], made["verification"], made["entity_id"]) == ("guardian", "ver-1", "ver-1")


def no_network(url: str, options: object) -> object:
    raise AssertionError(f"the context is inline; nobody fetches {url}")


def test_as_json_ld_every_field_has_a_meaning_and_nothing_is_fetched(begin: Begin) -> None:
    version, subject = released(begin, policy(FULL)), person(begin)
    event = gives(begin, version, subject)
    with begin() as work:
        receipt = service.receipt_ld(work, SIGNER, event.id, "en")
    assert verify(read(json.dumps(receipt)), [SIGNER.vkey]).event == event.id
    (expanded,) = jsonld.expand(receipt, {"documentLoader": no_network})
    assert expanded["@type"] == [f"{DPV}ConsentReceipt"]
    (process,) = expanded[f"{DPV}hasProcess"]
    for name in (
        "hasPurpose", "hasPersonalData", "hasDataController", "hasStorageCondition", "hasLocation", "hasJurisdiction",
        "hasRecipient", "hasConsentControl", "hasNotice", "hasRight", "hasLegalBasis", "hasService",
    ):  # fmt: skip
        assert process[f"{DPV}{name}"], name
    (made,) = expanded["urn:troth:receipt#event"]
    assert made[f"{DPV}hasConsentStatus"] == [{"@id": f"{DPV}ConsentGiven"}]
    assert made[f"{DPV}hasLegalBasis"] == [{"@id": f"{DPV}ExplicitlyExpressedConsent"}]
    assert made["http://purl.org/dc/terms/date"][0]["@type"] == "http://www.w3.org/2001/XMLSchema#dateTime"
    named = {step for path in paths(receipt) for step in path if isinstance(step, str)}
    languages = set(receipt["terms"])
    assert {name for name in named if not name.startswith("@") and name not in CONTEXT and name not in languages} <= {
        "purpose_id"
    }, "a key without a meaning would be dropped"
    assert HOW["language"] in languages
