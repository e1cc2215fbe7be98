"""After a no nobody is asked before the wait is over; whoever comes by themselves is heard at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import (
    VAULT,
    asks,
    facts_about,
    fresh_person,
    gives,
    knows,
    opts,
    person,
    refuses,
    released,
    status_of,
    withdraws,
)
from tests.versions.sample import TEXT, dated, policy
from troth.base.clock import SettableClock
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Begin
from troth.consent import service
from troth.consent.asking.prompt import opting_in, opting_out
from troth.consent.asking.waits import FREE, PROMPTS, asking
from troth.consent.model import Kind, No, Standing, Status
from troth.consent.optouts.optout import OPT_OUTS, opt_out_matter
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.subjects.age import below_fact
from troth.subjects.audience import belong

EXAMPLES = Path(__file__).parents[2] / "examples"
ASKED_AGAIN = """
rights:
  withdrawal: {label: {zh: 撤回同意, en: withdrawal}, by: [self-service], asked_again: 3 months}
  opt-out: {label: {zh: 退出, en: opting out}, by: [self-service], asked_again: 12 months}
"""
WAITING = TEXT + ASKED_AGAIN


def smallrig() -> Policy:
    files = ("policy.yaml", "california.yaml", "china.yaml")
    return parse({name: (EXAMPLES / "smallrig" / name).read_text(encoding="utf-8") for name in files})


def test_of_the_policys_wait_and_the_laws_the_longer_one_counts_and_is_named(begin: Begin) -> None:
    version, subject = released(begin, policy(WAITING)), person(begin)
    refuses(begin, version, subject)
    with begin() as work:
        found = service.may_ask(work, version, subject, "push")
    assert (found.allowed, found.clause) == (False, "rights.withdrawal.asked_again")
    # refused on 2 March 2026 in China: the wait is over with the last instant of 2 June there
    assert found.not_before == datetime(2026, 6, 2, 16, 0, tzinfo=UTC)


def test_where_the_policy_states_no_wait_the_law_does(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    refuses(begin, version, subject)
    with begin() as work:
        found = service.may_ask(work, version, subject, "push")
    assert found.clause == "regimes.cn.consent.reask"
    assert found.not_before == clock.now() + timedelta(hours=48, microseconds=1)
    clock.advance(timedelta(hours=49))
    with begin() as work:
        assert service.may_ask(work, version, subject, "push") == FREE


waits_apart = st.tuples(st.sampled_from(["refused", "withdrawn"]), st.integers(0, 200))


@given(waits_apart)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_is_asked_again_before_the_wait(begin: Begin, clock: SettableClock, case: tuple[str, int]) -> None:
    no, days = case
    clock.set(datetime(clock.now().year + 1, 3, 2, 1, 0, tzinfo=UTC))
    version, subject = released(begin, policy(WAITING)), fresh_person(begin)
    if no == "withdrawn":
        gives(begin, version, subject)
        withdraws(begin, version, subject)
    else:
        refuses(begin, version, subject)
    clock.advance(timedelta(days=days))
    over = days > 92  # March, April and May; the last day counts whole
    with begin() as work:
        assert service.may_ask(work, version, subject, "push").allowed is over
    if over:
        assert asks(begin, version, subject).kind is Kind.REQUESTED
        return
    with pytest.raises(RefusedError, match=r"rights\.withdrawal\.asked_again") as raised:
        asks(begin, version, subject)
    assert raised.value.code == "consent.asked-too-soon"
    for prompt in sorted(PROMPTS):
        with begin() as work, pytest.raises(RefusedError) as raised:
            service.give(
                work, VAULT, version, subject, "push", grade="explicit", language="zh", interface=f"{prompt}/shop"
            )
        assert raised.value.code == "consent.asked-too-soon"
    assert gives(begin, version, subject).kind is Kind.GIVEN, "their own yes is heard at any time"


def test_an_answer_to_an_open_question_needs_no_second_permission(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(WAITING)), person(begin)
    refuses(begin, version, subject)
    clock.advance(timedelta(days=100))
    asks(begin, version, subject)
    with begin() as work:
        service.defer(work, VAULT, version, subject, "push", language="zh", interface="popup")
    assert status_of(begin, subject) == "ConsentRequestDeferred"
    with begin() as work:
        event = service.give(work, VAULT, version, subject, "push", grade="explicit", language="zh", interface="popup")
    assert event.kind is Kind.GIVEN


def test_only_an_open_question_can_be_put_off(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work, pytest.raises(ConflictError) as raised:
        service.defer(work, VAULT, version, subject, "push", language="zh", interface="popup")
    assert raised.value.code == "consent.not-asked-now"


def test_asking_takes_nothing_away_from_a_consent_that_stands(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    given_ = gives(begin, version, subject)
    before = facts_about(begin, subject, "consent.")
    asks(begin, version, subject)
    assert status_of(begin, subject) == "ConsentGiven"
    assert facts_about(begin, subject, "consent.") == before
    with begin() as work:
        assert service.state(work, subject)["push"].event == given_.id


@pytest.mark.parametrize("name", OPT_OUTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_opt_out_has_its_words_and_its_two_facts(begin: Begin, name: str, language: str) -> None:
    version, subject = released(begin, policy()), person(begin)
    assert name in OPT_OUTS
    out = opts(begin, version, subject, out=True, matter=name, language=language)
    assert (out.function, out.kind, out.grade) == (opt_out_matter(name), Kind.OPTED_OUT, "none")
    assert facts_about(begin, subject, "opted-") == {f"opted-out.{name}"}
    back = opts(begin, version, subject, out=False, matter=name, language=language)
    assert facts_about(begin, subject, "opted-") == {f"opted-in.{name}"}
    assert opting_out(version.policy, name, language) != opting_in(version.policy, name, language)
    assert out.prompt != back.prompt


def test_an_opt_out_outlives_a_new_version(begin: Begin) -> None:
    first, subject = released(begin, policy()), person(begin)
    opts(begin, first, subject, out=True)
    second = released(begin, dated("2026-02-01"))
    assert second.number == 2
    assert facts_about(begin, subject, "opted-") == {"opted-out.sale"}
    assert status_of(begin, subject, "opt-out:sale") == "ConsentWithdrawn"


def test_after_an_opt_out_of_sale_nobody_is_asked_to_sell_either(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(WAITING)), person(begin)
    opts(begin, version, subject, out=True)
    clock.advance(timedelta(days=300))
    with begin() as work:
        sale = service.may_ask(work, version, subject, "flows.sale")
        assert (sale.allowed, sale.clause) == (False, "rights.opt-out.asked_again")
        assert service.may_ask(work, version, subject, "opt-out:sale") == sale
        assert service.may_ask(work, version, subject, "push") == FREE
    with begin() as work, pytest.raises(RefusedError) as raised:
        service.opt_in(work, VAULT, version, subject, "sale", language="zh", interface="email")
    assert raised.value.code == "consent.asked-too-soon"
    assert opts(begin, version, subject, out=False).kind is Kind.OPTED_IN


def test_what_is_no_opt_out_is_refused_with_the_right_name(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with pytest.raises(InputError) as raised:
        opts(begin, version, subject, out=True, matter="sail")
    assert (raised.value.code, raised.value.hint) == ("consent.unknown-opt-out", "did you mean `sale`?")


def test_californians_are_asked_back_after_twelve_months_by_their_own_rules(begin: Begin, clock: SettableClock) -> None:
    version, subject, other = released(begin, smallrig()), person(begin), person(begin, "19900000002")
    with begin() as work:
        belong(work, VAULT, subject, version.policy, "california")
    for one in (subject, other):
        opts(begin, version, one, out=True, language="en")
    with begin() as work:
        found = service.may_ask(work, version, subject, "opt-out:sale")
        general = service.may_ask(work, version, other, "opt-out:sale")
    assert found.clause in {"rights.opt-out.asked_again", "regimes.us-ca.consent.reask"}
    assert found.not_before is not None
    assert found.not_before > clock.now() + timedelta(days=364)
    assert general.clause != "rights.opt-out.asked_again", "the general rules promise no such wait"


def test_a_young_californian_opts_in_by_a_parent(begin: Begin) -> None:
    text = TEXT.replace("regimes: [cn]", "regimes: [us-ca]").replace("minors: {below: 18, rule: barred}\n", "")
    version, child = released(begin, policy(text)), person(begin)
    knows(begin, child, below_fact(13))
    with pytest.raises(RefusedError, match=r"regimes\.us-ca\.child\.age") as raised:
        opts(begin, version, child, out=False)
    assert raised.value.code == "consent.guardian-needed"
    event = opts(begin, version, child, out=False, actor=service.Actor("guardian", "ver-parent"))
    assert (event.grade, event.verification) == ("guardian-verified", "ver-parent")
    older = person(begin, "19900000002")
    knows(begin, older, below_fact(16))
    assert opts(begin, version, older, out=False).grade == "separate"


minutes = st.integers(0, 10 * 366 * 24 * 60)
instants = minutes.map(lambda passed: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=passed))


@given(instants, st.integers(0, 400 * 24), st.sampled_from([Kind.REFUSED, Kind.WITHDRAWN, Kind.OPTED_OUT]))
def test_a_wait_once_over_stays_over_and_a_wait_that_runs_names_its_end(at: datetime, hours: int, kind: Kind) -> None:
    stated = policy(WAITING)
    standings = {"push": Standing(Status.REFUSED, "explicit", at, "evt-a", no=No(at, kind))}
    now = at + timedelta(hours=hours)
    found = asking(stated, standings, "push", now)
    assert found.allowed is (found.not_before is None) is (found.clause is None)
    if found.not_before is not None:
        assert now < found.not_before
        assert not asking(stated, standings, "push", found.not_before - timedelta.resolution).allowed
        assert asking(stated, standings, "push", found.not_before).allowed
    else:
        assert asking(stated, standings, "push", now + timedelta(days=1)).allowed
        assert hours > 24 * 90
