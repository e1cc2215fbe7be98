"""What a change is: its kinds, whether the policy calls it major, and what follows for people."""

from __future__ import annotations

import pytest

from tests.policy.support import policy_of
from troth.base.errors import InputError
from troth.base.period import Period
from troth.policy.diff import Change, Diff, diff
from troth.policy.diff.cuts import CUTS, LONGER_KEPT
from troth.policy.diff.kinds import _SUBJECTS
from troth.policy.diff.major import HEADINGS
from troth.policy.diff.model import KINDS
from troth.policy.diff.words import words
from troth.policy.model import Policy
from troth.policy.schema.records import FamilyShape, ManyShape, RecordShape, record
from troth.policy.schema.shapes import Shape

BASE = """\
troth: 1
policy: shop
title: {zh: 隐私政策, en: Privacy policy}
updated: 2026-01-01
languages: [zh, en]
controller:
  name: {zh: 店, en: Shop}
  officer: {zh: 甲部门, en: the data office}
  contacts: {email: privacy@company.example}
categories:
  contact: {label: {zh: 联系方式, en: contact details}}
items:
  phone: {label: {zh: 手机, en: phone}, category: contact}
  mail: {label: {zh: 邮箱, en: mail}}
  log: {label: {zh: 日志, en: log}}
purposes:
  account: {label: {zh: 账号, en: account}}
  news: {label: {zh: 资讯, en: news}}
recipients:
  urora: {kind: sdk, name: Urora, receives: [phone]}
  getui: {kind: sdk, name: Getui}
functions:
  register: {label: {zh: 注册, en: sign-up}, for: account, basis: contract, needs: [phone]}
  letter: {label: {zh: 通讯, en: letter}, for: news, basis: consent, grade: explicit, needs: [mail], shares: [urora]}
technologies:
  cookies: {label: Cookie, for: [account]}
security:
  measures: {tls: {label: TLS, kind: encryption}}
rights:
  erasure: {label: {zh: 删除, en: erasure}, by: [email, phone], within: 15 days, lookback: 1 year}
  complaint: {label: {zh: 投诉, en: complaint}, by: [phone]}
requests:
  fee: {first: free, repeated: free}
  refuse: {safety: {label: {zh: 安全, en: safety}, needs_evidence: true}}
retention:
  account: {items: [phone], for: 1 year, then: [erase]}
minors: {below: 14, rule: guardian}
storage: {in: [cn]}
statements: {about: {zh: 说明, en: about}}
"""

SIX = """\
changes:
  material:
    service: {zh: 服务模式变化, en: the service changes}
    ownership: {zh: 所有者变化, en: the owner changes}
    recipients: {zh: 对象变化, en: recipients change}
    rights: {zh: 权利变化, en: rights change}
    responsible: {zh: 联系方式变化, en: the contact changes}
    high-risk: {zh: 评估表明高风险, en: an assessment shows high risk}
  tell: [announcement, email]
  notice: 30 days
  when: {zh: 以显著方式, en: more noticeably}
"""


def changed(old: str, new: str, base: str = BASE) -> Diff:
    """The difference that one replacement in the text makes."""
    text = base.replace(old, new, 1)
    assert text != base
    return diff(policy_of(base), policy_of(text))


def only(found: Diff) -> Change:
    (change,) = found.changes
    return change


@pytest.mark.parametrize(
    ("old", "new", "clause", "kinds"),
    [
        ("  news: {", "  more: {label: more}\n  news: {", "purposes.more", {"purpose-added"}),
        ("账号, en: account}", "账号, en: accounts}", "purposes.account.label", {"purpose-changed"}),
        ("  log: {", "  web: {label: web}\n  log: {", "items.web", {"item-added"}),
        ("  log: {label: {zh: 日志, en: log}}\n", "", "items.log", {"item-removed"}),
        ("en: mail}}", "en: mail}, sensitive: true}", "items.mail.sensitive", {"item-changed"}),
        ("needs: [phone]", "needs: [phone, log]", "functions.register.needs", {"use-changed", "item-added"}),
        ("needs: [phone]", "needs: []", "functions.register.needs", {"use-changed", "item-removed"}),
        ("for: account", "for: news", "functions.register.for", {"use-changed", "purpose-added", "purpose-removed"}),
        ("[urora]}", "[urora, getui]}", "functions.letter.shares", {"use-changed", "recipient-added"}),
        ("receives: [phone]", "receives: [phone, log]", "recipients.urora.receives",
         {"recipient-changed", "item-added"}),
        ("name: Urora", "name: Aurora", "recipients.urora.name", {"recipient-changed"}),
        ("  getui: {kind: sdk, name: Getui}\n", "", "recipients.getui", {"recipient-removed"}),
        ("grade: explicit", "grade: general", "functions.letter.grade", {"use-changed", "consent-lowered"}),
        ("grade: explicit", "grade: separate", "functions.letter.grade", {"use-changed"}),
        ("within: 15 days", "within: 30 days", "rights.erasure.within", {"right-reduced", "right-changed"}),
        ("within: 15 days", "within: 15 working days", "rights.erasure.within", {"right-reduced", "right-changed"}),
        ("within: 15 days", "within: 10 days", "rights.erasure.within", {"right-changed"}),
        (", within: 15 days", "", "rights.erasure.within", {"right-reduced", "right-changed"}),
        ("[email, phone]", "[email]", "rights.erasure.by", {"right-reduced", "right-changed"}),
        ("[email, phone]", "[email, phone], who: [agent]", "rights.erasure.who", {"right-reduced", "right-changed"}),
        ("[email, phone]", "[email, phone], who: [agent, self]", "rights.erasure.who", {"right-changed"}),
        ("[email, phone]", "[email, phone, post]", "rights.erasure.by", {"right-changed"}),
        ("lookback: 1 year", "lookback: 6 months", "rights.erasure.lookback", {"right-reduced", "right-changed"}),
        ("1 year}\n  complaint", "1 year, items: [phone]}\n  complaint", "rights.erasure.items",
         {"right-reduced", "right-changed"}),
        ("1 year}\n  complaint", "1 year, cooling_off: 1 day}\n  complaint", "rights.erasure.cooling_off",
         {"right-reduced", "right-changed"}),
        ("  complaint: {label: {zh: 投诉, en: complaint}, by: [phone]}\n", "", "rights.complaint",
         {"right-reduced", "right-changed", "contact-changed"}),
        ("complaint}, by: [phone]", "complaint}, by: [email, phone]", "rights.complaint.by",
         {"right-changed", "contact-changed"}),
        ("repeated: free", "repeated: cost", "requests.fee.repeated", {"right-reduced", "right-changed"}),
        ("refuse: {", "refuse: {effort: {label: effort}, ", "requests.refuse.effort",
         {"right-reduced", "right-changed"}),
        ("needs_evidence: true", "needs_evidence: false", "requests.refuse.safety.needs_evidence",
         {"right-reduced", "right-changed"}),
        ("for: 1 year", "for: 2 years", "retention.account.for", {"retention-longer", "retention-changed"}),
        ("for: 1 year", "for: unstated", "retention.account.for", {"retention-longer", "retention-changed"}),
        ("for: 1 year", "for: 6 months", "retention.account.for", {"retention-changed"}),
        ("[phone], for: 1 year", "[phone, mail], for: 1 year", "retention.account.items", {"retention-changed"}),
        ("storage: {in: [cn]}", "storage: {in: [cn, us]}", "storage.in", {"storage-moved"}),
        ("storage: {in: [cn]}\n", "", "storage", {"storage-moved"}),
        ("en: Shop}", "en: Another}", "controller.name", {"ownership-changed"}),
        ("the data office", "the law office", "controller.officer", {"contact-changed"}),
        ("privacy@", "dpo@", "controller.contacts.email", {"contact-changed"}),
        ("  measures: {tls: {label: TLS, kind: encryption}}", "  measures: {}", "security.measures.tls",
         {"security-reduced", "security-changed"}),
        ("kind: encryption", "kind: protection", "security.measures.tls.kind", {"security-changed"}),
        ("below: 14", "below: 12", "minors.below", {"minors-changed"}),
        ("policy: shop\n", "policy: shop\nacceptance: deemed\n", "acceptance", {"terms-changed"}),
        ("2026-01-01", "2026-02-01", "updated", {"date"}),
        ("en: about", "en: about us", "statements.about", {"other"}),
    ],
)  # fmt: skip
def test_each_change_has_the_kinds_of_what_it_does(old: str, new: str, clause: str, kinds: set[str]) -> None:
    change = only(changed(old, new))
    assert change.clause == clause
    assert set(change.kinds) == kinds


def test_a_language_that_comes_with_its_texts_changes_nothing_but_the_language() -> None:
    german = policy_of("languages: [en, de]\n" + TINY.format(words="{en: Policy, de: Erklärung}"))
    english = policy_of("languages: [en]\n" + TINY.format(words="{en: Policy}"))
    found = diff(english, german)
    assert [change.clause for change in found.changes] == ["controller.name", "languages", "title"]
    assert {kind for change in found.changes for kind in change.kinds} == {"translation"}


TINY = "troth: 1\npolicy: tiny\ntitle: {words}\nupdated: 2026-01-01\ncontroller: {{name: {words}}}\n"


def test_a_whole_rule_set_does_what_its_parts_do() -> None:
    rules = "rule_sets: {ca: {label: California, items: {ssn: {label: SSN}}, storage: {in: [us]}}}\n"
    change = only(changed("statements:", f"{rules}statements:"))
    assert change.clause == "rule_sets.ca"
    assert set(change.kinds) == {"item-added", "storage-moved"}


def test_the_policys_own_list_says_what_is_major() -> None:
    base = BASE + SIX
    for old, new, entry in (
        ("needs: [phone]", "needs: [phone, log]", "service"),
        ("en: Shop}", "en: Another}", "ownership"),
        ("name: Urora", "name: Aurora", "recipients"),
        ("within: 15 days", "within: 10 days", "rights"),
        ("privacy@", "dpo@", "responsible"),
    ):
        found = changed(old, new, base)
        assert only(found).major_by == (f"changes.material.{entry}",)
        assert found.major == found.changes
    assert changed("en: about", "en: about us", base).major == ()
    assert changed("within: 15 days", "within: 30 days").major == ()


def test_a_list_that_names_cuts_only_leaves_better_rights_minor() -> None:
    base = BASE + "changes: {material: {rights-reduced: {zh: 权利减损, en: rights are reduced}}}\n"
    assert changed("within: 15 days", "within: 30 days", base).major
    assert not changed("within: 15 days", "within: 10 days", base).major


def test_an_entry_that_either_version_lists_binds() -> None:
    text = BASE.replace("within: 15 days", "within: 30 days")
    for old, new in ((BASE + SIX, text), (BASE, text + SIX)):
        found = diff(policy_of(old), policy_of(new))
        assert "rights.erasure.within" in {change.clause for change in found.major}


def test_entries_that_nobody_can_detect_are_said_to_be_so() -> None:
    found = changed("    service:", "    mood: {zh: 心情, en: the mood changes}\n    service:", BASE + SIX)
    assert found.unclassified == ("changes.material.mood",)
    assert found.events == ("changes.material.high-risk",)
    said = words(found, "en")
    assert any("`changes.material.mood`" in each and "judged by a person" in each for each in said)
    assert any("`changes.material.high-risk`" in each and "event" in each for each in said)


TOLD = (
    "Because of the major changes, everybody must be told by a public announcement, e-mail, 30 days ahead "
    "(more noticeably)."
)


def test_a_major_change_is_told_to_everybody_as_the_old_version_says() -> None:
    found = changed("within: 15 days", "within: 30 days", BASE + SIX)
    (follows,) = found.consequences
    assert follows.tell == ("announcement", "email")
    assert follows.notice == Period(30, "days")
    assert follows.when == {"zh": "以显著方式", "en": "more noticeably"}
    assert follows.accept_again
    assert (follows.audiences, follows.but) == ((), ())
    assert words(found, "en") == (
        "`rights.erasure.within` was 15 days, and is now 30 days. A major change: `changes.material.rights`.",
        TOLD,
        "The new version applies to nobody before they accept it.",
        "`changes.material.high-risk` is an event outside the text; no comparison shows whether it happened.",
    )
    assert words(found, "zh")[:3] == (
        "`rights.erasure.within`由15天改为30天。属于重大变更：`changes.material.rights`。",
        "因有重大变更，须以公告、电子邮件告知所有人，提前30天（以显著方式）。",
        "新版本须经本人接受后才对其适用。",
    )


def test_without_a_major_change_nobody_is_told_and_nobody_accepts_anew() -> None:
    found = changed("en: about", "en: about us", BASE + SIX)
    assert found.consequences == ()
    assert "None of this is a major change by the policy's own list." in words(found, "en")


def test_where_silence_is_acceptance_nobody_accepts_anew() -> None:
    base = BASE.replace("policy: shop", "policy: shop\nacceptance: deemed") + SIX
    found = changed("within: 15 days", "within: 30 days", base)
    assert found.major
    assert [each.accept_again for each in found.consequences] == [False]
    assert any("silence" in each for each in words(found, "en"))


def test_a_policy_that_does_not_say_how_it_tells_is_told_so() -> None:
    base = BASE + "changes: {material: {rights: {zh: 权利, en: rights}}}\n"
    assert any("does not say how" in each for each in words(changed("within: 15 days", "within: 30 days", base), "en"))


SETS = """\
rule_sets:
  ca: {label: California, rights: {access: {label: access, within: 45 days}}}
  cn: {label: China, alone: true, rights: {access: {label: access, within: 15 days}}}
"""


def whom(found: Diff) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(each.audiences, each.but) for each in found.consequences]


def test_what_lies_in_one_rule_set_concerns_its_audience_only() -> None:
    inside = changed("within: 45 days", "within: 90 days", BASE + SIX + SETS)
    assert whom(inside) == [(("ca",), ())]
    (follows,) = inside.consequences
    assert [follows.concerns(name) for name in (None, "ca", "cn")] == [False, True, False]
    assert any("everybody under the rules `ca`" in each for each in words(inside, "en"))
    assert any("适用`ca`规则的所有人" in each for each in words(inside, "zh"))


def test_what_a_rule_set_does_not_take_over_does_not_concern_its_audience() -> None:
    general = changed("lookback: 1 year", "lookback: 6 months", BASE + SIX + SETS)
    assert whom(general) == [((), ("cn",))]  # it stands alone
    (follows,) = general.consequences
    assert [follows.concerns(name) for name in (None, "ca", "cn")] == [True, True, False]
    assert any("everybody but those under the rules `cn`" in each for each in words(general, "en"))
    assert any("除适用`cn`规则者以外的所有人" in each for each in words(general, "zh"))


def test_what_a_rule_set_says_anew_or_leaves_out_does_not_concern_its_audience() -> None:
    base = BASE + SIX + "rule_sets: {ca: {label: C, rights: {erasure: {label: e, within: 9 days}}}}\n"
    assert whom(changed("within: 15 days", "within: 30 days", base)) == [((), ("ca",))]
    base = BASE + SIX + "rule_sets: {ca: {label: C, without: [rights.erasure]}}\n"
    assert whom(changed("within: 15 days", "within: 30 days", base)) == [((), ("ca",))]


def test_what_changes_for_everybody_concerns_everybody() -> None:
    base = BASE + SIX + SETS.replace("alone: true, ", "")
    both = base.replace("within: 45 days", "within: 90 days").replace("lookback: 1 year", "lookback: 6 months")
    assert whom(diff(policy_of(base), policy_of(both))) == [((), ())]


def test_each_audience_is_told_as_its_own_rules_say() -> None:
    own = "changes: {material: {rights: {zh: 权利, en: rights}}, tell: [popup]}, acceptance: deemed, "
    base = BASE + SIX + SETS.replace("California, ", "California, " + own)
    text = base.replace("within: 45 days", "within: 90 days").replace("lookback: 1 year", "lookback: 6 months")
    found = diff(policy_of(base), policy_of(text))
    assert [(each.tell, each.accept_again, each.audiences, each.but) for each in found.consequences] == [
        (("announcement", "email"), True, (), ("ca", "cn")),
        (("popup",), False, ("ca",), ()),
    ]
    told = words(found, "en")
    assert (
        "For everybody under the rules `ca`, silence after the notice is acceptance: they need not accept anew." in told
    )
    (change,) = [each for each in found.changes if each.keys[:1] == ("rule_sets",)]
    assert change.major_by == ("rule_sets.ca.changes.material.rights",)


def test_what_one_audience_calls_major_is_not_major_for_another() -> None:
    own = "changes: {material: {retention: {zh: 保存, en: retention}}, tell: [popup]}, "
    base = BASE + SETS.replace("alone: true, ", "alone: true, " + own)
    assert changed("for: 1 year", "for: 2 years", base).major == ()  # the audience of `cn` does not read that line
    base = BASE + SETS.replace("California, ", "California, " + own)
    found = changed("for: 1 year", "for: 2 years", base)
    assert whom(found) == [(("ca",), ())]
    assert only(found).major_by == ("rule_sets.ca.changes.material.retention",)


def test_a_rule_set_that_is_new_changes_what_its_audience_read_before() -> None:
    base = BASE + SIX
    found = diff(policy_of(base), policy_of(base + "rule_sets: {ca: {label: C, rights: {access: {label: access}}}}"))
    assert whom(found) == [(("ca",), ())]
    assert only(found).major_by == ("changes.material.rights",)
    harmless = diff(policy_of(base), policy_of(base + "rule_sets: {ca: {label: C, statements: {s: s}}}"))
    assert harmless.consequences == ()


def test_what_acceptance_means_to_one_audience_is_a_term_of_theirs() -> None:
    base = BASE + SIX + "rule_sets: {ca: {label: C, statements: {s: s}}}\n"
    assert only(changed("{label: C,", "{label: C, acceptance: deemed,", base)).kinds == ("terms-changed",)
    assert only(changed("{label: C,", "{label: C, languages: [en],", base)).kinds == ("translation",)


def test_leaving_a_general_clause_out_for_an_audience_is_a_change_for_it() -> None:
    base = BASE + SIX + "rule_sets: {ca: {label: C, statements: {s: s}}}\n"
    found = changed("{label: C,", "{label: C, without: [rights.erasure],", base)
    assert whom(found) == [(("ca",), ())]
    assert only(found).major_by == ("changes.material.rights",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("needs: [mail]", "needs: [mail, log]"),
        ("needs: [mail]", "needs: [mail], optional: [log]"),
        ("for: news", "for: account"),
        ("[urora]}", "[urora, getui]}"),
        ("grade: explicit", "grade: separate"),
        ("name: Urora", "name: Aurora"),
        ("资讯, en: news}", "资讯, en: anything}"),
        ("en: mail}}", "en: mail}, sensitive: true}"),
    ],
)
def test_a_consent_that_covers_less_than_is_done_now_is_asked_for_again(old: str, new: str) -> None:
    found = changed(old, new)
    assert found.consent_again == ("functions.letter",)
    assert any("`functions.letter`" in each and "consent again" in each for each in words(found, "en"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("needs: [mail]", "needs: []"),
        (", shares: [urora]", ""),
        ("grade: explicit", "grade: general"),
        ("needs: [phone]", "needs: [phone, log]"),
        ("within: 15 days", "within: 30 days"),
        ("name: Getui", "name: Igexin"),
        ("  letter:", "  other: {label: other, for: news, basis: consent, grade: explicit}\n  letter:"),
    ],
)
def test_a_consent_that_still_covers_what_is_done_is_not_asked_for_again(old: str, new: str) -> None:
    assert changed(old, new).consent_again == ()


def test_a_function_that_comes_to_rest_on_consent_asks_for_it() -> None:
    assert changed("basis: contract", "basis: consent, grade: general").consent_again == ("functions.register",)


def test_lists_are_told_by_what_came_and_what_went() -> None:
    found = changed("needs: [phone]", "needs: [log, mail]")
    assert only(found).gained == ("log", "mail")
    assert only(found).lost == ("phone",)
    assert words(found, "en")[0] == "`functions.register.needs` changes: new is `log`, `mail`; left out is `phone`."
    assert words(found, "zh")[0] == "`functions.register.needs`有变化：增加`log`、`mail`；去掉`phone`。"


def test_a_text_that_changes_in_the_other_language_only_is_told_in_that_language() -> None:
    found = changed("en: letter}", "en: newsletter}")
    assert words(found, "en")[0] == "`functions.letter.label` was “letter”, and is now “newsletter”."
    assert words(found, "zh")[0] == "`functions.letter.label`的英文文本由“letter”改为“newsletter”。"
    found = changed("zh: 通讯", "zh: 简报")
    assert words(found, "en")[0] == "The Chinese text of `functions.letter.label` was “通讯”, and is now “简报”."
    assert words(found, "zh")[0] == "`functions.letter.label`由“通讯”改为“简报”。"


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(InputError, match="not told in `fr`"):
        words(diff(policy_of(BASE), policy_of(BASE)), "fr")


def reachable(shape: Shape) -> set[object]:
    """The dataclasses of all records of the language."""
    found: set[object] = set()
    waiting = [shape]
    while waiting:
        each = waiting.pop()
        if isinstance(each, RecordShape) and each.make not in found:
            found.add(each.make)
            waiting += [field.shape for field in each.keys.values()]
        elif isinstance(each, FamilyShape | ManyShape):
            waiting.append(each.member)
    return found


def test_every_rule_is_about_a_field_that_exists() -> None:
    for make, key in (*CUTS, *LONGER_KEPT):
        assert isinstance(make, type)
        assert key in record(make).keys
    assert set(_SUBJECTS) <= reachable(record(Policy))


def test_every_heading_covers_kinds_of_the_vocabulary() -> None:
    for name, covered in HEADINGS.items():
        assert covered, name
        assert covered <= set(KINDS)
