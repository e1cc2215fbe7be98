"""Who may choose what: actors, ages, grades, endings by the controller; never several at once."""

from __future__ import annotations

import inspect
import json

import pytest

from tests.consent.people import (
    HOW,
    VAULT,
    accepts,
    asks,
    facts_about,
    fresh_person,
    gives,
    knows,
    person,
    refuses,
    released,
    status_of,
    withdraws,
)
from tests.versions.sample import TEXT, dated, policy
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Begin
from troth.consent import service
from troth.consent.actor import ACTORS, SELF, Actor
from troth.consent.acts import giving
from troth.consent.asking.prompt import ending
from troth.consent.ledger import text_of
from troth.consent.model import Event, Kind
from troth.journal import service as journal
from troth.policy.model import GRADES
from troth.policy.read import parse
from troth.subjects.age import below_fact
from troth.versions.model import Version

MOTHER = Actor("guardian", "ver-mother")
CHILDREN = TEXT.replace("minors: {below: 18, rule: barred}", "minors: {below: 14, rule: guardian}")
TENDER = TEXT.replace("rule: barred}", "rule: barred, bands: {child: {below: 14, inclusive: true, rule: sensitive}}}")


def gives_as(begin: Begin, version: Version, subject: str, actor: Actor, grade: str = "explicit") -> Event:
    with begin() as work:
        return service.give(work, VAULT, version, subject, "push", grade=grade, actor=actor, **HOW)


def leaf_of(begin: Begin, event: Event) -> dict[str, str]:
    with begin() as work:
        (entry,) = journal.entries(work, event.entry, 1)
    refs: dict[str, str] = json.loads(entry.leaf)["refs"]
    return refs


def test_a_guardian_who_was_verified_consents_for_a_child_and_nobody_else_does(begin: Begin) -> None:
    version, child = released(begin, policy(CHILDREN)), person(begin)
    knows(begin, child, below_fact(14))
    for actor in (SELF, Actor("guardian"), Actor("agent", "ver-agent")):
        with pytest.raises(RefusedError, match=r"`minors\.below`") as raised:
            gives_as(begin, version, child, actor)
        assert raised.value.code == "consent.guardian-needed"
    event = gives_as(begin, version, child, MOTHER)
    assert (event.actor, event.verification, event.grade) == ("guardian", "ver-mother", "guardian-verified")
    refs = leaf_of(begin, event)
    assert (refs["actor"], refs["verification"]) == ("guardian", "ver-mother")
    assert "consent.push.guardian-verified" in facts_about(begin, child, "consent.")


def test_a_child_takes_a_consent_back_alone(begin: Begin) -> None:
    version, child = released(begin, policy(CHILDREN)), person(begin)
    knows(begin, child, below_fact(14))
    gives_as(begin, version, child, MOTHER)
    assert withdraws(begin, version, child).actor == "self"
    assert facts_about(begin, child, "consent.") == set()


@pytest.mark.parametrize("actor", [SELF, Actor("guardian"), Actor("agent", "ver-agent")])
def test_the_grade_of_a_verified_guardian_comes_from_a_verified_guardian_only(begin: Begin, actor: Actor) -> None:
    version, subject = released(begin, policy()), person(begin)
    with pytest.raises(RefusedError) as raised:
        gives_as(begin, version, subject, actor, "guardian-verified")
    assert raised.value.code == "consent.guardian-unverified"
    assert gives_as(begin, version, subject, MOTHER, "guardian-verified").grade == "guardian-verified"


def test_whoever_the_policy_bars_for_their_age_is_refused_by_its_clause(begin: Begin) -> None:
    version, minor = released(begin, policy()), person(begin)
    knows(begin, minor, below_fact(18))
    for act in (
        lambda: gives(begin, version, minor),
        lambda: accepts(begin, version, minor),
        lambda: asks(begin, version, minor),
        lambda: gives_as(begin, version, minor, MOTHER),
    ):
        with pytest.raises(RefusedError, match=r"`minors\.below` bars people of that age \(below 18\)") as raised:
            act()
        assert raised.value.code == "consent.barred"
    with begin() as work:
        assert service.history(work, minor) == ()
        assert not service.may_ask(work, version, minor, "push").allowed
    assert refuses(begin, version, minor).kind is Kind.REFUSED, "a no is heard of anybody"


def test_data_that_is_sensitive_at_an_age_takes_a_consent_of_its_own(begin: Begin) -> None:
    text = TENDER.replace("below: 18, rule: barred", "below: 3, rule: barred")
    version, child = released(begin, policy(text)), person(begin)
    knows(begin, child, below_fact(15))
    with pytest.raises(RefusedError, match=r"minors\.bands\.child") as raised:
        gives(begin, version, child)
    assert raised.value.code == "consent.grade-too-low"
    assert gives(begin, version, child, grade="separate").grade == "separate"


def test_a_child_accepts_through_a_guardian_who_then_has_agreed(begin: Begin) -> None:
    version, child = released(begin, policy(CHILDREN)), person(begin)
    knows(begin, child, below_fact(14))
    with pytest.raises(RefusedError) as raised:
        accepts(begin, version, child)
    assert raised.value.code == "consent.guardian-needed"
    with begin() as work:
        service.accept(work, VAULT, version, child, actor=MOTHER, **HOW)
    assert facts_about(begin, child, "guardian.") == {"guardian.agreed"}
    accepts(begin, version, child)


def test_who_acts_is_one_of_four_and_an_agent_shows_an_authority() -> None:
    assert ACTORS == ("self", "guardian", "agent", "controller")
    for kind, verification, code in (
        ("robot", None, "consent.unknown-actor"),
        ("agent", None, "consent.no-authority"),
        ("guardian", "the mother, +86 19900000001", "consent.bad-verification"),
        ("agent", "19900000001", "consent.bad-verification"),
    ):
        with pytest.raises(InputError) as raised:
            Actor(kind, verification)  # type: ignore[arg-type]  # what a program may send
        assert raised.value.code == code
        assert "19900000001" not in str(raised.value)


@pytest.mark.parametrize("interface", ["", "19900000001", "my own page", "a" * 101, "portal\n"])
def test_where_somebody_chose_is_a_name_and_no_text(begin: Begin, interface: str) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work, pytest.raises(InputError) as raised:
        service.give(work, VAULT, version, subject, "push", grade="explicit", language="zh", interface=interface)
    assert raised.value.code == "consent.bad-interface"


def test_separate_consents_are_never_bundled(begin: Begin) -> None:
    """One act, one matter, one event, one entry: nothing in the package takes several functions for one consent."""
    version, subject = released(begin, policy()), person(begin)
    for name, act in vars(giving).items():
        if inspect.isfunction(act) and act.__module__ == giving.__name__ and not name.startswith("_"):
            assert act.__annotations__["function"] == "str", name
    with begin() as work:
        before = journal.size(work)
    gives(begin, version, subject, "flows.sale", "separate")
    with begin() as work:
        assert journal.size(work) == before + 1
        assert [event.function for event in service.history(work, subject)] == ["flows.sale"]
    for other in ("push", "recipients.bureau"):
        assert status_of(begin, subject, other) == "ConsentUnknown"
        assert facts_about(begin, subject, f"consent.{other}.") == set()


@pytest.mark.parametrize("deemed", GRADES[1:])
def test_a_deemed_consent_never_satisfies_a_higher_grade(begin: Begin, deemed: str) -> None:
    text = TEXT.replace("acceptance: explicit", "acceptance: explicit\ndeemed: [use]")
    version, subject = released(begin, parse({"shop.yaml": text})), fresh_person(begin)
    with begin() as work:
        event = service.deem(work, VAULT, version, subject, "push", ground="use", **HOW)
    assert event is not None
    assert (event.kind, event.grade, event.reason) == (Kind.GIVEN, "deemed", "use")
    held = facts_about(begin, subject, "consent.push.")
    assert (f"consent.push.{deemed}" in held) is (deemed == "deemed")


def test_use_is_an_agreement_only_where_the_policy_says_so_and_never_after_a_no(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work, pytest.raises(RefusedError, match="clause `deemed`") as raised:
        service.deem(work, VAULT, version, subject, "push", ground="use", **HOW)
    assert raised.value.code == "consent.not-deemed"
    version = released(begin, dated("2026-02-01", **{"acceptance: explicit": "acceptance: explicit\ndeemed: [use]"}))
    refuses(begin, version, subject)
    with begin() as work, pytest.raises(RefusedError) as raised:
        service.deem(work, VAULT, version, subject, "push", ground="use", **HOW)
    assert raised.value.code == "consent.said-no"
    gives(begin, version, subject)
    with begin() as work:
        before = journal.size(work)
        assert service.deem(work, VAULT, version, subject, "push", ground="use", **HOW) is None
        assert journal.size(work) == before, "nothing is recorded where a consent stands"


@pytest.mark.parametrize(
    ("act", "kind", "status"),
    [(service.revoke, Kind.REVOKED, "ConsentRevoked"), (service.invalidate, Kind.INVALIDATED, "ConsentInvalidated")],
)
def test_the_controller_ends_a_consent_with_its_reason_and_words(
    begin: Begin, act: object, kind: Kind, status: str
) -> None:
    assert act in {service.revoke, service.invalidate}
    end = service.revoke if act is service.revoke else service.invalidate
    version, subject = released(begin, policy()), person(begin)
    with begin() as work, pytest.raises(ConflictError):
        end(work, VAULT, version, subject, "push", reason="not-informed", language="zh")
    gives(begin, version, subject)
    with begin() as work, pytest.raises(InputError) as raised:
        end(work, VAULT, version, subject, "push", reason="she never read it", language="zh")
    assert raised.value.code == "consent.bad-reason"
    with begin() as work:
        event = end(work, VAULT, version, subject, "push", reason="not-informed", language="zh")
        assert text_of(work, event.prompt) == ending(version.policy, "push", kind, "zh")
    assert (event.kind, event.actor, event.reason) == (kind, "controller", "not-informed")
    assert status_of(begin, subject) == status
    assert facts_about(begin, subject, "consent.") == set()
    assert leaf_of(begin, event)["reason"] == "not-informed"


def test_a_consent_is_bound_to_the_version_the_text_and_the_language_it_was_shown_in(begin: Begin) -> None:
    first, subject = released(begin, policy()), person(begin)
    given = gives(begin, first, subject)
    second = released(begin, policy(TEXT.replace("updated: 2026-01-01", "updated: 2026-02-01")))
    with begin() as work:
        again = service.give(work, VAULT, second, subject, "push", grade="explicit", language="en", interface="portal")
    assert (given.version, given.language) == ("shop:1", "zh")
    assert (again.version, again.language) == ("shop:2", "en")
    assert given.version_hash != again.version_hash
    assert given.prompt != again.prompt
    for event in (given, again):
        refs = leaf_of(begin, event)
        assert refs["version"] == event.version
        assert refs["hash"] == event.version_hash
        assert refs["prompt"] == event.prompt
        assert refs["terms"] == event.terms
        assert (refs["language"], refs["interface"]) == (event.language, event.interface)


@pytest.mark.parametrize("act", ["give", "refuse", "withdraw", "request", "opt_out"])
def test_bad_input_writes_nothing(begin: Begin, act: str) -> None:
    version, subject = released(begin, policy()), person(begin)
    with begin() as work:
        before = journal.size(work)
    named = "sail" if act == "opt_out" else "psuh"
    extra = {"grade": "explicit"} if act == "give" else {}
    for who, what, language in ((subject, named, "zh"), ("sub-nobody", "push", "zh"), (subject, "push", "fr")):
        what_ = "sale" if act == "opt_out" and what == "push" else what
        with pytest.raises((InputError, ConflictError)), begin() as work:
            getattr(service, act)(work, VAULT, version, who, what_, language=language, interface="portal", **extra)
    with begin() as work:
        assert journal.size(work) == before
