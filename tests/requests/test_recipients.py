"""Recipients are told, answer, and are reminded; and the last letter reaches somebody who is erased."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import MINE, OTHER, POLICY, World, under, week
from tests.support.application import KeptMail, KeptSms, Outbox
from troth.app.sending.letters import Post, send_due
from troth.app.sending.recipients import tell_recipients
from troth.base.errors import InputError, RefusedError, TrothError
from troth.base.work import Work
from troth.consent.service import give, withdraw
from troth.journal import service as journal
from troth.journal.audit import audit
from troth.requests import tables
from troth.requests.details import Details
from troth.requests.fulfilment import disclosures, parcels
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.service import certificate
from troth.requests.telling import recipient_post, recipients
from troth.requests.telling.recipients import Notice
from troth.subjects import facts
from troth.subjects import service as subjects

BASE = "https://privacy.example"
PARTNERS = """recipients:
  getui:
    kind: sdk
    name: {zh: 个推, en: igexin}
    receives: [device.imei, account.phone]
    for: push
    contact: dpo@getui.example
  courier:
    kind: provider
    name: {zh: 快递, en: Courier}
    receives: [account.phone, order.record]
    for: account
    basis: contract
    contact: privacy@courier.example
  warehouse:
    kind: provider
    name: {zh: 仓库, en: Warehouse}
    receives: [order.record]
    for: account
    basis: contract
    contact: privacy@warehouse.example
  police:
    kind: authority
    name: {zh: 公安机关, en: police}
    receives: [account.phone]
    for: account
    basis: legal-obligation
"""


def trading(world: World, regimes: str = "eu") -> None:
    start, end = POLICY.index("recipients:\n"), POLICY.index("requests:\n")
    text = POLICY[:start] + PARTNERS + POLICY[end:]
    text = text.replace("en: mobile number}, sensitive: true}", "en: mobile number}, sensitive: true, tells: phone}")
    text = text.replace("    cooling_off: 7 days\n", "") if regimes != "cn" else text
    under(world, text.replace("regimes: [cn]", f"regimes: [{regimes}]"))


def erased(world: World, kind: str = "erasure") -> Request:
    done = world.run(world.open(kind))
    assert done.state is State.FULFILLED, done.blocked
    return done


def notices(world: World, request: Request) -> dict[str, Notice]:
    with world.begin() as work:
        return {one.recipient: one for one in recipients.of(work, request.id)}


def send(world: World, outbox: Outbox) -> int:
    return tell_recipients(world.begin, world.vault, KeptMail(outbox), BASE)


def link(outbox: Outbox, to: str) -> str:
    text = next(text for name, text in reversed(outbox.sent) if name == to)
    found = re.search(rf"{BASE}/recipients/([\w-]+)", text)
    assert found, text
    return found[1]


def answer(world: World, request: Request, recipient: str, what: str = "done") -> Notice:
    with world.begin() as work:
        return recipients.answered(work, world.vault, request.id, recipient, what, by="li@kaiconn.example")


def test_whoever_got_data_is_told_by_what_it_knows_the_person_by_and_answers_by_its_link(company: World) -> None:
    trading(company)
    done, outbox = erased(company), Outbox()
    told = notices(company, done)
    assert set(told) == {"courier", "warehouse"}, "no consent was given for push, and the police is not called back"
    assert (told["courier"].by_hand, told["warehouse"].by_hand) == (False, True)
    assert send(company, outbox) == 1
    ((to, text),) = outbox.sent
    assert to == "privacy@courier.example"
    assert MINE in text
    assert OTHER not in text
    assert "erase their data" in text
    assert "删除其个人信息" in text
    with company.begin() as work:
        confirmed = recipients.confirmed(work, company.vault, link(outbox, to), "done")
    assert (confirmed.answer, confirmed.answered_at) == ("done", company.clock.now())
    company.clock.advance(timedelta(days=60))
    assert send(company, outbox) == 0, "nobody is reminded who has answered"


def test_what_was_consented_to_counts_even_where_the_consent_was_taken_back(company: World) -> None:
    trading(company)
    with company.begin() as work:
        facts.change(work, company.subject, add=("accepted.policy", "age.adult"))
        given_to = (work, company.vault, company.version, company.subject, "push")
        give(*given_to, grade="general", language="en", interface="test")
        withdraw(*given_to, language="en", interface="test")
    assert set(notices(company, erased(company))) == {"courier", "getui", "warehouse"}


def test_what_was_recorded_counts_though_no_flow_speaks_of_it_now(company: World) -> None:
    trading(company)
    with company.begin() as work:
        disclosures.record(
            work,
            company.vault,
            company.version,
            company.subject,
            "getui",
            items=["device.imei"],
            purpose="push",
            action="share",
        )
    told = notices(company, erased(company))
    assert told["getui"].items == ("device.imei",)
    assert told["getui"].by_hand, "it knows nothing that finds the person"


@pytest.mark.parametrize(
    ("regimes", "kind", "details", "told"),
    [
        ("eu", "restriction", Details(), True),
        ("eu", "objection", Details(purposes=("push",)), False),
        ("cn", "erasure", Details(), False),
        ("cn", "restriction", Details(), False),
        ("us-ca", "erasure", Details(), True),
        ("eu", "copy", Details(), False),
    ],
)
def test_the_law_says_of_which_requests_recipients_are_told(
    company: World, regimes: str, kind: str, details: Details, told: bool
) -> None:
    trading(company, regimes)
    request = company.run(company.open(kind, details=details))
    assert request.state is State.FULFILLED
    assert bool(notices(company, request)) is told


def test_a_policy_may_promise_more_than_the_law_and_an_objection_reaches_only_its_purposes(company: World) -> None:
    trading(company, "cn")
    right = "  objection: {label: {zh: 反对, en: objection}, tell_recipients: true}\n  erasure:\n"
    start, end = POLICY.index("recipients:\n"), POLICY.index("requests:\n")
    text = (
        (POLICY[:start] + PARTNERS + POLICY[end:])
        .replace("  erasure:\n", right)
        .replace("basis: consent", "basis: legitimate-interests")
    )
    under(company, text.replace("    grade: general\n", ""))
    request = company.open("objection", details=Details(purposes=("push",)))
    assert set(notices(company, request)) == {"getui"}


def test_the_certificate_names_the_recipients_that_are_told(company: World) -> None:
    trading(company)
    done = erased(company)
    with company.begin() as work:
        evidence = certificate(work, done.id)
    assert evidence is not None
    assert evidence.body["recipients"] == [
        {"recipient": "courier", "items": ["account.phone", "order.record"]},
        {"recipient": "warehouse", "items": ["order.record"]},
    ]


def test_a_recipient_that_is_silent_is_reminded_three_times_and_then_stays_unanswered(company: World) -> None:
    trading(company)
    done, outbox = erased(company), Outbox()
    for _ in range(8):
        send(company, outbox)
        company.clock.advance(recipient_post.EVERY)
        company.pulse()
    assert len(outbox.sent) == 1 + recipient_post.MOST_REMINDERS
    left = notices(company, done)["courier"]
    assert (left.answer, left.reminders) == (None, recipient_post.MOST_REMINDERS)
    with company.begin() as work:
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.parcel)) == 0, "what names them is gone"
    assert answer(company, done, "courier").answer == "done", "staff still take the answer down"


def test_an_answer_is_given_once_and_only_by_who_was_told(company: World) -> None:
    trading(company)
    done, outbox = erased(company), Outbox()
    send(company, outbox)
    token = link(outbox, "privacy@courier.example")
    wrong: list[tuple[Callable[[Work], object], str]] = [
        (lambda work: recipients.confirmed(work, company.vault, token + "x", "done"), "recipients.unknown"),
        (lambda work: recipients.confirmed(work, company.vault, token, "perhaps"), "recipients.bad-answer"),
        (
            lambda work: recipients.answered(work, company.vault, done.id, "police", "done", by="li"),
            "recipients.unknown",
        ),
    ]
    for act, code in wrong:
        with company.begin() as work, pytest.raises(InputError) as told:
            act(work)
        assert told.value.code == code
    assert answer(company, done, "courier", "refused").answer == "refused"
    with company.begin() as work, pytest.raises(RefusedError) as twice:
        recipients.confirmed(work, company.vault, token, "done")
    assert twice.value.code == "recipients.answered"
    assert notices(company, done)["courier"].answer == "refused"


def test_a_mail_server_that_is_down_for_a_day_loses_no_notice_and_sends_none_twice(company: World) -> None:
    trading(company)
    erased(company)
    outbox, down = Outbox(), Outbox(down=True)
    for _ in range(12):
        assert send(company, down) == 0
        company.clock.advance(timedelta(hours=2))
    assert send(company, outbox) == 1
    assert send(company, outbox) == 0
    assert len(outbox.sent) == 1


def test_who_closes_their_account_is_told_that_it_was_done_though_nothing_opens_any_more(company: World) -> None:
    request = company.open("close_account")
    week(company)
    done = company.run(request)
    assert done.state is State.FULFILLED
    outbox = Outbox()
    with company.begin() as work:
        assert subjects.is_shredded(work, company.subject)
    assert send_due(company.begin, company.vault, Post(KeptMail(outbox), KeptSms(outbox), BASE)) == 1
    ((to, text),) = outbox.sent
    assert to == MINE
    assert done.reference in text
    assert "closed" in text
    assert send_due(company.begin, company.vault, Post(KeptMail(outbox), KeptSms(outbox), BASE)) == 0
    with company.begin() as work:
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.parcel)) == 0
        assert list(audit(work)) == []


def test_an_address_that_nothing_reaches_is_not_kept_for_ever(company: World) -> None:
    request = company.open("close_account")
    week(company)
    company.run(request)
    company.clock.advance(parcels.KEPT)
    company.pulse()
    outbox = Outbox()
    assert send_due(company.begin, company.vault, Post(KeptMail(outbox), KeptSms(outbox), BASE)) == 0
    assert outbox.sent == []


def test_what_is_sealed_and_journaled_names_nobody(company: World) -> None:
    trading(company)
    done = erased(company, "close_account")
    send(company, Outbox())
    with company.begin() as work:
        dumped = str(work.db.execute(sa.select(tables.parcel)).all()) + str(
            work.db.execute(sa.select(tables.recipient_notice)).all()
        )
        leaves = [one.leaf.decode() for one in journal.entries(work, 0, journal.size(work))]
        assert list(audit(work)) == []
    assert MINE not in dumped
    assert not any(MINE.removeprefix("+") in leaf for leaf in leaves)
    kinds = [re.findall(r'"kind":"(recipient\.[a-z]+)"', leaf) for leaf in leaves]
    assert sum(map(len, kinds)) == 3, "two asked, one told"
    assert done.kind is Kind.CLOSE_ACCOUNT


ACTS = st.lists(st.sampled_from(["send", "down", "fortnight", "answer", "link", "pulse"]), max_size=10)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_nobody_is_told_after_they_answered_and_every_notice_ends(company: World, acts: list[str]) -> None:
    if not company.version.policy.recipients["getui"].contact:
        trading(company)
    with company.begin() as work:
        held = work.db.scalar(sa.select(sa.func.count()).select_from(tables.recipient_notice)) or 0
    request, outbox = company.open("restriction"), Outbox()
    assert (held == 0) or request.closed
    does: dict[str, Callable[[], object]] = {
        "send": lambda: send(company, outbox),
        "down": lambda: send(company, Outbox(down=True)),
        "fortnight": lambda: company.clock.advance(recipient_post.EVERY),
        "answer": lambda: answer(company, request, "courier"),
        "pulse": company.pulse,
    }
    for act in acts:
        answered = notices(company, request)["courier"].answer is not None
        before = len(outbox.sent)
        try:
            if act == "link":
                with company.begin() as work:
                    recipients.confirmed(work, company.vault, link(outbox, "privacy@courier.example"), "done")
            else:
                does[act]()
        except (TrothError, StopIteration):
            continue
        mine = [text for _, text in outbox.sent[before:] if request.reference in text]
        assert not (answered and mine)
    for _ in range(recipient_post.MOST_REMINDERS + 3):
        send(company, outbox)
        company.clock.advance(recipient_post.EVERY)
    about = [text for _, text in outbox.sent if request.reference in text]
    assert len(about) <= 1 + recipient_post.MOST_REMINDERS
    assert send(company, outbox) == 0
