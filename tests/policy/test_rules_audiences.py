"""Rules about audiences, sales and what the past tells: where they draw the line."""

from __future__ import annotations

import pytest

from tests.policy.support import clauses_of, found

NAMES = """\
items: {a: {label: a, sources: person}, b: {label: b, sources: observed}}
purposes: {p: {label: p}, q: {label: q}}
recipients: {r: {kind: partner, name: r}, s: {kind: partner, name: s}}
"""
ONLY = "  only: {label: only, action: sell, items: a, for: p, to: r, basis: unstated, only: true}\n"


@pytest.mark.parametrize(("until", "expired"), [("2025-12-31", True), ("2026-01-01", True), ("2026-01-02", False)])
def test_an_exemption_has_run_out_on_the_day_that_it_names(until: str, expired: bool) -> None:
    sections = f"updated: 2026-01-01\nexemptions: {{b2b: {{label: business, until: {until}}}}}"
    assert clauses_of("exemption-expired", sections) == (["exemptions.b2b.until"] if expired else [])


def test_an_exemption_without_an_end_does_not_run_out() -> None:
    assert found("exemption-expired", "exemptions: {b2b: {label: business}}") == []


@pytest.mark.parametrize(
    ("other", "beyond"),
    [
        ("flows:\n" + ONLY + "  other: {label: o, action: sell, items: b, for: p, basis: unstated}", ["flows.other"]),
        ("flows:\n" + ONLY + "  other: {label: o, action: sell, items: a, for: q, basis: unstated}", ["flows.other"]),
        ("flows:\n" + ONLY + "  other: {label: o, action: share, items: b, for: q, basis: unstated}", []),
        ("flows:\n" + ONLY + "  same: {label: o, action: sell, items: a, for: p, basis: unstated}", []),
        ("flows:\n" + ONLY + "matrices: {m: {label: m, actions: sell, over: 1 year, to: {a: s}}}", ["matrices.m.to.a"]),
        ("flows:\n" + ONLY + "matrices: {m: {label: m, actions: sell, over: 1 year, to: {a: r}}}", []),
        ("flows:\n" + ONLY + "matrices: {m: {label: m, actions: sell, over: 1 year, items: b}}", ["matrices.m.items"]),
        ("flows:\n" + ONLY + "matrices: {m: {label: m, actions: [use, sell], for: {p: b, q: a}}}", ["matrices.m"]),
    ],
)
def test_what_goes_beyond_the_only_line_is_found_once(other: str, beyond: list[str]) -> None:
    assert clauses_of("only-line-contradicted", NAMES + other) == beyond


def test_a_line_that_is_not_the_only_one_contradicts_nothing() -> None:
    text = (
        NAMES + "flows:\n" + ONLY.replace(", only: true", "") + "matrices: {m: {label: m, actions: sell, for: {p: b}}}"
    )
    assert found("only-line-contradicted", text) == []


def test_history_is_held_against_flow_lines_as_well() -> None:
    past = "matrices: {m: {label: m, actions: sell, over: 1 year, to: {a: [r, s], b: r}}}"
    assert clauses_of("history-beyond-rules", NAMES + "flows:\n" + ONLY + past) == [
        "matrices.m.to.a",
        "matrices.m.to.b",
    ]
    assert found("history-beyond-rules", NAMES + "flows:\n" + ONLY + past.replace("[r, s], b: r", "r")) == []


@pytest.mark.parametrize(
    ("right", "sold", "unheard"),
    [
        ("by: self-service, account_needed: false, asked_again: 12 months", "", True),
        ("by: self-service, account_needed: false", "a", True),
        ("by: self-service, account_needed: false", "b", False),  # refusing cookies is enough
        ("by: self-service, account_needed: false", "", False),
        ("by: self-service, account_needed: true, asked_again: 12 months", "", False),
        ("by: self-service, asked_again: 12 months", "", False),
        ("by: [self-service, email], account_needed: false, asked_again: 12 months", "a", False),
    ],
)
def test_an_opt_out_is_unheard_when_somebody_must_hear_it(right: str, sold: str, unheard: bool) -> None:
    matrix = f"matrices: {{m: {{label: m, actions: sell, over: 1 year, to: {{{sold}: r}}}}}}\n" if sold else ""
    text = f"{NAMES}{matrix}rights: {{opt-out: {{label: opt out, {right}}}}}"
    assert clauses_of("opt-out-unheard", text) == (["rights.opt-out.by"] if unheard else [])


@pytest.mark.parametrize(
    ("channels", "lost"), [("[email]", False), ("[phone]", True), ("[email, post]", True), ("[self-service]", False)]
)
def test_a_channel_needs_its_address(channels: str, lost: bool) -> None:
    text = f"rights: {{access: {{label: access, by: {channels}}}}}"  # the contacts have an e-mail address
    assert clauses_of("channel-without-address", text) == (["rights.access.by"] if lost else [])


def test_a_signal_is_binding_in_california_only() -> None:
    ignored = "signals: {dnt: {label: do not track, honoured: false}}"
    assert found("signal-ignored", f"regimes: [cn]\n{ignored}") == []
    assert clauses_of("signal-ignored", f"rule_sets: {{ca: {{label: ca, regimes: us-ca}}}}\n{ignored}") == [
        "signals.dnt"
    ]


def test_another_name_inside_that_of_the_controller_is_its_own() -> None:
    text = "controller: {name: Leqi Network Ltd}\nalso_called: [Leqi]\nstatements: {a: %s}"
    assert found("controller-called-otherwise", text % "Leqi Network Ltd runs this") == []
    assert clauses_of("controller-called-otherwise", text % "nobody outside Leqi") == ["statements.a"]


def test_two_rule_sets_can_disagree_where_the_general_rules_are_silent() -> None:
    text = """\
rule_sets:
  one: {label: one, requests: {within: 45 days}}
  two: {label: two, requests: {within: 15 days}}
  three: {label: three, requests: {within: 45 days}}
"""
    clauses = ["rule_sets.three.requests.within", "rule_sets.two.requests.within"]
    assert clauses_of("rule-sets-disagree", text) == clauses


def test_the_longest_deadline_of_rights_stands_for_one_that_is_not_general() -> None:
    text = """\
requests: {within: 30 days}
rule_sets:
  one: {label: one, alone: true, rights: {access: {label: a, within: 30 days}, copy: {label: c, within: 5 days}}}
  two: {label: two, alone: true, rights: {access: {label: a, within: 45 days}}}
"""
    assert clauses_of("rule-sets-disagree", text) == ["rule_sets.two.requests.within"]


def test_a_supplement_has_no_gaps_and_one_that_stands_alone_may() -> None:
    text = "minors: {below: 18, rule: barred}\nrule_sets:\n  one: {label: one%s, storage: {in: cn}}"
    assert found("rule-set-gaps", text % "") == []
    gaps = [each.message for each in found("rule-set-gaps", text % ", alone: true")]
    assert len(gaps) == 2
    assert any("lacks `minors`" in each for each in gaps)
    assert any("has `storage`" in each for each in gaps)


def test_a_successor_with_terms_is_bound() -> None:
    text = "recipients: {one: {kind: successor, name: one}, two: {kind: partner, name: two}}"
    assert clauses_of("successor-unbound", text) == ["recipients.one"]
