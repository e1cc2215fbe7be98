"""Rules about what is left open or said twice: where they draw the line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.support import clauses_of, found

BOTH = "languages: [zh, en]\nprevails: zh\ntitle: {zh: 政策, en: policy}\ncontroller: {name: {zh: 公司, en: company}}\n"


def statement(zh: str, en: str) -> str:
    return f'{BOTH}statements: {{s: {{zh: "{zh}", en: "{en}"}}}}\n'


@pytest.mark.parametrize(
    ("zh", "en", "odd"),
    [
        ("30天内", "within 30 days", ""),
        ("30天内", "within thirty days", ""),
        ("三十天内", "within 30 days", ""),
        ("十五日", "15 days", ""),
        ("二十一日", "twenty-one days", ""),
        ("2022年10月", "October 2022", ""),
        ("１５天", "15 days", ""),  # full width
        ("1,000人", "1000 people", ""),
        ("007号", "number 7", ""),
        ("30天内", "within 15 days", "15, 30"),
        ("10楼1002室", "R.1002", "10"),
        ("没有数字", "no figure", ""),
        ("没有数字", "within 7 days", "7"),
    ],
)
def test_a_figure_is_the_same_in_every_language_however_it_is_written(zh: str, en: str, odd: str) -> None:
    findings = found("figures-differ", statement(zh, en))
    assert [each.message for each in findings] == (
        [f"`statements.s` has the figure {odd} in one language and not in another"] if odd else []
    )


@given(st.integers(1, 99), st.integers(1, 99))
def test_figures_agree_exactly_where_they_are_equal(one: int, other: int) -> None:
    assert bool(found("figures-differ", statement(f"{one}天", f"{other} days"))) is (one != other)


def test_a_text_in_one_language_has_nothing_to_differ_from() -> None:
    assert found("figures-differ", "statements: {s: within 30 days}") == []


def sensitive(definition: str) -> str:
    return (
        f"definitions: {{sensitive: {definition}}}\n"
        "categories: {money: {label: finance, sensitive: true}, card: {label: cards, category: money}}\n"
        "items: {bank: {label: bank account, category: card}, phone: {label: mobile number, sensitive: true}}"
    )


@pytest.mark.parametrize(
    ("definition", "clauses"),
    [
        ("Bank account and mobile number", []),
        ("finance and mobile number", []),  # a family stands for what is below it
        ("bank account", ["items.phone"]),
        ("mobile number", ["items.bank"]),
        ("what may do harm", []),  # no list at all
    ],
)
def test_a_list_of_what_is_sensitive_is_complete_or_no_list(definition: str, clauses: list[str]) -> None:
    assert clauses_of("sensitive-unlisted", sensitive(definition)) == clauses


@pytest.mark.parametrize(
    "words", ["if we decide", "we do our best", "a certain cost", "at our sole discretion", "as the case may be"]
)
def test_words_that_leave_a_way_out_are_found(words: str) -> None:
    assert clauses_of("weak-wording", f"statements: {{s: {words} to answer}}") == ["statements.s"]


@pytest.mark.parametrize("words", ["within 30 days", "we decide within a day", "practical advice", "the best we have"])
def test_plain_words_are_left_alone(words: str) -> None:
    assert found("weak-wording", f"statements: {{s: {words}}}") == []


def test_weak_words_are_found_in_either_language_and_not_where_another_rule_looks() -> None:
    assert clauses_of("weak-wording", statement("我们将尽力回复", "we answer")) == ["statements.s"]
    assert clauses_of("weak-wording", "rights: {access: {label: access, vaguely: as far as possible}}") == []
    assert (
        clauses_of("weak-wording", f"{statement('回复', 'answer')}differs: {{statements.s: {{zh: 尽力, en: x}}}}") == []
    )


@pytest.mark.parametrize(
    ("zh", "en", "reserved"),
    [
        ("我们拥有解释和修改的权利", "ours", True),
        ("解释权归我们所有", "ours", True),
        ("版权、解释和修改权归我们所有", "ours", True),
        ("归我们所有", "we have the right to interpret this policy", True),
        ("您有权要求解释", "you have the right to an explanation", False),
    ],
)
def test_a_right_to_interpret_is_not_a_right_to_an_explanation(zh: str, en: str, reserved: bool) -> None:
    assert bool(found("interpretation-reserved", statement(zh, en))) is reserved


@pytest.mark.parametrize(
    ("ways", "leaving"),
    [
        ("{a: log out}", True),
        ("{a: close your account, b: uninstall the app}", True),
        ("{a: log out, b: change the settings of your browser}", False),
        ("{a: delete the cookies}", False),
    ],
)
def test_one_way_to_refuse_and_stay_is_enough(ways: str, leaving: bool) -> None:
    text = f"purposes: {{p: {{label: p}}}}\ntechnologies: {{t: {{label: t, for: p, refuse_by: {ways}}}}}"
    assert bool(found("refusal-by-leaving", text)) is leaving


@pytest.mark.parametrize(
    ("more", "unnamed"),
    [
        ("kind: partner", True),
        ("kind: research", True),
        ("kind: partner, members: {m: Example Ltd}", False),
        ("kind: partner, policy: https://partner.example/privacy", False),
        ("kind: partner, receives: i", False),
        ("kind: authority", False),
        ("kind: public", False),
        ("kind: affiliate", False),  # a rule of its own
    ],
)
def test_a_group_is_known_by_its_members_its_policy_or_what_it_gets(more: str, unnamed: bool) -> None:
    text = f"items: {{i: {{label: i}}}}\nrecipients: {{r: {{name: r, {more}}}}}"
    assert bool(found("recipients-unnamed", text)) is unnamed


@pytest.mark.parametrize(
    ("line", "open_"),
    [
        ("action: share, basis: contract", True),
        ("action: publish, basis: legitimate-interests", True),
        ("action: share, basis: contract, items: i", False),
        ("action: share, basis: consent, grade: explicit", False),  # consent names what it is for
        ("action: use, basis: contract", False),
    ],
)
def test_only_what_goes_out_without_consent_must_be_listed(line: str, open_: bool) -> None:
    text = f"items: {{i: {{label: i}}}}\nflows: {{f: {{label: f, {line}}}}}"
    assert bool(found("line-without-items", text)) is open_


def test_an_explanation_is_no_right_to_refuse_a_machine() -> None:
    text = "items: {i: {label: i}}\npurposes: {p: {label: p}}\n"
    text += "functions: {f: {label: f, for: p, basis: contract, needs: i, automated: true}}\n"
    assert clauses_of("automated-without-refusal", text) == ["functions.f.automated"]
    assert clauses_of("automated-without-refusal", f"{text}rights: {{explanation: {{label: e}}}}") != []
    assert clauses_of("automated-without-refusal", f"{text}rights: {{objection: {{label: o}}}}") == []


def test_changes_that_are_never_spoken_of_need_neither_notice_nor_archive() -> None:
    assert found("change-notice-missing", "changes: {new_purpose: explicit}") == []
    assert found("old-versions-missing", "changes: {new_purpose: explicit}") == []
    assert clauses_of("old-versions-missing", "changes: {refuse_means: nothing}") == ["changes"]


@pytest.mark.parametrize(("kind", "stays"), [("cookie", True), ("storage", True), ("beacon", False), ("pixel", False)])
def test_only_what_stays_on_the_device_has_a_lifetime(kind: str, stays: bool) -> None:
    text = f"purposes: {{p: {{label: p}}}}\ntechnologies: {{t: {{label: t, for: p, kind: {kind}}}}}"
    assert bool(found("cookie-lifetime-missing", text)) is stays


@pytest.mark.parametrize(
    ("more", "clauses"),
    [
        ("limits: {a: not without a guardian's consent}", ["minors.limits.a"]),
        ("limits: {a: nothing is sold to them}", []),
        ("bands: {b: {below: 14, rule: guardian}}", ["minors.bands.b"]),
        ("bands: {b: {below: 14, rule: sensitive}}", []),
    ],
)
def test_who_is_barred_is_not_let_in_by_a_guardian(more: str, clauses: list[str]) -> None:
    assert clauses_of("minors-barred-and-asked", f"minors: {{below: 18, rule: barred, {more}}}") == clauses
    assert clauses_of("minors-barred-and-asked", f"minors: {{below: 18, rule: guardian, {more}}}") == []


def test_a_guardians_consent_for_one_function_clashes_with_barring_too() -> None:
    text = "items: {i: {label: i}}\npurposes: {p: {label: p}}\nminors: {below: 18, rule: barred}\n"
    text += "functions: {f: {label: f, for: p, basis: consent, grade: guardian-verified, needs: i}}"
    assert clauses_of("minors-barred-and-asked", text) == ["functions.f.grade"]


def test_every_clock_that_starts_late_is_found() -> None:
    text = """
controller: {name: X, contacts: {email: a@b.example, within: 5 days, counts_from: verification}}
requests: {within: 5 days, counts_from: check}
rights: {access: {label: access, within: 5 days, counts_from: verification}, copy: {label: copy, within: 5 days}}
"""
    assert clauses_of("deadline-start-open", text) == [
        "controller.contacts.counts_from",
        "requests.counts_from",
        "rights.access.counts_from",
    ]


@pytest.mark.parametrize(
    ("regime", "how", "lightly"),
    [
        ("cn", "basis: consent, grade: general", True),
        ("cn", "basis: consent, grade: explicit", True),
        ("cn", "basis: consent, grade: separate", False),
        ("cn", "basis: consent, grade: guardian-verified", False),
        ("cn", "basis: contract", False),
        ("eu", "basis: consent, grade: general", False),
    ],
)
@pytest.mark.parametrize("key", ["needs", "optional"])
def test_sensitive_data_on_consent_takes_a_separate_one_in_china(
    regime: str, how: str, key: str, lightly: bool
) -> None:
    text = f"regimes: [{regime}]\nitems: {{i: {{label: i, sensitive: true}}, j: {{label: j}}}}\n"
    text += f"purposes: {{p: {{label: p}}}}\nfunctions: {{f: {{label: f, for: p, {how}, {key}: [i, j]}}}}"
    findings = found("sensitive-asked-lightly", text)
    assert bool(findings) is lightly
    assert all("`i`" in each.message and "`j`" not in each.message for each in findings)


@pytest.mark.parametrize(("regime", "asks"), [("cn", True), ("eu", True), ("uk", True), ("us-ca", False)])
def test_an_unstated_basis_is_found_where_a_law_asks_for_one(regime: str, asks: bool) -> None:
    text = f"regimes: {regime}\nitems: {{i: {{label: i}}}}\npurposes: {{p: {{label: p}}}}\nfunctions:\n"
    text += "  f: {label: f, for: p, basis: unstated, needs: i}\n  g: {label: g, for: p, basis: contract, needs: i}\n"
    text += "flows: {l: {label: l, action: share, basis: unstated, items: i}}"
    assert clauses_of("basis-unstated", text) == (["flows.l.basis", "functions.f.basis"] if asks else [])


def test_backups_with_a_figure_in_either_language_have_an_end() -> None:
    def right(zh: str, en: str) -> str:
        return f"{BOTH}rights: {{erasure: {{label: {{zh: 删除, en: erasure}}, backups: {{zh: {zh}, en: {en}}}}}}}"

    assert clauses_of("backups-without-deadline", right("更新时删除", "erased when renewed")) == [
        "rights.erasure.backups"
    ]
    assert clauses_of("backups-without-deadline", right("30天内删除", "erased within 30 days")) == []


def test_an_officer_and_the_effects_of_closing_can_be_named() -> None:
    assert clauses_of("officer-unnamed", "controller: {name: X, contacts: {email: a@b.example}}") == ["controller"]
    assert clauses_of("officer-unnamed", "controller: {name: X, officer: privacy office}") == []
    assert clauses_of("closing-without-effects", "rights: {access: {label: access}}") == []
    assert clauses_of("closing-without-effects", "rights: {close_account: {label: closing}}") == [
        "rights.close_account"
    ]
