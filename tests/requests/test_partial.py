"""A part of a request is refused on a ground, and the rest is done; the person learns what was kept, and why."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under, week
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.policy.read import parse
from troth.requests import record, service, texts
from troth.requests.deciding import appeals, fees, partial, review
from troth.requests.deciding.partial import Refusal
from troth.requests.details import Details
from troth.requests.fulfilment import package
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof.parties import party
from troth.requests.proof.proving import prove

OFFICER = "officer@kaiconn.example"
GROUNDS = """requests:
  within: 30 days
  appeal: {zh: 可通过客服投诉, en: complain through customer service}
  refuse:
    trade-secret: {label: {zh: 涉及商业秘密, en: trade secrets are involved}}
    bad-faith: {label: {zh: 恶意, en: malice}, needs_evidence: true}
"""
OWN = """  close_account:
    refuse:
      contract: {label: {zh: 合同未履行完毕, en: a contract is not fulfilled yet}}
"""
WHO = "    by: [email]\n    after: identity.verified\n    who: [self, agent]\n"


@pytest.fixture
def grounded(company: World) -> World:
    text = POLICY.replace("requests:\n  within: 30 working days\n", GROUNDS).replace("  close_account:\n", OWN)
    under(company, text.replace("    by: [email]\n    after: identity.verified\n", WHO))
    return company


def refuse(world: World, request: Request, part: str, ground: str = "trade-secret", evidence: str = "") -> Request:
    with world.begin() as work:
        refusal = Refusal(part, ground, f"We keep {part}.", evidence)
        return review.refuse_part(work, world.vault, request.id, refusal, by=OFFICER)


def waiting_copy(world: World) -> Request:
    """A copy that an agent asks for: nothing is done before it is shown that they may."""
    with world.begin() as work:
        return service.open_request(
            work,
            world.vault,
            world.version,
            world.subject,
            "copy",
            language="en",
            channel="portal",
            jobs=world.jobs,
            party=party("agent", "Ada Example", "ada@agents.example"),
        )


def carried_out(world: World, request: Request) -> dict[str, Any]:
    with world.begin() as work:
        prove(work, world.vault, request.id, ["identity", "authority"], by=OFFICER, jobs=world.jobs)
    done = world.run(request)
    assert done.state is State.FULFILLED, done.blocked
    with world.begin() as work:
        content = package.read(work, world.vault, done.id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in read.items()}


def test_a_data_set_that_is_refused_stays_and_the_rest_is_erased(grounded: World) -> None:
    request = grounded.open("close_account")
    noted = refuse(grounded, request, "shop.orders", "contract")
    assert noted.state is State.COOLING_OFF
    refuse(grounded, request, "shop.member", "contract")
    week(grounded)
    done = grounded.run(request)
    assert done.state is State.FULFILLED, done.blocked
    assert len(grounded.company.rows("shop", "orders")) == 3
    assert len(grounded.company.rows("shop", "member")) == 2
    assert len(grounded.company.rows("push", "device")) == 1
    with grounded.begin() as work:
        evidence = service.certificate(work, done.id)
    assert evidence is not None
    (shop,) = [one for one in evidence.body["stores"] if one["store"] == "shop"]
    grounds = {line["dataset"]: [one["ground"] for one in line["grounds"]] for line in shop["datasets"]}
    assert grounds["orders"] == ["rights.close_account.refuse.contract"]
    assert all(line["left"] == 0 for line in shop["datasets"])


def test_a_part_that_others_cannot_do_without_blocks_the_request_and_nothing_is_touched(grounded: World) -> None:
    request = grounded.open("close_account")
    refuse(grounded, request, "shop.orders", "contract")
    week(grounded)
    stuck = grounded.run(request)
    assert stuck.state is State.BLOCKED
    assert len(grounded.company.rows("shop", "member")) == 2
    refuse(grounded, request, "shop.member", "contract")
    assert grounded.run(request).state is State.FULFILLED


def test_an_item_and_a_data_set_that_are_refused_are_in_no_copy_and_the_page_says_why(grounded: World) -> None:
    request = waiting_copy(grounded)
    refuse(grounded, request, "account.nickname")
    refuse(grounded, request, "push.device", "bad-faith", evidence="see the file")
    found = carried_out(grounded, request)
    member = found["data/shop/member.json"]["rows"][0]
    assert "nickname" not in member
    assert member["phone"]
    assert "data/push/device.json" not in found
    assert "imei-a" not in json.dumps(found)
    assert "trade secrets are involved" in found["index.html"]
    assert "devices: malice" in found["index.html"]


def test_the_person_is_told_what_was_kept_and_why_and_that_it_was_done_in_part(grounded: World) -> None:
    request = waiting_copy(grounded)
    refuse(grounded, request, "account.nickname")
    carried_out(grounded, request)
    with grounded.begin() as work:
        kept = partial.of(work, grounded.version, request.id)
        said = [(one.role, one.text.reveal()) for one in texts.texts(work, grounded.vault, request)]
        steps = record.steps(work, request.id)
        letters = work.db.exec_driver_sql("SELECT about FROM letter ORDER BY at, id").scalars().all()
    assert [(one.part, one.why["en"]) for one in kept] == [("account.nickname", "trade secrets are involved")]
    assert ("reason", "We keep account.nickname.") in said
    assert [step.code for step in steps if step.event == "keep"] == ["ground.trade-secret"]
    assert "partly" in letters
    assert "complete" not in letters


def test_a_part_is_refused_on_a_ground_of_the_policy_and_before_anything_is_done(grounded: World) -> None:
    request = waiting_copy(grounded)
    for part, ground, evidence, code in (
        ("account.nickname", "whim", "", "requests.unknown-ground"),
        ("no.such", "trade-secret", "", "requests.unknown-part"),
    ):
        with pytest.raises(InputError) as wrong:
            refuse(grounded, request, part, ground, evidence)
        assert wrong.value.code == code
    with pytest.raises(RefusedError) as bare:
        refuse(grounded, request, "account.nickname", "bad-faith")
    assert bare.value.code == "requests.evidence-missing"
    carried_out(grounded, request)
    with pytest.raises(ConflictError) as late:
        refuse(grounded, request, "account.nickname")
    assert late.value.code == "requests.not-possible"
    complaint = grounded.open("complaint", details=Details(text="The lamp talks."))
    with pytest.raises(ConflictError):
        refuse(grounded, complaint, "shop.orders")
    erasure = grounded.open("close_account")
    with pytest.raises(InputError):
        refuse(grounded, erasure, "account.nickname", "contract")
    with grounded.begin() as work:
        assert partial.of(work, grounded.version, complaint.id) == ()


PARTS = [
    "shop.member",
    "shop.orders",
    "shop.invoice",
    "push.device",
    "account.phone",
    "account.nickname",
    "order.record",
]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.sampled_from(PARTS), max_size=4))
def test_no_copy_holds_what_is_refused_and_every_copy_holds_the_rest(grounded: World, refused: set[str]) -> None:
    request = waiting_copy(grounded)
    for part in sorted(refused):
        refuse(grounded, request, part)
    found = carried_out(grounded, request)
    items = {"shop.member": {"phone": "account.phone", "nickname": "account.nickname"}}
    items |= {
        "shop.orders": {"what": "order.record"},
        "shop.invoice": {"phone": "account.phone", "amount": "order.record"},
    }
    items |= {"push.device": {"imei": "device.imei", "phone": "account.phone"}}
    for name, columns in items.items():
        rows = found.get(f"data/{name.replace('.', '/')}.json", {"rows": []})["rows"]
        assert bool(rows) is (name not in refused)
        for row in rows:
            assert {column for column in columns if column in row} == {
                column for column, item in columns.items() if item not in refused
            }


def test_whoever_is_refused_is_told_where_to_turn(grounded: World) -> None:
    where = appeals.appeal(grounded.version.policy)
    assert where.says == {"zh": "可通过客服投诉", "en": "complain through customer service"}
    assert where.email == "privacy@kaiconn.example"
    assert [one.link for one in where.authorities] == ["https://www.12377.cn/"]
    text = POLICY.replace("regimes: [cn]", "regimes: [eu, uk, us-ca]")
    assert len(appeals.appeal(parse({"policy.yaml": text})).authorities) == 3


def test_what_is_weighed_for_its_price_may_be_refused_in_part(grounded: World) -> None:
    text = POLICY.replace("requests:\n  within: 30 working days\n", GROUNDS + "  fee: {first: free, repeated: cost}\n")
    under(grounded, text)
    for _ in range(2):
        grounded.run(grounded.open("copy"))
    third = grounded.open("copy")
    assert third.state is State.IN_REVIEW
    refuse(grounded, third, "account.nickname")
    with grounded.begin() as work:
        fees.proceed(work, grounded.vault, third.id, jobs=grounded.jobs, by=OFFICER)
    assert grounded.run(third).state is State.FULFILLED
