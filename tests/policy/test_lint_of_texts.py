"""Rules that came out of reading other companies' policies: where each draws its line."""

from __future__ import annotations

import pytest

from tests.policy.support import clauses_of, found
from troth.base.errors import InputError


def measure(names: str, more: str = "") -> str:
    return f"security:\n  measures: {{m: {{label: m, kind: encryption, names: [{names}]{more}}}}}\n"


@pytest.mark.parametrize(
    ("names", "bare"),
    [
        ("AES", True),
        ("AES, SM4", True),
        ("TLS 1.3", False),
        ("AES, TLS 1.3", False),
        ("HTTPS", False),
        ("IPsec", False),
    ],
)
def test_a_cipher_in_transit_needs_a_protocol_beside_it(names: str, bare: bool) -> None:
    assert bool(found("cipher-without-protocol", measure(names, ", protects: transit"))) is bare
    assert found("cipher-without-protocol", measure(names, ", protects: storage")) == []
    assert found("cipher-without-protocol", measure(names)) == []


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("MD5", True),
        ("sha-256", True),
        ("SHA3-256", True),
        ("SM3", True),
        ("BLAKE2b", True),
        ("AES", False),
        ("Argon2", False),
    ],
)
def test_a_digest_is_no_encryption(name: str, digest: bool) -> None:
    assert bool(found("hash-as-encryption", measure(name))) is digest
    other = measure(name).replace("kind: encryption", "kind: other")
    assert found("hash-as-encryption", other) == []


PHONE = """\
items: {phone: {label: number}}
purposes: {call: {label: calls}}
functions:
  call: {label: calls, for: call, basis: contract, HOW: phone}
permissions: {number: {label: phone number, for: call, reads: phone, required: true}}
"""


def test_a_required_permission_may_read_what_is_needed_and_not_what_is_optional() -> None:
    needed, optional = PHONE.replace("HOW", "needs"), PHONE.replace("HOW", "optional")
    assert clauses_of("permission-forces-optional-item", optional) == ["permissions.number.required"]
    assert clauses_of("permission-beyond-need", optional) == ["permissions.number"]
    for rule in ("permission-forces-optional-item", "permission-beyond-need"):
        assert found(rule, needed) == []
        assert found(rule, optional.replace(", required: true", "")) == []


@pytest.mark.parametrize(
    ("fee", "hidden"),
    [
        ("repeated: cost", True),
        ("first: cost", True),
        ("repeated: free", False),
        ("repeated: cost, tariff: 5 euros", False),
    ],
)
def test_what_costs_something_has_a_tariff(fee: str, hidden: bool) -> None:
    assert bool(found("fee-without-tariff", f"requests: {{fee: {{{fee}}}}}\n")) is hidden


def test_each_open_list_is_named_once() -> None:
    sections = "principles: {a: b}\nstatements: {c: d}\nopen: [principles, statements.c]\n"
    assert clauses_of("list-left-open", sections) == ["principles", "statements.c"]


SHARE = """\
share_needs: explicit
items: {name: {label: name}}
purposes: {help: {label: help}}
recipients: {r: {kind: KIND, name: r}}
flows: {f: {label: f, action: share, items: name, for: help, to: r, basis: BASIS}}
"""


@pytest.mark.parametrize(
    ("basis", "kind", "less"),
    [
        ("contract", "processor", True),
        ("unstated", "partner", True),
        ("consent, grade: general", "partner", True),
        ("consent, grade: explicit", "partner", False),
        ("consent, grade: separate", "partner", False),
        ("legal-obligation", "authority", False),
        ("vital-interests", "partner", False),
        ("unstated", "affiliate", False),
    ],
)
def test_what_is_shared_needs_what_the_policy_says(basis: str, kind: str, less: bool) -> None:
    sections = SHARE.replace("BASIS", basis).replace("KIND", kind)
    assert bool(found("shared-below-promise", sections)) is less
    assert found("shared-below-promise", sections.replace("share_needs: explicit\n", "")) == []


def test_a_condition_without_a_purpose_counts_too() -> None:
    sections = SHARE.replace("BASIS", "contract").replace("KIND", "partner").replace(" for: help,", "")
    assert clauses_of("shared-below-promise", sections) == ["flows.f"]


@pytest.mark.parametrize(
    ("kind", "basis", "asked"),
    [
        ("authority", "consent, grade: explicit", True),
        ("authority", "legal-obligation", False),
        ("partner", "consent, grade: explicit", False),
    ],
)
def test_nobody_is_asked_for_what_an_authority_compels(kind: str, basis: str, asked: bool) -> None:
    sections = SHARE.replace("BASIS", basis).replace("KIND", kind)
    assert bool(found("consent-for-authority", sections)) is asked


@pytest.mark.parametrize(
    ("country", "grade", "outside"),
    [("cn", "explicit", True), ("cn", "separate", False), ("us", "explicit", False)],
)
def test_a_recipient_abroad_needs_a_separate_consent(country: str, grade: str, outside: bool) -> None:
    sections = (
        "storage: {in: us}\nitems: {t: {label: token}}\npurposes: {p: {label: push}}\n"
        f"recipients: {{r: {{kind: sdk, name: push, country: {country}}}}}\n"
        "functions:\n  push: {label: push, for: p, basis: consent, "
        f"grade: {grade}, needs: t, shares: r, withdrawn: stop processing}}\n"
    )
    assert bool(found("recipient-outside-storage", sections)) is outside
    assert found("recipient-outside-storage", sections.replace("storage: {in: us}\n", "")) == []


@pytest.mark.parametrize(("law", "court", "differ"), [("us", "cn", True), ("us-ca", "us", False), ("cn", "cn", False)])
def test_law_and_court_are_of_one_country(law: str, court: str, differ: bool) -> None:
    assert bool(found("law-and-court-differ", f"disputes: {{law_of: {law}, court_of: {court}}}\n")) is differ


def test_a_law_alone_is_no_difference() -> None:
    assert found("law-and-court-differ", "disputes: {law_of: us}\n") == []


@pytest.mark.parametrize(
    ("by", "message"), [("email", True), ("[phone, post]", True), ("[email, self-service]", False), ("website", False)]
)
def test_what_one_does_oneself_is_no_message(by: str, message: bool) -> None:
    sections = f"rights: {{copy: {{label: copy, by: {by}, by_yourself: true}}}}\n"
    assert bool(found("self-service-by-message", sections)) is message
    assert found("self-service-by-message", sections.replace(", by_yourself: true", "")) == []


def test_withdrawal_is_missed_only_where_cases_are_listed() -> None:
    both = "rights: {withdrawal: {label: w, by: email}, erasure: {label: e, by: email, cases: {unlawful: u}}}\n"
    assert clauses_of("withdrawal-without-erasure", both) == ["rights.erasure.cases"]
    assert found("withdrawal-without-erasure", both.replace("unlawful: u", "consent-revoked: u")) == []
    assert found("withdrawal-without-erasure", both.replace(", cases: {unlawful: u}", "")) == []
    assert found("withdrawal-without-erasure", both.replace("withdrawal: {label: w, by: email}, ", "")) == []


def test_only_channels_with_an_address_need_one() -> None:
    sections = (
        "items: {p: {label: p, tells: phone}}\npurposes: {a: {label: a}}\n"
        "functions: {f: {label: f, for: a, basis: contract, needs: p}}\n"
        "incident: {say: {w: what}, by: [phone, sms, push, announcement, email, fax]}\n"
    )
    (finding,) = found("incident-channel-unreachable", sections)
    assert "`email`, `fax`" in finding.message
    assert "phone" not in finding.message
    assert found("incident-channel-unreachable", sections.replace(", email, fax", "")) == []


def test_what_the_text_leaves_unsaid_is_found_one_by_one() -> None:
    assert clauses_of("controller-unnamed", "unstated: controller\n") == ["controller.name"]
    assert clauses_of("date-missing", "unstated: updated\n") == ["updated"]
    assert found("controller-unnamed", "unstated: updated\n") == found("date-missing", "unstated: controller\n") == []


def test_people_to_turn_to_are_a_contact_but_a_weak_one() -> None:
    sections = "controller: {name: X, contacts: {through: our distributor}}\n"
    assert clauses_of("contact-without-address", sections) == ["controller.contacts.through"]
    assert found("controller-contact-missing", sections) == []
    assert found("contact-without-address", sections.replace("distributor", "distributor, post: 1 Example Road")) == []


def test_a_processor_without_purposes_of_its_own_is_one() -> None:
    processor = "controller: {name: X, role: processor, contacts: {email: a@company.example}}\n"
    assert found("processor-decides", processor) == []
    assert clauses_of("processor-decides", f"{processor}purposes: {{a: {{label: a}}}}\n") == ["controller.role"]


@pytest.mark.parametrize(
    ("label", "hidden"),
    [
        ("IMEI", True),
        ("设备号（如IMEI）", True),
        ("MAC address", True),
        ("Android ID", True),
        ("browser", False),
        ("time", False),
    ],
)
def test_a_website_reads_no_hardware_number(label: str, hidden: bool) -> None:
    sections = f"runs_on: website\nitems: {{i: {{label: {label}}}}}\n"
    assert bool(found("item-not-collectable", sections)) is hidden
    assert found("item-not-collectable", sections.replace("runs_on: website", "runs_on: [app, website]")) == []
    assert found("item-not-collectable", sections.replace("runs_on: website\n", "")) == []


def test_a_path_or_a_channel_is_a_procedure() -> None:
    bare = "rights: {copy: {label: copy}}\n"
    assert clauses_of("right-without-procedure", bare) == ["rights.copy"]
    assert found("right-without-procedure", bare.replace("label: copy", "label: copy, path: My data")) == []
    assert found("right-without-procedure", bare.replace("label: copy", "label: copy, by: phone")) == []


@pytest.mark.parametrize(
    ("asks", "frees", "open_question"),
    [("general", "use", True), ("explicit", "use", True), ("none", "use", False), ("general", "share", False)],
)
def test_a_new_purpose_and_free_use_contradict_each_other(asks: str, frees: str, open_question: bool) -> None:
    sections = f"changes: {{new_purpose: {asks}}}\nconsent_free: {{e: {{label: e, actions: [{frees}]}}}}\n"
    assert bool(found("new-purpose-exempted", sections)) is open_question


def test_only_items_that_functions_take_need_a_source_and_only_where_others_have_one() -> None:
    sections = (
        "items: {a: {label: a, sources: person}, b: {label: b}, idle: {label: idle}}\npurposes: {p: {label: p}}\n"
        "functions: {f: {label: f, for: p, basis: contract, needs: a, optional: b}}\n"
    )
    assert clauses_of("item-without-source", sections) == ["items.b"]
    assert found("item-without-source", sections.replace(", sources: person", "")) == []


def test_an_item_on_consent_here_and_on_nothing_there() -> None:
    sections = (
        "items: {a: {label: a}}\npurposes: {p: {label: p}, q: {label: q}}\nfunctions:\n"
        "  f: {label: f, for: p, basis: unstated, optional: a}\n"
        "  g: {label: g, for: q, basis: consent, grade: general, needs: a, withdrawn: stop processing}\n"
    )
    assert clauses_of("item-under-two-bases", sections) == ["functions.f"]
    assert found("item-under-two-bases", sections.replace("basis: unstated", "basis: contract")) == []


@pytest.mark.parametrize(("grade", "emptied"), [("deemed", False), ("general", True), ("separate", True)])
def test_use_empties_every_consent_but_the_deemed_one(grade: str, emptied: bool) -> None:
    sections = (
        "acceptance: deemed\ndeemed: use\nrecipients: {r: {kind: partner, name: r}}\n"
        f"flows: {{f: {{label: f, action: share, to: r, basis: consent, grade: {grade}}}}}\n"
    )
    assert bool(found("consent-emptied-by-use", sections)) is emptied
    assert found("consent-emptied-by-use", sections.replace("deemed: use", "deemed: continued-use")) == []


@pytest.mark.parametrize(
    ("purposes", "basis", "items", "unlimited"),
    [
        ("a, b, c, d, e", "unstated", "all", True),
        ("a, b, c, d, e", "consent, grade: deemed", "all", True),
        ("a, b, c, d, e", "consent, grade: general", "all", False),
        ("a, b, c, d, e", "legal-obligation", "all", False),
        ("a, b, c, d", "unstated", "all", False),
        ("a, b, c, d, e", "unstated", "n", False),
    ],
)
def test_sharing_everything_for_five_purposes_has_no_limit(
    purposes: str, basis: str, items: str, unlimited: bool
) -> None:
    named = ", ".join(f"{name}: {{label: {name}}}" for name in "abcdefg")
    sections = (
        f"items: {{n: {{label: n}}}}\npurposes: {{{named}}}\nrecipients: {{r: {{kind: partner, name: r}}}}\n"
        f"flows: {{f: {{label: f, action: share, items: {items}, for: [{purposes}], to: r, basis: {basis}}}}}\n"
    )
    assert bool(found("share-without-limit", sections)) is unlimited


@pytest.mark.parametrize(
    ("basis", "after", "source", "watched"),
    [
        ("unstated", "", "observed", True),
        ("unstated", "", "[device, observed]", True),
        ("unstated", "", "person", False),
        ("unstated", ", after: accepted.policy", "observed", False),
        ("contract", "", "observed", False),
    ],
)
def test_nobody_is_watched_without_a_word(basis: str, after: str, source: str, watched: bool) -> None:
    sections = (
        f"items: {{c: {{label: calls, sources: {source}}}}}\npurposes: {{q: {{label: quality}}}}\n"
        f"functions: {{m: {{label: m, for: q, basis: {basis}, needs: c{after}}}}}\n"
    )
    assert bool(found("observed-on-no-ground", sections)) is watched


def test_an_open_list_must_be_a_clause() -> None:
    with pytest.raises(InputError) as refused:
        found("list-left-open", "open: principles\n")
    assert refused.value.code == "policy.unknown-clause"
