"""Corrections: every field of the person that holds the item, what somebody has to look at, and no crash in between."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.requests.test_fulfil import fresh, journaled
from tests.requests.world import MINE, OTHER, POLICY, Crash, World, crashing
from tests.support.databases import Databases
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.journal import service as journal
from troth.policy.read import parse
from troth.requests import service
from troth.requests.deciding import correction_review
from troth.requests.details import Details
from troth.requests.fulfilment import changes, fulfil
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.telling import recipient_post, recipients
from troth.requests.texts import texts
from troth.stores.model import Store
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.identifier import identifier
from troth.versions import service as versions

NEW = "+8619900000009"
LOCKED = POLICY.replace(
    "  erasure:\n    label: {zh: 删除",
    """  correction:
    label: {zh: 更正, en: correction}
    by: [self-service]
    locked: [order.record]
    refuse:
      wrong: {label: {zh: 更正将使信息失实, en: it would make the data wrong}, needs_evidence: true}
  erasure:
    label: {zh: 删除""",
)


def governed(company: World, text: str = LOCKED) -> World:
    """The same company after it changed its policy."""
    with company.begin() as work:
        policy = parse({"policy.yaml": text.replace("updated: 2022-10-01", "updated: 2023-01-01")})
        version = versions.publish(work, policy, company.company.maps, by="test")
    return replace(company, version=version)


def correct(company: World, *proved: str, **values: str) -> Request:
    """Ask for a correction; `account_nickname="x"` stands for the item `account.nickname`."""
    asked = tuple((name.replace("_", ".", 1), value) for name, value in values.items())
    return company.open("correction", details=Details(changes=asked, proved=proved))


def states(company: World, request: Request) -> dict[str, tuple[str, str | None]]:
    with company.begin() as work:
        return {one.item: (one.state, one.why) for one in changes.of(work, company.vault, request)}


def test_a_new_value_goes_to_every_field_and_the_old_one_is_sealed(company: World) -> None:
    request = company.run(correct(company, account_nickname="林"))
    assert request.state is State.FULFILLED
    assert company.company.rows("shop", "member") == [(1, MINE, "林", "secret-1"), (2, OTHER, "阿青", "secret-2")]
    with company.begin() as work:
        (change,) = changes.of(work, company.vault, request)
        assert [one.reveal() for one in change.old or ()] == ["小林 <b>&"]
        leaves = b"".join(entry.leaf for entry in journal.entries(work, 0, 1000))
    assert "林".encode() not in leaves
    assert "林" not in repr(change)


def test_the_certificate_says_where_and_how_many_and_no_value(company: World) -> None:
    request = company.run(correct(company, "account.phone", account_phone=NEW, account_nickname="林"))
    with company.begin() as work:
        made = service.certificate(work, request.id)
    assert made is not None
    assert made.body["totals"] == {"found": 5, "changed": 5, "kept": 0, "left": 0}
    assert {one["item"]: one["state"] for one in made.body["items"]} == {
        "account.nickname": "done",
        "account.phone": "done",
    }
    assert {
        (one["store"], line["dataset"], change["column"], change["item"], change["rows"])
        for one in made.body["stores"]
        for line in one["datasets"]
        for change in line["changes"]
    } == {
        ("shop", "member", "phone", "account.phone", 1),
        ("shop", "member", "nickname", "account.nickname", 1),
        ("shop", "invoice", "phone", "account.phone", 1),
        ("push", "device", "phone", "account.phone", 2),
    }
    assert journaled(company)["request.certified"] == 1
    plain = json.dumps(dict(made.body))
    assert NEW not in plain
    assert MINE not in plain


def test_a_new_number_finds_the_person_and_the_old_one_no_longer_does(company: World) -> None:
    company.run(correct(company, "account.phone", account_phone="199 0000 0009"))
    with company.begin() as work:
        assert subjects.find(work, company.vault, identifier("phone", NEW)) == company.subject
        assert subjects.find(work, company.vault, identifier("phone", MINE)) is None
        assert "verified.phone" in facts.facts(work, company.subject)
    assert [row[1] for row in company.company.rows("shop", "member")] == [NEW, OTHER]
    assert [row[1] for row in company.company.rows("shop", "invoice")] == [NEW, OTHER], "else it would be lost to them"
    assert [row[1] for row in company.company.rows("push", "device")] == [NEW, NEW, OTHER]
    assert company.run(company.open("erasure")).state is State.FULFILLED
    assert company.company.rows("shop", "member") == [(2, OTHER, "阿青", "secret-2")]


def test_a_number_that_nothing_shows_to_be_theirs_waits_for_somebody(company: World) -> None:
    request = company.run(correct(company, account_phone=NEW, account_nickname="林"))
    assert (request.state, request.blocked) == (State.DECIDING, "requests.unproved")
    assert states(company, request) == {
        "account.nickname": ("done", None),
        "account.phone": ("review", "requests.unproved"),
    }
    assert company.company.rows("shop", "member")[0][1:3] == (MINE, "林")
    with company.begin() as work:
        correction_review.accept(
            work, company.vault, request.id, ["account.phone"], evidence="seen", by="o@x.example", jobs=company.jobs
        )
    assert company.run(request).state is State.FULFILLED
    assert company.company.rows("shop", "member")[0][1] == NEW
    assert "verified.phone" not in company.facts(), "nobody has seen a code from there"


def test_what_the_policy_locks_waits_while_the_rest_is_carried_out(company: World) -> None:
    world = governed(company)
    request = world.run(correct(world, order_record="lamp, red", account_nickname="林"))
    assert (request.state, request.blocked) == (State.DECIDING, "requests.locked")
    assert world.company.rows("shop", "member")[0][2] == "林"
    assert world.company.rows("shop", "orders") == [(10, 1, "lamp"), (11, 1, "lock"), (12, 2, "plug")]
    with world.begin() as work:
        waiting = changes.waiting(changes.of(work, world.vault, request))
    assert [(one.item, [old.reveal() for old in one.old or ()]) for one in waiting] == [
        ("order.record", ["lamp", "lock", "199"])
    ]


def decide_wrong(world: World, request: Request, evidence: str) -> Request:
    with world.begin() as work:
        return correction_review.refuse(
            work,
            world.vault,
            request.id,
            ["order.record"],
            "wrong",
            reason="The order says what was bought.",
            evidence=evidence,
            by="o@x.example",
            jobs=world.jobs,
        )


def test_a_change_is_refused_on_a_ground_with_its_evidence_and_the_rest_stays_done(company: World) -> None:
    world = governed(company)
    request = world.run(correct(world, order_record="lamp, red", account_nickname="林"))
    with pytest.raises(RefusedError) as refused:
        decide_wrong(world, request, "")
    assert refused.value.code == "requests.evidence-missing"
    decide_wrong(world, request, "the shop's invoice")
    assert world.run(request).state is State.FULFILLED
    assert states(world, request)["order.record"] == ("refused", "ground.wrong")
    assert world.company.rows("shop", "orders")[0] == (10, 1, "lamp")
    with world.begin() as work:
        said = {one.role: one.text.reveal() for one in texts(work, world.vault, request)}
    assert said["reason"] == "The order says what was bought."
    assert said["evidence"] == "the shop's invoice"


def test_a_correction_of_which_everything_is_refused_ends_as_refused(company: World) -> None:
    world = governed(company)
    request = world.run(correct(world, order_record="lamp, red"))
    assert decide_wrong(world, request, "seen").state is State.REFUSED


def test_only_what_waits_can_be_decided_and_only_once(company: World) -> None:
    world = governed(company)
    request = world.run(correct(world, order_record="lamp, red", account_nickname="林"))
    with world.begin() as work:
        for items in (["account.nickname"], [], ["nothing"]):
            with pytest.raises(InputError):
                correction_review.accept(work, world.vault, request.id, items, by="o@x.example", jobs=world.jobs)
    decide_wrong(world, request, "seen")
    with pytest.raises(ConflictError):
        decide_wrong(world, request, "seen")


def test_a_value_that_a_store_refuses_or_that_is_somebody_elses_waits_for_somebody(company: World) -> None:
    company.company.execute("shop", "CREATE UNIQUE INDEX one_nick ON member (nickname)")
    request = company.run(correct(company, account_nickname="阿青"))
    assert (request.state, request.blocked) == (State.DECIDING, "stores.value-taken")
    phone = company.run(correct(company, "account.phone", account_phone=OTHER))
    assert (phone.state, phone.blocked) == (State.DECIDING, "stores.value-taken")
    assert company.company.rows("shop", "member")[0] == (1, MINE, "小林 <b>&", "secret-1")
    with company.begin() as work:
        assert subjects.find(work, company.vault, identifier("phone", OTHER)) == company.other


def test_a_store_that_is_down_blocks_it_and_it_goes_on_later(company: World) -> None:
    company.company.stores["push"].on = False
    request = company.run(correct(company, "account.phone", account_phone=NEW))
    assert (request.state, request.blocked) == (State.BLOCKED, "stores.unavailable")
    assert company.company.rows("shop", "member")[0][1] == MINE, "nothing is written before every store has answered"
    company.company.stores["push"].on = True
    assert company.run(request).state is State.FULFILLED
    assert [row[1] for row in company.company.rows("push", "device")] == [NEW, NEW, OTHER]


class ReadOnly:
    """A real store of which only reading is known."""

    def __init__(self, store: Store) -> None:
        self.name, self.label, self.check = store.name, store.label, store.check
        self.look, self.access, self.erase = store.look, store.access, store.erase


def test_what_no_program_can_write_is_done_by_hand_where_anything_is_held(company: World) -> None:
    stores: dict[str, Store] = {**company.company.stores, "push": ReadOnly(company.company.stores["push"].behind)}

    def run(request: Request) -> Request:
        return fulfil.run(company.begin, company.vault, lambda _: stores, request.id)

    assert run(correct(company, account_nickname="林")).state is State.FULFILLED, "push holds no nickname"
    request = run(correct(company, "account.phone", account_phone=NEW))
    assert (request.state, request.blocked) == (State.DECIDING, "requests.by-hand")
    assert company.company.rows("shop", "member")[0][1] == MINE
    company.company.execute("push", f"UPDATE device SET phone = '{NEW}' WHERE phone = '{MINE}'")
    with company.begin() as work:
        correction_review.accept(
            work, company.vault, request.id, ["account.phone"], by="o@x.example", jobs=company.jobs
        )
    assert run(request).state is State.FULFILLED
    assert company.company.rows("shop", "member")[0][1] == NEW


def test_what_is_asked_for_twice_is_one_request_and_another_value_is_another(company: World) -> None:
    first, again, other = (correct(company, account_nickname=name) for name in ("林", "林", "木"))
    assert first.id == again.id != other.id
    company.run(first)
    company.run(other)
    assert company.company.rows("shop", "member")[0][2] == "木"


def test_a_later_correction_waits_for_the_earlier_one(company: World) -> None:
    first = correct(company, account_nickname="林")
    company.clock.advance(timedelta(seconds=1))
    later = correct(company, account_nickname="木")
    assert company.run(later).blocked == "requests.waits-for-another"
    company.run(first)
    company.run(later)
    assert company.company.rows("shop", "member")[0][2] == "木"


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (Details(), "requests.detail-missing"),
        (Details(changes=(("account.nicknam", "x"),)), "requests.unknown-detail"),
        (Details(changes=(("account.nickname", "  "),)), "requests.bad-value"),
        (Details(changes=(("account.nickname", "x" * 501),)), "requests.bad-value"),
        (Details(changes=(("account.phone", "nobody"),)), "subjects.bad-phone"),
    ],
)
def test_what_cannot_be_asked_for_is_said_without_repeating_it(company: World, details: Details, code: str) -> None:
    with pytest.raises(InputError) as refused:
        company.open("correction", details=details)
    assert refused.value.code == code
    assert "nobody" not in str(refused.value.problems())


def test_those_who_received_it_are_told_what_it_should_be(company: World) -> None:
    text = LOCKED.replace("    locked: [order.record]", "    tell_recipients: true").replace(
        "needs: [device.imei]\n    shares: [getui]", "needs: [device.imei, account.phone]\n    shares: [getui]"
    )
    text = text.replace("receives: [device.imei]", "receives: [device.imei, account.phone], contact: dpo@getui.example")
    text = text.replace("account.phone: {label", "account.phone: {tells: phone, label")
    world = governed(company, text.replace("basis: consent\n    grade: general", "basis: contract"))
    request = world.run(correct(world, "account.phone", account_phone=NEW, account_nickname="林"))
    assert request.state is State.FULFILLED
    with world.begin() as work:
        (notice,) = recipients.of(work, request.id)
        (post,) = recipient_post.due(work, world.vault)
    assert (notice.recipient, notice.items) == ("getui", ("account.phone",))
    assert dict(post.who) == {"phone": MINE}
    assert [dict(one) for one in post.items] == [{"zh": f"手机号码: {NEW}", "en": f"mobile number: {NEW}"}]


def test_other_kinds_take_no_new_values(company: World) -> None:
    with pytest.raises(InputError) as refused:
        company.open("erasure", details=Details(changes=(("account.nickname", "x"),)))
    assert refused.value.code == "requests.detail-unfit"


def test_it_needs_a_verified_identity(company: World) -> None:
    with company.begin() as work:
        facts.change(work, company.subject, remove=["verified.phone"])
    with pytest.raises(RefusedError) as refused:
        correct(company, account_nickname="林")
    assert refused.value.code == "requests.condition-missing"


def test_with_the_persons_key_the_values_are_gone(company: World) -> None:
    request = company.run(correct(company, account_nickname="林"))
    with company.begin() as work:
        subjects.shred(work, company.vault, company.subject)
        assert changes.of(work, company.vault, request) == ()


@pytest.fixture(scope="module")
def steps(databases: Databases) -> int:
    """How many units of work the whole correction takes."""
    with fresh(databases) as world:
        request = _asked(world)
        begin, opened = crashing(world.begin, 10_000, before_commit=False)
        world.run(request, begin)
        return len(opened)


def _asked(world: World) -> Request:
    return correct(world, "account.phone", account_phone=NEW, account_nickname="林")


def _ends_well(world: World, request: Request) -> None:
    assert world.run(request).state is State.FULFILLED
    assert world.company.rows("shop", "member") == [(1, NEW, "林", "secret-1"), (2, OTHER, "阿青", "secret-2")]
    assert [row[1] for row in world.company.rows("push", "device")] == [NEW, NEW, OTHER]
    with world.begin() as work:
        assert subjects.find(work, world.vault, identifier("phone", NEW)) == world.subject
        made = service.certificate(work, request.id)
        kept = {one.item: [old.reveal() for old in one.old or ()] for one in changes.of(work, world.vault, request)}
    assert made is not None
    assert made.body["totals"]["changed"] == 5
    assert kept == {"account.phone": [MINE], "account.nickname": ["小林 <b>&"]}


def test_a_worker_that_dies_anywhere_is_followed_by_one_that_ends_it(databases: Databases, steps: int) -> None:
    """Before a unit commits is after all that happened in the stores since the one before it."""
    assert steps > 10
    for at in range(steps):
        with fresh(databases) as world:
            request = _asked(world)
            begin, _ = crashing(world.begin, at, before_commit=True)
            with pytest.raises(Crash):
                world.run(request, begin)
            _ends_well(world, request)
