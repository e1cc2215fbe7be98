"""Rule sets: what each audience reads is the general rules with its own put in, and nothing else."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given

from tests.policy.strategies import Value, as_yaml, slowly, values
from tests.policy.support import policy_of, problems
from troth.base.errors import InputError
from troth.base.period import Period
from troth.policy.flows import flows
from troth.policy.lint import lint
from troth.policy.read import from_value, parse
from troth.policy.rule_merge import removed
from troth.policy.rule_sets import address, own_part, rule_set
from troth.policy.yaml_reader import Json

SHOP = """\
troth: 1
policy: shop
title: {en: Privacy policy, zh: 隐私政策}
updated: 2026-01-01
languages: [en, zh]
prevails: zh
translated: [zh]
controller: {name: {en: Example Ltd, zh: 示例公司}, contacts: {email: privacy@company.example, phone: +1 555 0100 0000}}
items:
  phone: {label: {en: phone, zh: 电话}}
  name: {label: {en: name, zh: 姓名}}
purposes: {account: {label: {en: account, zh: 账号}}}
functions:
  register: {label: {en: registration, zh: 注册}, for: account, basis: contract, needs: [phone]}
  letters: {label: {en: letters, zh: 信件}, for: account, basis: contract, needs: [name]}
rights:
  erasure: {label: {en: erasure, zh: 删除}, by: [email], within: 15 days}
  access: {label: {en: access, zh: 查阅}, by: [email], within: 15 days}
requests: {within: 20 days, refuse: {law: {label: {en: the law, zh: 法律}}}}
differs: {rights.access.within: {en: fifteen days, zh: 十五天}}
only_in: {zh: [functions.letters]}
"""
CALIFORNIA = """\
rule_sets:
  california:
    label: {en: California, zh: 加州}
    region: us-ca
    without: [rights.access, functions.letters]
    regimes: [us-ca]
    controller: {name: {en: Example Inc., zh: 示例美国公司}}
    items: {card: {label: {en: card, zh: 卡号}}}
    functions: {pay: {label: {en: payment, zh: 付款}, for: account, basis: contract, needs: [card, phone]}}
    rights:
      erasure: {label: {en: deletion, zh: 删除}, by: [phone], within: regime}
      know: {label: {en: know, zh: 知情}, by: [phone], within: 45 days, after: [consent.pay.general]}
    requests: {vaguely: {en: soon, zh: 尽快}, refuse: {b2b: {label: {en: business, zh: 企业}}}}
"""
CHINA = """\
  china:
    label: {en: China, zh: 中国}
    alone: true
    languages: [zh]
    items: {id: {label: {en: number, zh: 号码}}}
    rights: {copy: {label: {en: copy, zh: 副本}, by: [email], within: 10 days}}
"""


def shop() -> str:
    return SHOP + CALIFORNIA + CHINA


def test_lines_are_joined_replaced_and_dropped() -> None:
    view = rule_set(policy_of(shop()), "california")
    assert set(view.items) == {"phone", "name", "card"}
    assert set(view.functions) == {"register", "pay"}
    assert set(view.rights) == {"erasure", "know"}
    assert view.rights["erasure"].label["en"] == "deletion"
    assert view.rights["erasure"].by == ("phone",)
    assert view.rule_sets == {}


def test_a_record_is_replaced_key_by_key() -> None:
    view = rule_set(policy_of(shop()), "california")
    assert view.requests.within == Period(20, "days")
    assert view.requests.vaguely is not None
    assert set(view.requests.refuse) == {"law", "b2b"}
    assert view.controller.name["en"] == "Example Inc."
    assert view.controller.contacts.phone == "+1 555 0100 0000"


def test_the_regime_of_a_rule_set_gives_its_deadlines() -> None:
    assert rule_set(policy_of(shop()), "california").rights["erasure"].within == Period(45, "days")


def test_one_that_stands_alone_takes_over_only_the_head() -> None:
    view = rule_set(policy_of(shop()), "china")
    assert set(view.items) == {"id"}
    assert set(view.rights) == {"copy"}
    assert view.requests.within is None
    assert view.controller.name == {"zh": "示例公司"}


def test_an_audience_reads_its_own_languages_only() -> None:
    view = rule_set(policy_of(shop()), "china")
    assert view.languages == ("zh",)
    assert view.title == {"zh": "隐私政策"}
    assert view.items["id"].label == {"zh": "号码"}


def test_words_about_clauses_that_do_not_hold_are_left_out() -> None:
    view = rule_set(policy_of(shop()), "california")
    assert view.differs == {}
    assert view.only_in == {"zh": ()}
    assert view.prevails == "zh"


def test_without_a_name_it_is_the_general_rules() -> None:
    policy = policy_of(shop())
    assert rule_set(policy) == policy_of(SHOP)
    assert rule_set(policy_of(SHOP)) == policy_of(SHOP)


def test_general_rules_and_flows_do_not_see_what_a_rule_set_says() -> None:
    assert flows(policy_of(shop())) == flows(policy_of(SHOP))
    assert "card" not in policy_of(shop()).items


def test_an_unknown_rule_set_brings_the_one_that_was_meant() -> None:
    with pytest.raises(InputError) as caught:
        rule_set(policy_of(shop()), "califronia")
    assert (caught.value.code, caught.value.hint) == ("policy.unknown-rule-set", "did you mean `california`?")


def test_a_clause_is_addressed_through_its_rule_set_or_in_the_general_rules() -> None:
    policy = policy_of(shop())
    assert address(policy, "california", "rights.know.within") == "rule_sets.california.rights.know.within"
    assert address(policy, "california", "items.phone") == "items.phone"
    assert address(policy, None, "items.phone") == "items.phone"


def test_its_own_part_brings_the_general_names_that_it_uses_and_no_others() -> None:
    part = own_part(policy_of(shop()), "california")
    assert set(part.items) == {"card", "phone"}
    assert set(part.purposes) == {"account"}
    assert set(part.rights) == {"erasure", "know"}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("items: {a: {label: a, categry: b}}", "policy.unknown-key"),
        ("functions: {f: {label: f, for: nothing, basis: contract}}", "policy.unknown-purpose"),
        ("without: [rights.portability]", "policy.unknown-clause"),
        ("languages: [fr]", "policy.unknown-language"),
        ("translated: [fr]", "policy.unknown-language"),
        ("without: [items.phone]", "policy.unknown-item"),
        ("minors: {below: 18, rule: barred}\n    categories: {phone: {label: p}}", "policy.duplicate-id"),
    ],
)
def test_what_is_wrong_in_a_rule_set_is_reported_at_its_place(wrong: str, code: str) -> None:
    text = SHOP + f"rule_sets:\n  other:\n    label: other\n    {wrong}\n"
    found = problems(text)
    assert [one.split()[1] for one in found] == [code]
    assert int(found[0].split(":")[1]) > SHOP.count("\n")


def test_names_of_a_rule_set_are_unknown_outside_it_and_general_ones_inside_one_that_stands_alone() -> None:
    outside = SHOP.replace("needs: [name]", "needs: [card]") + CALIFORNIA
    assert [one.split()[1] for one in problems(outside)] == ["policy.unknown-item"]
    inside = shop().replace("    items: {id:", "    retention: {r: {items: phone, then: erase}}\n    items: {id:")
    assert [one.split()[1] for one in problems(inside)] == ["policy.unknown-item"]


def test_the_value_of_a_policy_with_rule_sets_is_read_back() -> None:
    policy = policy_of(shop())
    assert from_value(policy.value) == policy
    assert from_value(policy.value).hash == policy.hash


def test_a_key_that_is_not_used_changes_no_hash() -> None:
    assert (
        not {"rule_sets", "matrices", "signals", "exemptions", "fairness", "also_called"} & policy_of(SHOP).value.keys()
    )


def test_a_finding_in_a_rule_set_is_told_once_and_where_the_text_says_it() -> None:
    found = [each for each in lint(policy_of(shop())) if each.rule == "retention-missing"]
    assert sorted(each.clause for each in found) == [
        "items.name",
        "items.phone",
        "rule_sets.california.items.card",
        "rule_sets.china.items.id",
    ]
    assert all(each.where is not None for each in found)


def test_a_clause_is_removed_with_all_below_it_even_where_names_have_dots() -> None:
    value: dict[str, Json] = {"flows": {"share.law": {"to": "a"}, "share": {"law": "x"}}, "items": {}}
    assert removed(value, "flows.share.law.to") == {"flows": {"share.law": {}, "share": {"law": "x"}}, "items": {}}
    assert removed(value, "flows") == {"items": {}}
    assert removed(value, "nothing.here") == value


@slowly
@given(values())
def test_an_empty_rule_set_is_the_general_rules(value: Value) -> None:
    policy = parse({"policy.yaml": as_yaml({**value, "rule_sets": {"every": {"label": {"zh": "全部", "en": "all"}}}})})
    assert rule_set(policy, "every") == rule_set(policy) == parse({"policy.yaml": as_yaml(value)})


@slowly
@given(values())
def test_a_whole_policy_as_a_rule_set_that_stands_alone_is_that_policy(value: Value) -> None:
    head = {"troth", "policy", "languages", "only_in", "differs", "prevails", "only_purposes"}
    part = {key: child for key, child in value.items() if key not in head}
    kept = {key: child for key, child in value.items() if key in {"troth", "policy", "languages"} or key in part}
    whole = {**kept, "rule_sets": {"same": {"label": {"zh": "同", "en": "same"}, "alone": True, **copy.deepcopy(part)}}}
    policy = parse({"policy.yaml": as_yaml(whole)})
    assert rule_set(policy, "same") == rule_set(policy)


def test_what_an_audience_reads_is_made_once_and_is_what_it_would_be_anew() -> None:
    policy = policy_of(shop())
    first = rule_set(policy, "california")
    assert rule_set(policy, "california") is first
    assert rule_set(policy_of(shop()), "california").hash == first.hash
    assert rule_set(policy) is rule_set(policy) is not policy
    assert from_value(policy.value) == policy  # what was made of it is no part of it
