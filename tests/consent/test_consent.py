from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import HOW, VAULT, accepts, gives, person, refuses, released, withdraws
from tests.versions.sample import TEXT, dated, policy
from troth.base.clock import SettableClock
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Begin
from troth.consent import service, tables
from troth.consent.asking.prompt import prompt, withdrawal
from troth.consent.ledger import text_of
from troth.consent.model import Kind, Status, facts_of
from troth.journal import service as journal
from troth.policy.model import GRADES
from troth.subjects import facts
from troth.subjects.service import commitment, shred

SEPARATE = {"grade: explicit": "grade: separate"}


def facts_about(begin: Begin, subject: str, function: str = "push") -> set[str]:
    with begin() as work:
        return {name for name in facts.facts(work, subject) if name.startswith(f"consent.{function}.")}


def test_giving_is_recorded_with_all_that_was_shown(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    event = gives(begin, version, subject)
    shown = prompt(version.policy, "push", "zh")
    assert (event.kind, event.grade, event.function) == (Kind.GIVEN, "explicit", "push")
    assert (event.version, event.version_hash) == (version.id, version.hash)
    assert event.prompt == f"sha256:{hashlib.sha256(shown.encode()).hexdigest()}"
    assert (event.language, event.interface, event.actor, event.at) == ("zh", "portal", "self", clock.now())
    with begin() as work:
        assert text_of(work, event.prompt) == shown
        assert service.history(work, subject) == (event,)
        standing = service.state(work, subject)["push"]
        assert (standing.status, standing.event) == (Status.GIVEN, event.id)
        (entry,) = journal.entries(work, event.entry, 1)
        refs = json.loads(entry.leaf)["refs"]
        assert entry.kind == "consent.given"
        assert refs["subject"] == commitment(work, VAULT, subject, event.id)
        assert (refs["prompt"], refs["hash"], refs["event"]) == (event.prompt, version.hash, event.id)
    assert facts_about(begin, subject) == {f"consent.push.{grade}" for grade in ("deemed", "general", "explicit")}


def test_leaves_contain_none_of_the_persons_values(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    accepts(begin, version, subject)
    gives(begin, version, subject)
    withdraws(begin, version, subject)
    with begin() as work:
        leaves = b"".join(entry.leaf for entry in journal.entries(work, 0, 100))
    assert b"consent.withdrawn" in leaves
    assert b"19900000001" not in leaves
    assert subject.encode() not in leaves


def test_two_leaves_of_one_person_do_not_tell_that_it_is_one(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    first, second = gives(begin, version, subject), withdraws(begin, version, subject)
    with begin() as work:
        leaves = [json.loads(journal.entries(work, each.entry, 1)[0].leaf) for each in (first, second)]
    assert leaves[0]["refs"]["subject"] != leaves[1]["refs"]["subject"]


def test_the_text_shown_is_kept_once(begin: Begin) -> None:
    version = released(begin, policy())
    counts = []
    for phone in ("19900000001", "19900000002"):
        gives(begin, version, person(begin, phone))
        with begin() as work:
            counts.append(work.db.scalar(sa.select(sa.func.count()).select_from(tables.prompt)))
    assert counts == [4, 4], "the text, what it is about in two languages, and the list of these"


def test_giving_again_renews(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    gives(begin, version, subject, grade="separate")
    assert gives(begin, version, subject, grade="explicit").kind is Kind.RENEWED
    with begin() as work:
        standing = service.state(work, subject)["push"]
    assert (standing.status, standing.grade) == (Status.RENEWED, "separate")
    assert "consent.push.separate" in facts_about(begin, subject)


def test_a_grade_that_is_too_low_is_refused(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with pytest.raises(RefusedError) as raised:
        gives(begin, version, subject, grade="general")
    assert raised.value.code == "consent.grade-too-low"
    with begin() as work:
        assert service.history(work, subject) == ()


@pytest.mark.parametrize("grade", ["none", "", "total"])
def test_what_is_no_grade_of_consent_is_refused(begin: Begin, grade: str) -> None:
    version, subject = released(begin, policy()), person(begin)
    with pytest.raises(InputError) as raised:
        gives(begin, version, subject, grade=grade)
    assert raised.value.code == "consent.unknown-grade"


def test_a_function_that_asks_no_consent_takes_none(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with pytest.raises(InputError) as raised:
        gives(begin, version, subject, "register")
    assert raised.value.code == "consent.not-asked"


def test_lines_and_recipients_that_ask_for_their_own_consent_get_it(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    gives(begin, version, subject, "flows.sale", "separate")
    assert "consent.flows.sale.separate" in facts_about(begin, subject, "flows.sale")
    assert facts_about(begin, subject, "recipients.bureau") == set()


def test_a_barred_minor_gives_and_accepts_nothing_but_may_withdraw(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    gives(begin, version, subject)
    with begin() as work:
        facts.change(work, subject, add=["age.barred"])
    for act in (lambda: gives(begin, version, subject), lambda: accepts(begin, version, subject)):
        with pytest.raises(RefusedError, match=r"minors\.below") as raised:
            act()
        assert raised.value.code == "consent.barred"
    assert withdraws(begin, version, subject).kind is Kind.WITHDRAWN


def test_of_an_erased_person_nothing_is_recorded(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work:
        shred(work, VAULT, subject)
    for act in (lambda: gives(begin, version, subject), lambda: accepts(begin, version, subject)):
        with pytest.raises(RefusedError) as raised:
            act()
        assert raised.value.code == "subjects.shredded"


def test_withdrawal_acts_from_its_own_time_and_never_rewrites_the_past(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    before = clock.now()
    clock.advance(timedelta(hours=1))
    given = gives(begin, version, subject)
    clock.advance(timedelta(days=30))
    with begin() as work:
        leaf = journal.entries(work, given.entry, 1)
    withdrawn = withdraws(begin, version, subject)
    assert withdrawn.at == clock.now()
    with begin() as work:
        assert service.state(work, subject, before) == {}
        assert service.state(work, subject, given.at)["push"].valid
        assert service.state(work, subject, withdrawn.at - timedelta(microseconds=1))["push"].valid
        assert service.state(work, subject, withdrawn.at)["push"].status is Status.WITHDRAWN
        assert service.history(work, subject) == (given, withdrawn)
        assert journal.entries(work, given.entry, 1) == leaf
    assert facts_about(begin, subject) == set()


def test_a_withdrawal_takes_no_more_than_a_giving() -> None:
    give, take = service.give.__kwdefaults__ or {}, service.withdraw.__kwdefaults__ or {}
    asked = set(service.give.__annotations__) - set(give)
    needed = set(service.withdraw.__annotations__) - set(take)
    assert needed < asked


def test_the_words_of_the_withdrawal_are_kept_too(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    gives(begin, version, subject)
    event = withdraws(begin, version, subject)
    with begin() as work:
        text = work.db.scalar(sa.select(tables.prompt.c.text).where(tables.prompt.c.hash == event.prompt))
    assert text == withdrawal(version.policy, "push", "zh")


def test_what_was_not_given_cannot_be_withdrawn(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with pytest.raises(ConflictError) as raised:
        withdraws(begin, version, subject)
    assert raised.value.code == "consent.not-given"
    gives(begin, version, subject)
    withdraws(begin, version, subject)
    with pytest.raises(ConflictError):
        withdraws(begin, version, subject)


def test_a_consent_that_the_new_version_does_not_ask_for_can_still_be_withdrawn(begin: Begin) -> None:
    first, subject = released(begin, policy()), person(begin)
    gives(begin, first, subject)
    second = released(begin, policy(TEXT.replace("basis: consent\n    grade: explicit", "basis: contract")))
    assert second.id == "shop:2"
    event = withdraws(begin, second, subject)
    assert event.version == "shop:1"
    assert facts_about(begin, subject) == set()


def test_a_refusal_is_recorded_and_ends_what_stood(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    assert refuses(begin, version, subject).kind is Kind.REFUSED
    gives(begin, version, subject)
    refuses(begin, version, subject)
    assert facts_about(begin, subject) == set()
    with begin() as work:
        assert service.state(work, subject)["push"].status is Status.REFUSED


def test_an_event_that_rolls_back_leaves_no_trace(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)

    def interrupted() -> None:
        with begin() as work:
            service.give(work, VAULT, version, subject, "push", grade="explicit", **HOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with begin() as work:
        assert service.history(work, subject) == ()
        assert {entry.kind for entry in journal.entries(work, 0, 9)} == {"policy.published", "subject.registered"}
    assert facts_about(begin, subject) == set()


acts = st.sampled_from(["give", "refuse", "withdraw"])
choices = st.lists(st.tuples(acts, st.sampled_from(GRADES[3:-1])), max_size=6)


@given(choices)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_facts_are_always_what_the_ledger_folds_to(begin: Begin, made: list[tuple[str, str]]) -> None:
    with begin() as work:
        phone = f"199{int.from_bytes(work.entropy(4), 'big') % 10**8:08}"
    version, subject = released(begin, policy()), person(begin, phone)
    for act, grade in made:
        try:
            if act == "give":
                gives(begin, version, subject, grade=grade)
            elif act == "refuse":
                refuses(begin, version, subject)
            else:
                withdraws(begin, version, subject)
        except ConflictError:
            assert act == "withdraw"
        with begin() as work:
            folded = service.state(work, subject)
        expected = {name for function, standing in folded.items() for name in facts_of(function, standing)}
        assert facts_about(begin, subject) == expected


def test_accepting_pins_a_person_until_they_accept_another_version(begin: Begin) -> None:
    first, subject, other = released(begin, policy()), person(begin), person(begin, "19900000002")
    accepts(begin, first, subject)
    second = released(begin, dated("2026-02-01", **SEPARATE))
    with begin() as work:
        assert facts.facts(work, subject) >= {"accepted.policy", "accepted.terms"}
        assert service.accepted_version(work, subject, "shop") == "shop:1"
        assert service.binding_version(work, second, subject) == first
        assert service.accepted_version(work, other, "shop") is None
        assert service.binding_version(work, second, other) == second
        assert service.accepted_version(work, subject, "other") is None
    accepts(begin, second, subject)
    with begin() as work:
        assert service.accepted_version(work, subject, "shop") == "shop:2"
        assert service.binding_version(work, second, subject) == second


def test_deemed_acceptance_moves_people_with_the_version_in_force(begin: Begin) -> None:
    first, subject = released(begin, policy(TEXT.replace("acceptance: explicit", "acceptance: deemed"))), person(begin)
    accepts(begin, first, subject)
    second = released(begin, dated("2026-02-01", **{"acceptance: explicit": "acceptance: deemed"}))
    with begin() as work:
        assert service.binding_version(work, second, subject) == second


def test_accepting_the_terms_alone_pins_no_policy(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    accepts(begin, version, subject, "terms")
    with begin() as work:
        assert facts.facts(work, subject) == {"accepted.terms"}
        assert service.accepted_version(work, subject, "shop") is None


@pytest.mark.parametrize("documents", [(), ("policy", "novel")])
def test_only_known_documents_are_accepted(begin: Begin, documents: tuple[str, ...]) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work, pytest.raises(InputError) as raised:
        service.accept(work, VAULT, version, subject, documents=documents, **HOW)
    assert raised.value.code == "consent.unknown-document"
