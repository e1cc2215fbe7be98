"""Who got what about a person, what is known by category, and the policy as it was: each written and fetched."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under
from troth.base.errors import InputError, RefusedError
from troth.decision.model import Question
from troth.decision.service import decide
from troth.journal import service as journal
from troth.journal.audit import audit
from troth.policy.flows import flows
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.requests.deciding import decided
from troth.requests.details import Details
from troth.requests.fulfilment import disclosures, package
from troth.requests.fulfilment.disclosures import PASSING, Passed
from troth.requests.machine import State
from troth.requests.model import Request
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.versions import service as versions

MORE = """recipients:
  broker: {kind: partner, name: {zh: 数据经纪商, en: Broker Ltd}, contact: opt-out@broker.example}
  getui: {kind: sdk, name: {zh: 个推, en: igexin}, receives: [device.imei], for: push, contact: dpo@getui.example}
flows:
  sold:
    label: {zh: 出售, en: sale}
    action: sell
    for: push
    items: [account.nickname]
    to: broker
    basis: unstated
rights:
  disclosures: {label: {zh: 信息提供记录, en: who received what}, by: [email], lookback: 12 months}
"""


def passing(world: World, regimes: str = "us-ca", know: str = "") -> None:
    getui = POLICY[POLICY.index("recipients:\n") : POLICY.index("requests:\n")]
    text = POLICY.replace(getui, "").replace("rights:\n", MORE + know)
    under(world, text.replace("regimes: [cn]", f"regimes: [{regimes}]"))


def record(world: World, recipient: str, *items: str, action: str = "share", subject: str | None = None) -> str:
    with world.begin() as work:
        return disclosures.record(
            work,
            world.vault,
            world.version,
            subject or world.subject,
            recipient,
            items=items,
            purpose="push",
            action=action,
        )


def answered(world: World, request: Request) -> dict[str, Any]:
    """What the person fetches: the pages as text, everything else as JSON."""
    done = world.run(request)
    assert done.state is State.FULFILLED
    with world.begin() as work:
        content = package.read(work, world.vault, done.id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in read.items()}


def test_sales_and_other_disclosures_are_two_lists_and_what_was_recorded_comes_first(company: World) -> None:
    passing(company)
    record(company, "broker", "account.nickname", action="sell")
    record(company, "getui", "device.imei")
    record(company, "getui", "account.phone", subject=company.other)
    found = answered(company, company.open("disclosures"))
    sold, other = found["report/sold.json"]["rows"], found["report/disclosed.json"]["rows"]
    assert [(row["recipient"], row["items"], row["how"]) for row in sold] == [
        ("Broker Ltd", ["nickname"], "recorded when it happened"),
        ("Broker Ltd", ["nickname"], "allowed by the privacy policy; it need not have happened"),
    ]
    assert (other[0]["recipient"], other[0]["items"], other[0]["when"]) == (
        "igexin",
        ["device identifier"],
        "2026-03-01",
    )
    assert "mobile number" not in json.dumps(other[0])
    assert "Broker Ltd" in found["index.html"]
    assert found["manifest.json"]["totals"]["report/sold.json"] == 2


def test_an_answer_reaches_back_as_far_as_the_policy_says_and_never_less(company: World) -> None:
    passing(company)
    record(company, "getui", "device.imei")
    company.clock.advance(timedelta(days=365))
    within = answered(company, company.open("disclosures"))
    assert within["report/disclosed.json"]["rows"][0]["how"] == "recorded when it happened"
    company.clock.advance(timedelta(days=10))
    beyond = answered(company, company.open("disclosures"))
    assert "recorded when it happened" not in {row["how"] for row in beyond["report/disclosed.json"]["rows"]}


def test_in_california_the_past_years_marketing_disclosures_are_a_list_of_their_own_with_addresses(
    company: World,
) -> None:
    passing(company)
    record(company, "broker", "account.nickname", action="sell")
    company.clock.advance(timedelta(days=340))
    (known, stated) = answered(company, company.open("disclosures"))["report/marketing.json"]["rows"][0:2]
    assert (known["when"], known["contact"]) == ("2026-03-01", ["opt-out@broker.example"])
    assert stated["when"] is None
    company.clock.advance(timedelta(days=365))
    later = answered(company, company.open("disclosures"))["report/marketing.json"]["rows"]
    assert not any(row["when"] for row in later), "it was not in the past calendar year"
    passing(company, "eu")
    assert "report/marketing.json" not in answered(company, company.open("disclosures"))


def test_what_a_program_was_allowed_to_pass_on_is_known_too(company: World) -> None:
    passing(company)
    asked = Question("push", "account.nickname", "sell", "broker")
    with company.begin() as work:
        facts.change(work, company.subject, add=("accepted.policy",))
        outcome = decide(work, company.vault, company.version, company.subject, asked).outcome
        decide(work, company.vault, company.version, company.other, asked)
        mine = disclosures.decided(work, company.vault, company.subject)
    assert outcome == "allowed"
    broker = company.version.policy.recipients["broker"]
    assert mine == (Passed(broker, "sell", ("account.nickname",), "decided", company.clock.now(), "push"),)


def test_decisions_are_found_again_by_the_persons_key_and_by_nothing_else(company: World) -> None:
    passing(company)
    with company.begin() as work:
        for purpose, item in (("push", "device.imei"), ("account", "account.phone")):
            decide(work, company.vault, company.version, company.subject, Question(purpose, item))
            decide(work, company.vault, company.version, company.other, Question(purpose, item))
        found = list(decided.decisions(work, company.vault, company.subject))
    assert [(one.purpose, one.item) for one in found] == [("push", "device.imei"), ("account", "account.phone")]
    company.clock.advance(timedelta(days=1))
    with company.begin() as work:
        assert list(decided.decisions(work, company.vault, company.subject, company.clock.now())) == []
        subjects.shred(work, company.vault, company.subject)
    with company.begin() as work, pytest.raises(RefusedError):
        list(decided.decisions(work, company.vault, company.subject))


def test_a_record_is_journaled_without_saying_whose_it_is_and_names_only_what_the_policy_has(company: World) -> None:
    passing(company)
    made = record(company, "getui", "device.imei")
    with company.begin() as work:
        leaf = journal.entries(work, journal.size(work) - 1, 1)[0].leaf.decode()
        assert list(audit(work)) == []
    assert made in leaf
    assert company.subject not in leaf
    for wrong in (
        {"recipient": "nobody"},
        {"action": "use"},
        {"items": ("no.item",)},
        {"purpose": "fun"},
        {"items": ()},
    ):
        values: dict[str, Any] = {"recipient": "getui", "items": ("device.imei",), "purpose": "push", "action": "share"}
        recipient = (values | wrong).pop("recipient")
        rest = {key: value for key, value in (values | wrong).items() if key != "recipient"}
        with company.begin() as work, pytest.raises(InputError):
            disclosures.record(work, company.vault, company.version, company.subject, recipient, **rest)
    with company.begin() as work:
        assert len(disclosures.recorded(work, company.subject)) == 1


def test_who_got_something_is_told_even_when_the_policy_names_them_no_more(company: World) -> None:
    passing(company)
    record(company, "broker", "account.nickname", action="sell")
    without = POLICY.replace("rights:\n", MORE[MORE.index("rights:\n") :]).replace("regimes: [cn]", "regimes: [us-ca]")
    under(company, without)
    assert "broker" not in company.version.policy.recipients
    found = answered(company, company.open("disclosures"))
    assert [row["recipient"] for row in found["report/sold.json"]["rows"]] == ["Broker Ltd"]


def test_to_know_by_category_tells_what_is_held_and_nothing_of_what_is_not(company: World) -> None:
    passing(company)
    found = answered(company, company.open("know"))
    (line,) = found["report/held.json"]["rows"]
    assert set(line["items"]) == {"mobile number", "nickname", "transaction information", "device identifier"}
    assert "registration and sign-in" in line["purposes"]
    assert set(line["recipients"]) == {"igexin", "Broker Ltd"}
    assert not [name for name in found if name.startswith("data/")], "no piece of it, only categories"
    assert "小林" not in json.dumps(found, ensure_ascii=False)
    company.company.execute("shop", "DELETE FROM orders")
    company.company.execute("shop", "DELETE FROM invoice")
    company.company.execute("push", "DELETE FROM device")
    less = answered(company, company.open("know"))
    assert set(less["report/held.json"]["rows"][0]["items"]) == {"mobile number", "nickname"}
    assert [row["items"] for row in less["report/disclosed.json"]["rows"]] == [], "no device, nothing passed on"


def test_where_the_policy_promises_the_pieces_they_are_in_the_answer_to_know(company: World) -> None:
    passing(company, know="  know: {label: {zh: 知情, en: to know}, contents: {pieces: {zh: 具体信息, en: pieces}}}\n")
    found = answered(company, company.open("know"))
    assert "小林" in json.dumps(found["data/shop/member.json"], ensure_ascii=False)
    assert "secret-1" not in json.dumps(found, ensure_ascii=False)
    assert "What we collect about you" in found["categories.html"]
    assert found["report/held.json"]["rows"]


def test_an_earlier_policy_is_given_as_it_was_in_each_of_its_languages(company: World) -> None:
    first = company.version
    passing(company)
    found = answered(company, company.open("policy", details=Details(matters=(first.id,))))
    assert {name for name in found if name.startswith("policy/")} == {
        "policy/1.zh.html",
        "policy/1.en.html",
        "policy/notice.css",
    }
    assert found["report/versions.json"]["rows"][0]["hash"] == first.hash
    assert "Broker Ltd" not in found["policy/1.en.html"]
    every = answered(company, company.open("policy"))
    assert "Broker Ltd" in every["policy/2.en.html"]
    assert [row["version"] for row in every["report/versions.json"]["rows"]] == ["kaiconn:1", "kaiconn:2"]
    with pytest.raises(InputError) as unknown:
        company.open("policy", details=Details(matters=("kaiconn:9",)))
    assert unknown.value.code == "requests.unknown-version"


def test_the_policy_is_for_everybody_and_personal_answers_are_for_who_is_verified(company: World) -> None:
    passing(company)
    with company.begin() as work:
        facts.change(work, company.subject, remove=("verified.phone",))
    assert company.open("policy").state is State.RECEIVED
    for kind in ("know", "disclosures"):
        with pytest.raises(RefusedError) as unverified:
            company.open(kind)
        assert unverified.value.code == "requests.condition-missing"


def test_every_report_is_written_in_both_languages(company: World) -> None:
    passing(company)
    record(company, "broker", "account.nickname", action="sell")
    for kind, title in (("know", "收集和使用"), ("disclosures", "谁得到了"), ("policy", "隐私政策版本")):
        found = answered(company, company.open(kind, language="zh"))
        assert title in found["index.html"]
        assert 'lang="zh-CN"' in found["index.html"]


ACTIONS = st.lists(
    st.tuples(st.sampled_from([*PASSING]), st.sampled_from(["account.phone", "account.nickname", "order.record"])),
    max_size=4,
)


def policy_of(lines: list[tuple[str, str]]) -> Policy:
    text = "".join(
        f"  line-{number}: {{label: line, action: {action}, for: push, items: [{item}], to: getui, basis: unstated}}\n"
        for number, (action, item) in enumerate(lines)
    )
    return parse({"policy.yaml": POLICY + ("flows:\n" + text if lines else "")})


@settings(max_examples=30, deadline=None)
@given(ACTIONS)
def test_what_the_policy_says_is_listed_once_whole_and_never_under_both_lists(lines: list[tuple[str, str]]) -> None:
    policy = policy_of(lines)
    listed = [(one.recipient, one.action, item) for one in disclosures.stated(policy) for item in one.items]
    slow = {
        (each.recipient, each.action, each.item)
        for each in flows(policy)
        if each.recipient is not None and each.action in PASSING
    }
    assert set(listed) == slow
    assert len(listed) == len(slow)
    assert all(one.sale is (one.action == "sell") for one in disclosures.stated(policy))


def test_a_version_that_is_not_there_is_no_version_of_another_policy(company: World) -> None:
    with company.begin() as work:
        assert [one.id for one in versions.all_versions(work, "kaiconn")] == [company.version.id]
    with pytest.raises(InputError):
        company.open("policy", details=Details(matters=("other:1",)))
