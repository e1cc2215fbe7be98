"""Single rules beyond the examples of their pages: where they draw the line."""

from __future__ import annotations

import pytest

from tests.policy.support import clauses_of, found

ITEMS = "items: {p: {label: phone, sensitive: true}, n: {label: name}}\npurposes: {a: {label: a}, b: {label: b}}\n"
TO = "recipients: {r: {kind: partner, name: r}}\n"


def line(basis: str, action: str = "share") -> str:
    return f"{ITEMS}{TO}flows:\n  f: {{label: f, action: {action}, items: [p, n], for: a, to: r, basis: {basis}}}\n"


@pytest.mark.parametrize(
    ("basis", "lightly"),
    [
        ("consent, grade: deemed", True),
        ("consent, grade: general", True),
        ("consent, grade: explicit", True),
        ("consent, grade: separate", False),
        ("consent, grade: guardian-verified", False),
        ("contract", True),
        ("legitimate-interests", True),
        ("unstated", True),
        ("legal-obligation", False),
        ("vital-interests", False),
        ("made-public", False),
    ],
)
def test_sensitive_data_travels_by_separate_consent_or_by_law(basis: str, lightly: bool) -> None:
    assert bool(found("sensitive-shared-lightly", line(basis))) is lightly


@pytest.mark.parametrize(
    ("action", "outward"),
    [
        ("share", True),
        ("transfer", True),
        ("disclose", True),
        ("sell", True),
        ("publish", True),
        ("use", False),
        ("collect", False),
    ],
)
def test_only_what_leaves_the_company_is_passed_on(action: str, outward: bool) -> None:
    assert bool(found("sensitive-shared-lightly", line("contract", action))) is outward


def test_only_the_sensitive_items_are_named() -> None:
    (finding,) = found("sensitive-shared-lightly", line("contract"))
    assert "`p`" in finding.message
    assert "`n`" not in finding.message
    assert finding.clause == "flows.f"


@pytest.mark.parametrize(
    ("regime", "period", "looser"),
    [
        ("cn", "15 working days", False),
        ("cn", "16 working days", True),
        ("cn", "21 days", False),
        ("cn", "22 days", True),
        ("cn", "1 month", True),
        ("cn", "24 hours", False),
        ("eu", "1 month", False),
        ("eu", "30 days", False),
        ("eu", "31 days", True),
        ("eu", "2 months", True),
        ("us-ca", "45 days", False),
        ("us-ca", "46 days", True),
    ],
)
def test_a_promised_deadline_is_measured_against_the_law(regime: str, period: str, looser: bool) -> None:
    sections = f"regimes: [{regime}]\nrights:\n  access: {{label: access, by: email, within: {period}}}\n"
    assert bool(found("deadline-looser-than-law", sections)) is looser


@pytest.mark.parametrize(
    ("regime", "frequency", "below"),
    [
        ("us-ca", "{times: 2, per: 12 months}", False),
        ("us-ca", "{times: 1, per: 12 months}", True),
        ("us-ca", "{times: 1, per: 6 months}", False),
        ("us-ca", "{times: 2, per: 2 years}", True),
        ("us-ca", "{times: 2, per: 1 year, counted: calendar-year}", False),
        ("eu", "{times: 1, per: 12 months}", False),
        ("nowhere", "{times: 1, per: 12 months}", False),
    ],
)
def test_a_promised_frequency_is_measured_against_the_law(regime: str, frequency: str, below: bool) -> None:
    sections = f"regimes: [{regime}]\nrights:\n  know: {{label: know, by: email, frequency: {frequency}}}\n"
    assert bool(found("frequency-below-law", sections)) is below


def test_every_promised_deadline_is_measured() -> None:
    sections = """
regimes: [cn]
controller: {name: X, contacts: {email: a@b.example, within: 60 days}}
requests: {within: 60 days}
rights:
  access: {label: access, within: 60 days}
  complaint: {label: complaint, within: 60 days}
"""
    assert clauses_of("deadline-looser-than-law", sections) == [
        "controller.contacts.within",
        "requests.within",
        "rights.access.within",
        "rights.complaint.within",
    ]


def test_several_regimes_are_each_named() -> None:
    sections = "regimes: [cn, eu]\nrequests: {within: 60 days}\n"
    assert len(found("deadline-looser-than-law", sections)) == 2


def test_a_regime_without_the_figure_measures_nothing() -> None:
    assert found("deadline-looser-than-law", "regimes: [nowhere]\nrequests: {within: 60 days}\n") == []


@pytest.mark.parametrize(
    "name", ["MD5", "md5", "SHA1", "SHA-1", "DES", "3DES", "RC4", "SSL", "SSLv3", "TLS 1.0", "TLS 1.1"]
)
def test_a_weak_algorithm_is_known_by_any_of_its_names(name: str) -> None:
    assert clauses_of("weak-cryptography", measure(name)) == ["security.measures.m"]


@pytest.mark.parametrize("name", ["AES", "SHA-256", "TLS 1.2", "TLS 1.3", "TLS", "Argon2", "SM4"])
def test_a_sound_algorithm_is_left_alone(name: str) -> None:
    assert found("weak-cryptography", measure(name)) == []


def measure(name: str) -> str:
    return f"security: {{measures: {{m: {{label: m, kind: encryption, names: ['{name}']}}}}}}\n"


@pytest.mark.parametrize(
    ("dates", "fires"),
    [
        ("updated: 2022-10-01\neffective: 2021-01-01", True),
        ("updated: 2022-10-01\neffective: 2022-09-30", True),
        ("updated: 2022-10-01\neffective: 2022-10-01", False),
        ("updated: 2022-10-01\neffective: 2023-01-01", False),
        ("updated: 2022-10-01", False),
    ],
)
def test_effect_may_begin_on_the_day_of_the_change(dates: str, fires: bool) -> None:
    assert bool(found("effective-before-updated", dates)) is fires


@pytest.mark.parametrize(
    "contact", ["email: a@b.example", "phone: +86 755 0000 0000", "post: street", "website: https://a.example"]
)
def test_one_way_to_reach_the_controller_is_enough(contact: str) -> None:
    assert found("controller-contact-missing", f"controller: {{name: X, contacts: {{{contact}}}}}") == []


def function(name: str, purpose: str, needs: str = "[]", optional: str = "[]", more: str = "") -> str:
    return f"  {name}: {{label: f, for: {purpose}, basis: contract, needs: {needs}, optional: {optional}{more}}}\n"


def test_an_item_may_be_necessary_in_one_function_and_optional_in_another_purpose() -> None:
    sections = f"{ITEMS}functions:\n{function('f', 'a', needs='n')}{function('g', 'b', optional='n')}"
    assert found("necessary-and-optional", sections) == []
    assert found("optional-item-as-gate", sections) == []


def test_an_optional_item_needed_beside_it_is_a_gate() -> None:
    sections = f"{ITEMS}functions:\n{function('f', 'a', needs='n')}{function('g', 'a', optional='n')}"
    assert clauses_of("optional-item-as-gate", sections) == ["functions.g.optional"]
    assert found("necessary-and-optional", sections) == []


def test_waiting_for_a_verified_address_that_is_optional_is_a_gate() -> None:
    mail = "items: {m: {label: mail, tells: email}}\npurposes: {a: {label: a}, b: {label: b}}\nfunctions:\n"
    gate = mail + function("f", "a", optional="m") + function("g", "b", more=", after: verified.email")
    assert clauses_of("optional-item-as-gate", gate) == ["functions.g.after"]
    free = mail + function("f", "a", needs="m") + function("g", "b", more=", after: verified.email")
    assert found("optional-item-as-gate", free) == []


def test_an_item_has_a_purpose_through_its_category_but_not_through_all() -> None:
    items = (
        "categories: {c: {label: c}}\nitems: {x: {label: x, category: c}, y: {label: y}}\npurposes: {a: {label: a}}\n"
    )
    by_category = items + "flows:\n  f: {label: f, action: use, items: c, for: a, basis: contract}\n"
    assert clauses_of("item-without-purpose", by_category) == ["items.y"]
    by_all = items + "flows:\n  f: {label: f, action: use, items: all, for: a, basis: contract}\n"
    assert clauses_of("item-without-purpose", by_all) == ["items.x", "items.y"]


def test_a_purpose_is_served_by_any_kind_of_line() -> None:
    sections = """
items: {x: {label: x}}
purposes: {a: {label: a}, b: {label: b}, c: {label: c}, d: {label: d}, e: {label: e, part_of: f}, f: {label: f}}
functions: {g: {label: g, for: a, basis: contract, needs: x}}
flows: {h: {label: h, action: use, for: b, basis: contract}}
recipients: {r: {kind: sdk, name: r, for: c}}
technologies: {t: {label: t, for: d}}
"""
    assert clauses_of("purpose-without-function", sections) == ["purposes.e"]


def test_a_purpose_may_lie_any_number_of_steps_below_a_listed_one() -> None:
    sections = "purposes: {a: {label: a}, b: {label: b, part_of: a}, c: {label: c, part_of: b}, d: {label: d}}\n"
    assert clauses_of("purpose-outside-list", sections + "only_purposes: a\n") == ["purposes.d"]
    assert found("purpose-outside-list", sections) == []


@pytest.mark.parametrize(
    ("used", "beyond"),
    [
        ("items: x, for: [a, b, d]", ["purposes.d"]),
        ("items: x, for: [a, b]", []),  # b is part of a
        ("items: y, for: d", []),  # nothing says what y is collected for
        ("items: all, for: d", ["purposes.d"]),
        ("items: x", []),
    ],
)
def test_what_is_collected_for_some_purposes_is_used_for_no_others(used: str, beyond: list[str]) -> None:
    sections = f"""items: {{x: {{label: x}}, y: {{label: y}}}}
purposes: {{a: {{label: a}}, b: {{label: b, part_of: a}}, d: {{label: d}}}}
flows:
  collect: {{label: c, action: collect, items: x, for: a, basis: unstated}}
  use: {{label: u, action: use, {used}, basis: unstated}}
"""
    assert clauses_of("purpose-outside-list", sections) == beyond
    share = sections.replace("action: use", "action: share")
    assert found("purpose-outside-list", share) == []


def test_a_recipient_is_judged_by_all_functions_that_share_with_it() -> None:
    sections = f"""{ITEMS}recipients: {{r: {{kind: sdk, name: r, receives: [p, n]}}}}
functions:
{function("f", "a", needs="n", more=", shares: r")}{function("g", "b", optional="p", more=", shares: r")}"""
    assert found("recipient-item-undeclared", sections) == []


def test_a_flow_line_declares_what_it_passes_on() -> None:
    sections = f"""{ITEMS}recipients: {{r: {{kind: sdk, name: r, receives: [p, n]}}}}
flows: {{f: {{label: f, action: share, items: n, for: a, to: r, basis: contract}}}}
"""
    (finding,) = found("recipient-item-undeclared", sections)
    assert "`p`" in finding.message
    assert "`n`" not in finding.message
    assert found("recipient-without-function", sections) == []


@pytest.mark.parametrize(
    ("sections", "clauses"),
    [
        ("rights: {access: {label: a, by: email}}", ["rights.access"]),
        ("rights: {access: {label: a, by: self-service}}", []),
        ("rights: {access: {label: a, by: email}}\nrequests: {within: 15 days}", []),
        ("rights: {close_account: {label: a, by: email, cooling_off: 7 days}}", []),
        ("requests: {vaguely: soon}", ["requests.vaguely"]),
        ("incident: {say: {what: what}, by: email, vaguely: promptly}", ["incident.vaguely"]),
        ("incident: {say: {what: what}, by: email, within: 24 hours}", []),
        ("stop: {tell: push, then: erase, vaguely: in time}", ["stop.vaguely"]),
        ("security: {reports: {r: {label: r, vaguely: now and then}}}", ["security.reports.r.vaguely"]),
        ("security: {reports: {r: {label: r, every: 1 year}}}", []),
        ("security: {measures: {m: {label: m, kind: training, vaguely: often}}}", ["security.measures.m.vaguely"]),
    ],
)
def test_a_deadline_is_vague_where_words_stand_for_it(sections: str, clauses: list[str]) -> None:
    assert clauses_of("vague-deadline", sections) == clauses


@pytest.mark.parametrize(
    ("minors", "fires"),
    [
        ("{below: 18, rule: barred, bands: {c: {below: 14, rule: sensitive}}}", True),
        ("{below: 18, rule: barred, bands: {c: {below: 14, rule: barred}}}", False),
        ("{below: 18, rule: barred, bands: {c: {below: 21, rule: guardian}}}", False),
        ("{below: 18, rule: guardian, bands: {c: {below: 14, rule: sensitive}}}", False),
        ("{below: 18, rule: barred}", False),
    ],
)
def test_a_band_below_the_bar_meets_nobody(minors: str, fires: bool) -> None:
    assert bool(found("minors-band-idle", f"minors: {minors}")) is fires


def test_retention_is_complete_when_every_item_has_a_line() -> None:
    items = "categories: {c: {label: c}}\nitems: {x: {label: x, category: c}, y: {label: y}}\n"
    sections = items + "retention: {c: {items: c, for: 1 year, then: erase}}\n"
    assert clauses_of("retention-missing", sections) == ["items.y"]
    assert found("retention-unstated", sections) == []


@pytest.mark.parametrize(("regime", "missing"), [("eu", 8), ("uk", 8), ("cn", 10), ("us-ca", 4), ("nowhere", 0)])
def test_the_rights_of_each_regime_are_looked_for(regime: str, missing: int) -> None:
    assert len(found("right-missing", f"regimes: [{regime}]\n")) == missing
    given = found("right-missing", f"regimes: [{regime}]\nrights: {{access: {{label: access, by: email}}}}\n")
    assert len(given) == max(missing - 1, 0)


def test_a_regime_that_is_misspelt_brings_the_right_one() -> None:
    (finding,) = found("unknown-regime", "regimes: [us-ka]")
    assert (finding.severity, finding.hint) == ("error", "did you mean `us-ca`?")
    (strange,) = found("unknown-regime", "regimes: [atlantis]")
    assert strange.hint.startswith("one of ")
    assert found("unknown-regime", "regimes: [cn, eu, uk, us-ca]") == []


@pytest.mark.parametrize(
    ("sections", "clauses"),
    [
        ("controller: {name: X, contacts: {website: 'http://a.example'}}", ["controller.contacts.website"]),
        (
            "purposes: {a: {label: a}}\ntechnologies: {t: {label: t, for: a, link: 'http://a.example'}}",
            ["technologies.t.link"],
        ),
        ("controller: {name: X, contacts: {website: 'https://a.example/?next=http://b.example'}}", []),
    ],
)
def test_a_link_is_plain_wherever_it_stands(sections: str, clauses: list[str]) -> None:
    assert clauses_of("plain-http-link", sections) == clauses


def test_deemed_acceptance_alone_contradicts_nothing() -> None:
    assert found("acceptance-contradiction", "acceptance: deemed\ndeemed: [use]") == []


def test_storage_abroad_is_no_contradiction_when_it_is_only_barred() -> None:
    assert found("storage-abroad-contradiction", "storage: {in: cn, abroad: {rule: never}}") == []
    assert found("storage-abroad-contradiction", "storage: {in: cn}") == []


def test_other_groups_than_affiliates_need_no_members() -> None:
    assert found("affiliates-unnamed", "recipients: {p: {kind: partner, name: partners}}") == []


def test_languages_that_say_the_same_with_one_that_prevails_are_fine() -> None:
    sections = "languages: [zh, en]\nprevails: en"
    assert found("prevailing-language-missing", sections) == []
    assert found("languages-differ", sections) == []
    only = "languages: [zh, en]\nstatements: {s: one}\nonly_in: {zh: [statements.s]}"
    (finding,) = found("languages-differ", only)
    assert (finding.clause, "`zh` only" in finding.message) == ("statements.s", True)


def test_a_withdrawal_matters_only_for_consent() -> None:
    sections = f"{ITEMS}functions:\n{function('f', 'a', needs='n')}"
    assert found("withdrawal-undefined", sections) == []
