"""Reading a policy: each kind of mistake is found at its place, all mistakes of all files at once."""

from __future__ import annotations

from datetime import date

import pytest

from tests.policy.support import SHOP, policy_of, policy_with, problems, shop
from troth.base.errors import InputError
from troth.base.period import Period
from troth.policy.read import from_value, parse
from troth.policy.schema.context import MOST_COMPARISONS


def hint(*texts: str) -> str:
    with pytest.raises(InputError) as caught:
        parse({f"{number}.yaml": text for number, text in enumerate(texts, 1)})
    return caught.value.hint


def marked(text: str, *codes: str) -> tuple[str, list[str]]:
    """The text without its `«` marks, and the problems that are expected where they stood."""
    expected = []
    for code in codes:
        before, _, after = text.partition("«")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        expected.append(f"1.yaml:{line}:{column} {code}")
        text = before + after
    assert "«" not in text
    return text, expected


REGISTER = "  register:\n    label: registration\n    for: account\n    basis: contract"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    needs:", "    «neds:", "policy.unknown-key"),
        ("rights:", "«zoo: 1\nrights:", "policy.unknown-key"),
        ("[account.phone]", "[«account.fone]", "policy.unknown-item"),
        ("for: account\n    basis", "for: «acount\n    basis", "policy.unknown-purpose"),
        ("shares: mailer", "shares: «mailr", "policy.unknown-recipient"),
        ("category: contact", "category: «contakt", "policy.unknown-category"),
        ("    optional", "    after: «verified.fone\n    optional", "policy.unknown-fact"),
        ("    optional", "    after: [hold, «consent.register.deamed]\n    optional", "policy.unknown-fact"),
        ("basis: contract", "basis: «contrakt", "policy.unknown-word"),
        ("  erasure:", "  «erazure:", "policy.unknown-word"),
        ("label: name}", "label: {en: name, «de: Name}}", "policy.unknown-language"),
        ("label: name}", "label: «{}}", "policy.missing-translation"),
        ("languages: [en]", "languages: [en]\n«prevails: fr", "policy.unknown-language"),
        ("rights:", "only_in: {«zh: [rights.erasure]}\nrights:", "policy.unknown-language"),
        ("rights:", "only_in: {en: [title, «rights.erasur]}\nrights:", "policy.unknown-clause"),
        ("rights:", "differs: {«rights.erasur: text}\nrights:", "policy.unknown-clause"),
        ("15 days", "«soon", "period.unreadable"),
        ("15 days", "«0 days", "period.out-of-range"),
        ("15 days", "«[15 days]", "policy.wrong-type"),
        ("15 days", "«regime", "policy.no-figure"),
        ("2026-01-01", "«2026-02-30", "policy.bad-date"),
        ("2026-01-01", "«20260101", "policy.bad-date"),
        ("2026-01-01", "«January", "policy.bad-date"),
        ("2026-01-01", "«2026-01-01T00:00:00", "policy.bad-date"),
        ("sensitive: true", "sensitive: «yes", "policy.wrong-type"),
        ("sensitive: true", "sensitive: «1", "policy.wrong-type"),
        ("rights:", "minors: {below: «-1, rule: barred}\nrights:", "policy.wrong-type"),
        ("rights:", "minors: {below: «18.5, rule: barred}\nrights:", "policy.wrong-type"),
        ("rights:", "minors: {below: «true, rule: barred}\nrights:", "policy.wrong-type"),
        ("rights:", "minors: «18\nrights:", "policy.wrong-type"),
        ("rights:", "retention: «[a]\nrights:", "policy.wrong-type"),
        ("label: name}", "label: «}", "policy.empty"),
        ("label: name}", "label: «''}", "policy.empty"),
        ("label: name}", "label: «~}", "policy.empty"),
        ("label: name}", "label: «[name]}", "policy.wrong-type"),
        ("label: name}", "label: {en: «{en: name}}}", "policy.wrong-type"),
        ("label: name}", "label: «" + "x" * 20_001 + "}", "policy.too-long"),
        ("  account.name: {label: name}", "  account.name: «name", "policy.wrong-type"),
        ("needs: [account.phone]", "needs: «{account.phone: 1}", "policy.wrong-type"),
        ("needs: [account.phone]", "needs: [account.phone, «account.phone]", "policy.repeated"),
        ("languages: [en]", "languages: [en, «English]", "policy.bad-form"),
        ("policy: shop", "policy: «My Shop", "policy.bad-form"),
        ("name: Example Ltd", "name: E, contacts: {email: «nobody}", "policy.bad-form"),
        ("name: Example Ltd", "name: E, contacts: {phone: «call us}", "policy.bad-form"),
        ("name: Example Ltd", "name: E, contacts: {website: «ftp://a.example}", "policy.bad-form"),
        ("  mailer:", "  extra: {kind: sdk, name: x, policy: «javascript:x}\n  mailer:", "policy.bad-form"),
        ("rights:", "retention: {«my line: {items: all, then: erase}}\nrights:", "policy.bad-id"),
        ("rights:", "retention: {«all: {items: all, then: erase}}\nrights:", "policy.bad-id"),
        ("rights:", "retention: {«-a: {items: all, then: erase}}\nrights:", "policy.bad-id"),
        ("rights:", "rights:\n  access: «{by: email}", "policy.missing-key"),
        ("troth: 1", "«troth: 2", "policy.version"),
        ("troth: 1", "troth: «one", "policy.wrong-type"),
        (REGISTER, REGISTER.replace("register", "«register", 1).replace("contract", "consent"), "policy.grade-missing"),
        (REGISTER, REGISTER.replace("register", "«register", 1) + "\n    grade: explicit", "policy.grade-idle"),
        ("  contact: {", "  «account.name: {label: x}\n  contact: {", "policy.duplicate-id"),
        ("  account.name: {", "  «account.phone.label: {label: x}\n  account.name: {", "policy.ambiguous-id"),
        ("  contact: {", "  «contact: {category: contact, ", "policy.cycle"),
        ("  account: {", "  «account: {part_of: account, ", "policy.cycle"),
    ],
)
def test_a_mistake_is_found_at_its_place(old: str, new: str, code: str) -> None:
    text, expected = marked(shop(old, new), code)
    assert problems(text) == expected


def test_a_missing_line_is_found_where_its_record_begins() -> None:
    text, expected = marked(
        shop("updated:", "«updatd:").replace("troth", "«troth"), "policy.missing-key", "policy.unknown-key"
    )
    assert problems(text) == expected


def test_a_policy_without_languages_says_so() -> None:
    found = problems(shop("languages: [en]", "languages: []"))
    assert {"1.yaml:5:1 policy.missing-key"} <= set(found)


@pytest.mark.parametrize(
    ("old", "new", "meant"),
    [
        ("    needs:", "    neds:", "needs"),
        ("[account.phone]", "[account.fone]", "account.phone"),
        ("for: account\n    basis", "for: acount\n    basis", "account"),
        ("shares: mailer", "shares: mailr", "mailer"),
        ("    optional", "    after: verified.fone\n    optional", "verified.phone"),
        ("    optional", "    after: consent.regster.explicit\n    optional", "consent.register.explicit"),
        ("basis: contract", "basis: contrakt", "contract"),
        ("  erasure:", "  erazure:", "erasure"),
        ("rights:", "differs: {rights.erasur: text}\nrights:", "rights.erasure"),
    ],
)
def test_a_misspelt_name_brings_the_name_that_was_meant(old: str, new: str, meant: str) -> None:
    assert hint(shop(old, new)) == f"did you mean `{meant}`?"


def test_a_short_list_of_choices_is_shown_when_nothing_looks_alike() -> None:
    assert (
        hint(shop("acceptance", "") if "acceptance" in SHOP else SHOP + "acceptance: xyz\n")
        == "one of `deemed`, `explicit`"
    )


def test_suggestions_end_but_problems_do_not() -> None:
    purposes = "".join(f"  p{n}: {{label: p}}\n" for n in range(4_999))
    functions = "".join(f"  f{n}: {{label: f, for: acount, basis: contract}}\n" for n in range(50))
    text = SHOP.replace("purposes:\n", f"purposes:\n{purposes}").replace("functions:\n", f"functions:\n{functions}")
    with pytest.raises(InputError) as caught:
        policy_of(text)
    hints = [each.hint for each in caught.value.problems()]
    assert len(hints) == 50
    assert hints.count("did you mean `account`?") == MOST_COMPARISONS // 5_000


def test_all_mistakes_of_all_files_come_together_in_order_of_place() -> None:
    other = "items:\n  account.age: {lable: age}\npurposes:\n  account: {label: again}\n"
    assert problems(shop("within: 15 days", "within: soon"), other) == [
        "1.yaml:25:50 period.unreadable",
        "2.yaml:2:16 policy.missing-key",
        "2.yaml:2:17 policy.unknown-key",
        "2.yaml:4:3 policy.duplicate-id",
    ]


def test_what_two_files_both_declare_names_the_first_place() -> None:
    assert hint(SHOP, "updated: 2026-01-02\n") == "it is also at 1.yaml:4:1"


def test_a_file_that_is_not_yaml_hides_no_other_but_stops_the_rest() -> None:
    assert problems(SHOP, "a: [", "b: 1\nb: 2") == ["2.yaml:2:1 yaml.syntax", "3.yaml:2:1 yaml.duplicate-key"]


def test_no_file_is_no_policy() -> None:
    with pytest.raises(InputError) as caught:
        parse({})
    assert caught.value.code == "policy.no-files"


def test_a_broken_record_does_not_make_its_name_unknown() -> None:
    assert problems(shop("{label: mobile number, category", "{lable: mobile number, category")) == [
        "1.yaml:10:18 policy.missing-key",
        "1.yaml:10:19 policy.unknown-key",
    ]


def test_a_text_that_lacks_a_language_is_found_and_named() -> None:
    text = shop("[en]", "[zh, en]").replace("name: Example Ltd", "name: {en: Example Ltd}")
    with pytest.raises(InputError) as caught:
        policy_of(text)
    (only,) = caught.value.problems()
    assert (str(only.where), only.code) == ("policy.yaml:6:20", "policy.missing-translation")
    assert "`zh`" in only.message


def test_one_text_serves_all_languages() -> None:
    policy = policy_of(shop("[en]", "[zh, en]"))
    assert policy.title == {"zh": "Privacy policy", "en": "Privacy policy"}


def test_numbers_and_words_that_look_like_other_things_stay_text() -> None:
    policy = policy_of(shop("label: name}", "label: no}").replace("label: registration}", "label: 2022}", 1))
    assert policy.items["account.name"].label == {"en": "no"}
    assert policy.purposes["account"].label == {"en": "2022"}


def test_a_single_value_is_a_list_of_one() -> None:
    policy = policy_of(SHOP)
    assert policy.functions["register"].shares == ("mailer",)
    assert policy.recipients["mailer"].purposes == ("account",)


def test_what_is_read_is_typed() -> None:
    policy = policy_of(SHOP)
    assert policy.updated == date(2026, 1, 1)
    assert policy.effective is None
    assert policy.rights["erasure"].within == Period(15, "days")
    assert policy.acceptance == "explicit"


def test_an_item_is_as_sensitive_as_its_category() -> None:
    policy = policy_of(SHOP)
    assert policy.items["account.phone"].sensitive
    assert not policy.items["account.name"].sensitive


def test_marks_are_inherited_from_the_top_in_any_order() -> None:
    policy = policy_with(
        """
categories:
  low: {label: low, category: middle}
  middle: {label: middle, category: top}
  top: {label: top, sensitive: true, sources: [device]}
items:
  one: {label: one, category: low}
  two: {label: two, category: low, sources: [person]}
"""
    )
    assert policy.items["one"].sensitive
    assert policy.items["one"].sources == ("device",)
    assert policy.items["two"].sources == ("person",)
    assert policy.categories["low"].sensitive


def test_a_ring_of_categories_is_reported_once() -> None:
    found = problems(
        shop(
            "  contact: {label: contact, sensitive: true}",
            "  contact: {label: c, category: b}\n  b: {label: b, category: contact}",
        )
    )
    assert [each.split()[1] for each in found] == ["policy.cycle"]


def test_a_figure_of_law_is_taken_from_the_strictest_regime() -> None:
    policy = policy_with("regimes: [cn, eu]\nrights:\n  erasure: {label: erasure, within: regime}\n")
    assert policy.rights["erasure"].within == Period(15, "working_days_cn")
    assert from_value(policy.value) == policy


def test_every_clause_knows_where_it_stands() -> None:
    policy = parse({"a.yaml": SHOP, "b.yaml": "minors: {below: 18, rule: barred}\n"})
    assert str(policy.places["rights.erasure.within"]) == "a.yaml:25:42"
    assert str(policy.places["functions.register.needs"]) == "a.yaml:21:5"
    assert str(policy.places["minors.below"]) == "b.yaml:1:10"


def test_places_are_no_part_of_the_meaning() -> None:
    assert policy_of(SHOP) == policy_of("# a comment\n\n" + SHOP)
    assert policy_of(SHOP).hash == policy_of("# a comment\n\n" + SHOP).hash


def test_a_value_that_is_no_policy_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        from_value({"troth": 1})
    assert {each.code for each in caught.value.problems()} == {"policy.missing-key"}


def test_deep_families_of_names_are_told_apart() -> None:
    policy = policy_with("items:\n  a: {label: a}\n  a.b: {label: b}\n  a.b.c: {label: c}\n")
    assert policy.addresses["items.a.b.c.label"] == {"en": "c"}
    assert problems(
        shop("  account.name: {", "  account: {label: x}\n  account.label.x: {label: y}\n  account.name: {")
    ) == ["1.yaml:12:3 policy.ambiguous-id"]
