"""What the five examples call a major change of theirs, tried by changing them: who is told, how, who accepts anew."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.support import ROOT
from troth.policy.diff import Diff, diff
from troth.policy.diff.major import major
from troth.policy.diff.words import words
from troth.policy.model import Policy
from troth.policy.read import from_value, parse
from troth.policy.rule_sets import rule_set

FILES = {
    "kaiconn": ("policy.yaml",),
    "nanolux": ("policy.yaml",),
    "nanonebula": ("policy.yaml",),
    "generic": ("policy.yaml",),
    "smallrig": ("policy.yaml", "california.yaml", "china.yaml"),
}
LISTED = {
    "kaiconn": {"rights-reduced"},
    "nanolux": {"service", "ownership", "recipients", "rights", "responsible", "high-risk"},
    "nanonebula": set[str](),
    "generic": {"rights-reduced"},
    "smallrig": {"treatment"},
}


def files(name: str) -> dict[str, str]:
    return {file: (ROOT / "examples" / name / file).read_text("utf-8") for file in FILES[name]}


def example(name: str) -> Policy:
    return parse(files(name))


def changed(name: str, old: str, new: str, file: str = "policy.yaml") -> Diff:
    """The difference that one replacement in a file of the example makes."""
    before = files(name)
    assert before[file].count(old) >= 1, old
    return diff(parse(before), parse({**before, file: before[file].replace(old, new, 1)}))


def entries(found: Diff) -> set[str]:
    return {entry.rpartition("material.")[2] for change in found.changes for entry in change.major_by}


@pytest.mark.parametrize("name", FILES)
def test_each_entry_of_an_example_is_one_that_a_comparison_knows(name: str) -> None:
    listed = major(example(name).value)
    assert {path.rpartition("material.")[2] for path in listed.covers} == LISTED[name]
    assert listed.unclassified == ()
    assert listed.events == (("changes.material.high-risk",) if name == "nanolux" else ())


@pytest.mark.parametrize(
    ("entry", "old", "new"),
    [
        ("service", "en: paying for renewals, zh: 支付续费", "en: paying for anything, zh: 各类支付"),
        ("service", "needs: [payment.method]\n    after", "needs: [payment.method, device.location]\n    after"),
        ("service", "basis: contract\n    needs: [payment.method]", "basis: unstated\n    needs: [payment.method]"),
        ("ownership", "  name: Nanolux\n", "  name: Nanolux Holdings\n"),
        (
            "recipients",
            "  authorities: {kind",
            "  brokers: {kind: partner, name: {en: b, zh: b}}\n  authorities: {kind",
        ),
        ("recipients", "name: {en: URORA SDK, zh: URORA SDK}", "name: {en: AURORA SDK, zh: AURORA SDK}"),
        ("recipients", "    to: suppliers\n", "    to: [suppliers, own-companies]\n"),
        ("rights", "by: [self-service, website, email]\n    path", "by: [email]\n    path"),
        ("rights", "  access:\n", "  restriction: {label: {en: restriction, zh: 限制}, by: [email]}\n  access:\n"),
        ("responsible", "write to officer@", "write to nobody@"),
        ("responsible", "email: privacy@", "email: hello@"),
        ("responsible", "email: officer@", "email: nobody@"),
    ],
)
def test_five_of_the_six_kinds_of_nanolux_are_found_and_bind_nobody_before_they_accept(
    entry: str, old: str, new: str
) -> None:
    found = changed("nanolux", old, new)
    assert entry in entries(found)
    (follows,) = found.consequences
    assert (follows.tell, follows.audiences, follows.but) == (("announcement", "email"), (), ())
    assert follows.when is not None
    assert follows.notice is None  # the text gives no lead, and none is made up
    assert follows.accept_again
    assert "The new version applies to nobody before they accept it." in words(found, "en")


def test_the_sixth_kind_of_nanolux_is_an_event_and_is_said_to_be_one() -> None:
    found = changed("nanolux", "  name: Nanolux\n", "  name: Nanolux Holdings\n")
    assert "high-risk" not in entries(found)
    assert any("`changes.material.high-risk` is an event" in each for each in words(found, "en"))


def test_nanolux_does_not_call_its_list_complete_and_a_comparison_says_so() -> None:
    found = changed("nanolux", "names: [AES]", "names: [AES, TLS]")
    assert (found.major, found.left_open) == ((), ("changes.material",))
    assert any("must be judged by a person" in each and "complete list" in each for each in words(found, "en"))
    assert any("不是完整的清单" in each for each in words(found, "zh"))
    closed = changed("kaiconn", "cooling_off: 7 days", "cooling_off: 5 days")
    assert closed.left_open == ()
    assert not any("complete list" in each for each in words(closed, "en"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('adults: {en: "products', 'adults: {en: "our products'),
        ("names: [AES]", "names: [AES, TLS]"),
        ("then: [erase]", "then: [anonymise]"),
        ('counts: {en: "optional', 'counts: {en: "Optional'),
        ("updated: 2021-05 ", "updated: 2021-06 "),
    ],
)  # fmt: skip
def test_what_nanolux_does_not_list_is_no_major_change(old: str, new: str) -> None:
    found = changed("nanolux", old, new)
    assert found.changes
    assert (found.major, found.consequences) == ((), ())


def test_kaiconn_tells_of_rights_that_are_reduced_and_of_nothing_else() -> None:
    reduced = changed("kaiconn", "cooling_off: 7 days", "cooling_off: 9 days")
    (follows,) = reduced.consequences
    assert (follows.tell, follows.accept_again) == (("popup", "push"), True)
    assert entries(reduced) == {"rights-reduced"}
    assert changed("kaiconn", "cooling_off: 7 days", "cooling_off: 5 days").consequences == ()
    assert changed("kaiconn", "name: {zh: 个推 SDK, en: igexin SDK}", "name: {zh: 甲, en: a}").consequences == ()


def test_kaiconn_asks_again_whoever_agreed_to_push_when_its_recipient_is_another() -> None:
    found = changed("kaiconn", "name: {zh: 个推 SDK, en: igexin SDK}", "name: {zh: 甲, en: a}")
    assert found.consent_again == ("functions.push",)


def test_the_unnamed_vendor_tells_of_reduced_rights_and_takes_silence_for_acceptance() -> None:
    path = "\n    path: {en: contact our account manager or distributor, zh: 请联系我们的客户经理或经销商}\n"
    label = "    label: {en: checking our records of disclosure, zh: 查看披露记录}"
    found = changed("generic", f"  disclosures:\n{label}{path}", "")
    (follows,) = found.consequences
    assert (follows.tell, follows.accept_again) == (("email", "homepage"), False)
    assert entries(found) == {"rights-reduced"}


@pytest.mark.parametrize("old", ["within: 15 working days", "grade: separate", "name: {en: the website"])
def test_nanonebula_lists_no_major_change_so_that_none_is_major(old: str) -> None:
    new = {"within": "within: 30 working days", "grade:": "grade: general", "name: ": "name: {en: another website"}
    found = changed("nanonebula", old, new[old[:6]])
    assert found.changes
    assert (found.major, found.consequences) == ((), ())
    assert "None of this is a major change by the policy's own list." in words(found, "en")


def test_a_change_of_smallrigs_general_rules_concerns_californians_and_not_the_chinese_half() -> None:
    found = changed("smallrig", "contact.phone, contact.email]\n  correspondence", "contact.email]\n  correspondence")
    (follows, california) = found.consequences
    assert (follows.tell, follows.audiences, follows.but) == (("email", "homepage"), (), ("california", "china"))
    assert (california.tell, california.audiences) == (("homepage",), ("california",))
    assert not follows.accept_again
    assert entries(found) == {"treatment"}


def test_a_change_of_the_californian_rules_concerns_californians_alone() -> None:
    found = changed("smallrig", "15-debugging: [A, B, D]", "15-debugging: [A, B, D, F]", "california.yaml")
    (follows,) = found.consequences
    assert (follows.tell, follows.audiences) == (("homepage",), ("california",))
    assert not follows.accept_again  # continued use is acceptance there
    assert any("California" not in each and "under the rules `california`" in each for each in words(found, "en"))


def test_the_chinese_half_of_smallrig_lists_no_major_change() -> None:
    line = "      analytics:\n        label"
    found = changed("smallrig", line, line.replace("label", "automated: true\n        label"), "china.yaml")
    assert [change.clause for change in found.changes] == ["rule_sets.china.functions.analytics.automated"]
    assert (found.major, found.consequences) == ((), ())


SMALLRIG = example("smallrig")
LOOSE = ("rights", "statements", "consent_free", "signals", "exemptions")
"""Sections that nothing else refers to."""
LINES = [
    (name, section, line)
    for name in (None, *SMALLRIG.rule_sets)
    for section in LOOSE
    for line in getattr(SMALLRIG.rule_sets[name] if name else SMALLRIG, section)
]


def without(lines: list[tuple[str | None, str, str]]) -> Policy:
    """SmallRig's policy with some lines left out, of the general rules or of a rule set."""
    value: Any = copy.deepcopy(SMALLRIG.value)
    for name, section, line in lines:
        part = value["rule_sets"][name] if name else value
        del part[section][line]
    return from_value(value)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=4, unique=True))
def test_whom_a_change_concerns_is_whoever_reads_something_that_is_major_in_their_own_list(
    lines: list[tuple[str | None, str, str]],
) -> None:
    """Slow and obvious: each audience compares what it read with what it reads, as if there were no other."""
    new = without(lines)
    found = diff(SMALLRIG, new)
    for name in (None, *SMALLRIG.rule_sets):
        alone = diff(rule_set(SMALLRIG, name), rule_set(new, name))
        told = [each for each in found.consequences if each.concerns(name)]
        assert [(each.tell, each.when, each.accept_again) for each in told] == [
            (each.tell, each.when, each.accept_again) for each in alone.consequences
        ]
    assert {change.clause for change in found.major} <= {change.clause for change in found.changes}
    assert bool(found.major) == bool(found.consequences)
