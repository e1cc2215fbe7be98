from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from tests.consent.people import VAULT, accepts, gives, person, refuses, released, withdraws
from tests.versions.sample import TEXT, dated, policy
from troth.base.errors import InputError, RefusedError
from troth.base.work import Begin
from troth.decision.compile import compile_policy
from troth.decision.engine import Decision, Question, answer
from troth.decision.service import compiled, decide, decide_all, peek
from troth.journal import service as journal
from troth.subjects import facts
from troth.subjects.service import commitment, shred
from troth.versions.model import Version

PHONE = Question("account", "account.phone")
PUSH = Question("push", "device.imei")
SEPARATE = {"grade: explicit": "grade: separate"}


def asks(begin: Begin, version: Version, subject: str, question: Question) -> Decision:
    with begin() as work:
        return peek(work, VAULT, version, subject, question)


def becomes(begin: Begin, subject: str, *names: str) -> None:
    with begin() as work:
        facts.change(work, subject, add=names)


def signed_up(begin: Begin, version: Version) -> str:
    subject = person(begin)
    becomes(begin, subject, "account.open", "verified.phone")
    accepts(begin, version, subject)
    return subject


def test_a_person_who_did_all_that_is_asked_is_allowed(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    decision = asks(begin, version, subject, PHONE)
    assert (decision.outcome, decision.clause, decision.basis) == ("allowed", "functions.register.needs", "contract")
    assert decision.version == "shop:1"
    assert decision.question == PHONE
    assert decision.words("zh") == "可以为“注册与登录”使用“手机号码”：履行合同所必需（条款 functions.register.needs）。"
    assert decision.words("en") == (
        "“mobile number” may be used for “registration and sign-in”: "
        "the contract with the person needs it (clause functions.register.needs)."
    )


def test_a_denial_names_clause_and_missing_facts(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    decision = asks(begin, version, subject, PUSH)
    assert (decision.outcome, decision.clause, decision.basis) == ("denied", "functions.push.needs", "consent")
    assert (decision.missing, decision.blocking) == (("consent.push.explicit",), ())
    assert decision.words("zh") == "不可以为“消息推送”使用“IMEI”：还缺对“推送”的明示同意（条款 functions.push.needs）。"
    assert decision.words("en") == (
        "“IMEI” may not be used for “push messages”: still missing: explicit consent to “push” "
        "(clause functions.push.needs)."
    )


def test_giving_then_withdrawing_leaves_decisions_denied(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    gives(begin, version, subject)
    assert asks(begin, version, subject, PUSH).outcome == "allowed"
    withdraws(begin, version, subject)
    assert asks(begin, version, subject, PUSH).outcome == "denied"
    gives(begin, version, subject, grade="separate")
    assert asks(begin, version, subject, PUSH).outcome == "allowed"
    refuses(begin, version, subject)
    assert asks(begin, version, subject, PUSH).outcome == "denied"


def test_every_blocking_fact_is_said_in_both_languages(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    gives(begin, version, subject, "flows.sale", "separate")
    sale = Question("ads", "order.record", "sell", "bureau")
    assert asks(begin, version, subject, sale).outcome == "allowed"
    assert "sold to “ad bureau”" in asks(begin, version, subject, sale).words("en")
    assert "向“广告局”出售“订单”" in asks(begin, version, subject, sale).words("zh")
    becomes(begin, subject, "opted-out.sale", "objected.ads", "restricted", "account.closed", "age.barred")
    decision = asks(begin, version, subject, sale)
    assert set(decision.blocking) == {"opted-out.sale", "objected.ads", "restricted", "account.closed", "age.barred"}
    for language, parts in {
        "zh": ["已选择退出“出售个人信息”", "反对用于这一目的", "已被限制", "已经注销", "年龄低于"],
        "en": ["opted out of “sale of personal information”", "objected", "restricted", "is closed", "younger"],
    }.items():
        assert all(part in decision.words(language) for part in parts)


def test_a_closing_account_takes_in_nothing_new_and_keeps_what_it_has(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    becomes(begin, subject, "account.closing")
    collecting = asks(begin, version, subject, Question("account", "account.phone", "collect"))
    assert (collecting.outcome, collecting.blocking) == ("denied", ("account.closing",))
    assert "正在注销" in collecting.words("zh")
    assert asks(begin, version, subject, PHONE).outcome == "allowed"


def test_what_no_clause_speaks_of_is_a_gap(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    decision = asks(begin, version, subject, Question("ads", "location.precise"))
    assert (decision.outcome, decision.clause, decision.missing) == ("gap", None, ())
    assert decision.words("zh") == "隐私政策没有提到为“广告”使用“位置”，所以不可以。"
    assert decision.words("en") == (
        "The policy says nothing about “location” being used for “advertising”, so it is not allowed."
    )
    sharing_with_nobody = asks(begin, version, subject, Question("push", "device.imei", "share"))
    assert sharing_with_nobody.outcome == "gap"


def test_an_unknown_name_is_refused(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    with begin() as work, pytest.raises(InputError) as raised:
        decide(work, VAULT, version, subject, Question("account", "acount.phone"))
    assert (raised.value.code, raised.value.hint) == ("decision.unknown-name", "did you mean `account.phone`?")


def test_a_decision_is_journaled_without_the_person(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    with begin() as work:
        before = journal.size(work)
        made = decide(work, VAULT, version, subject, Question("push", "device.imei", "share", "getui"))
        (entry,) = journal.entries(work, before, 9)
        refs = json.loads(entry.leaf)["refs"]
        assert refs["subject"] == commitment(work, VAULT, subject, refs["decision"])
    assert entry.kind == "decision.made"
    assert {name: refs[name] for name in refs if name not in {"decision", "subject"}} == {
        "outcome": made.outcome,
        "clause": "recipients.getui.receives",
        "version": "shop:1",
        "purpose": "push",
        "item": "device.imei",
        "action": "share",
        "recipient": "getui",
    }
    assert subject not in entry.leaf.decode()


def test_a_gap_is_journaled_too(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    with begin() as work:
        decide(work, VAULT, version, subject, Question("ads", "location.precise"))
        (entry,) = journal.entries(work, journal.size(work) - 1, 1)
    refs = json.loads(entry.leaf)["refs"]
    assert refs["outcome"] == "gap"
    assert "clause" not in refs


def test_peeking_writes_nothing_and_says_the_same(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    with begin() as work:
        before = journal.size(work)
        peeked = peek(work, VAULT, version, subject, PUSH)
        assert journal.size(work) == before
        assert decide(work, VAULT, version, subject, PUSH) == peeked


def test_of_a_person_who_is_unknown_or_erased_nothing_is_allowed(begin: Begin) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    assert asks(begin, version, "sub-nobody", PHONE).outcome == "denied"
    with begin() as work, pytest.raises(InputError):
        decide(work, VAULT, version, "sub-nobody", PHONE)
    with begin() as work:
        shred(work, VAULT, subject)
        with pytest.raises(RefusedError) as raised:
            decide(work, VAULT, version, subject, PHONE)
    assert raised.value.code == "subjects.shredded"


def test_a_person_is_judged_by_the_version_that_they_accepted(begin: Begin) -> None:
    first = released(begin, policy())
    subject = signed_up(begin, first)
    gives(begin, first, subject)
    second = released(begin, dated("2026-02-01", **SEPARATE))
    pinned = asks(begin, second, subject, PUSH)
    assert (pinned.outcome, pinned.version) == ("allowed", "shop:1")
    accepts(begin, second, subject)
    moved = asks(begin, second, subject, PUSH)
    assert (moved.outcome, moved.version, moved.missing) == ("denied", "shop:2", ("consent.push.separate",))


def test_deemed_acceptance_judges_by_the_version_in_force(begin: Begin) -> None:
    deemed = {"acceptance: explicit": "acceptance: deemed"}
    first = released(begin, dated("2026-01-01", **deemed))
    subject = signed_up(begin, first)
    gives(begin, first, subject)
    second = released(begin, dated("2026-02-01", **deemed, **SEPARATE))
    assert asks(begin, second, subject, PUSH).version == "shop:2"


def test_a_policy_is_compiled_once_until_a_fact_is_new() -> None:
    one, bits = policy(), {"account.open": 1}
    assert compiled(one, bits) is compiled(policy(TEXT), dict(bits))
    assert compiled(one, bits) is not compiled(one, {**bits, "restricted": 2})


def test_the_first_of_two_ways_that_holds_is_the_reason() -> None:
    optional = TEXT.replace("optional: [account.nickname]", "optional: [device.imei]")
    consented = "for: push\n    basis: consent\n    grade: explicit"
    assert consented in optional
    both = policy(optional.replace(consented, "for: account\n    basis: contract"))
    bits = {"account.open": 1, "verified.phone": 2, "accepted.policy": 3}
    masks = compile_policy(both, bits)
    question = Question("account", "device.imei")
    assert len(masks.of(question)) == 2
    assert answer(masks, 0b0010, question, "v").clause == "functions.push.needs"
    assert answer(masks, 0b1110, question, "v").outcome == "allowed"
    denied = answer(masks, 0, question, "v")
    assert (denied.clause, denied.missing) == ("functions.push.needs", ("account.open",))


def test_asking_all_writes_what_asking_one_by_one_writes_in_as_many_statements_as_for_one(
    begin: Begin, engine: sa.Engine
) -> None:
    version = released(begin, policy())
    subject = signed_up(begin, version)
    asked = [PHONE, PUSH, Question("push", "account.phone")] * 20
    sent: list[str] = []
    with begin() as work:
        one_by_one = [decide(work, VAULT, version, subject, each) for each in asked]
    with begin() as work:
        decide(work, VAULT, version, subject, PHONE)  # the first one in a transaction may meet colder caches
        sa.event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
        decide_all(work, VAULT, version, subject, asked[:1])
        single = len(sent)
        together = decide_all(work, VAULT, version, subject, asked)
    assert list(together) == one_by_one
    assert len(sent) - single <= single + 2  # the journal's tree grows by whole nodes, too
    with begin() as work:
        told = [
            json.loads(entry.leaf)["refs"] for entry in journal.entries(work, 0, 1000) if entry.kind == "decision.made"
        ]
    plain = [{key: value for key, value in each.items() if key not in {"decision", "subject"}} for each in told]
    assert plain[:60] == plain[-60:]
    assert len({each["decision"] for each in told}) == len(told)
