"""Every control keeps its promise on the example, and says so when it is broken: one that cannot fail shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from troth.app.drills.folder import Folder, read_folder
from troth.app.drills.practice import Sample, read_promises, read_sample
from troth.app.drills.sandbox import sandboxes
from troth.drill.controls import CONTROLS
from troth.drill.model import Promise, Result
from troth.drill.rows import table_sizes
from troth.drill.run import rehearse
from troth.drill.sandbox import MakeSandbox
from troth.policy.read import parse

KAICONN = Path(__file__).resolve().parents[2] / "examples" / "kaiconn"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

Drill = Callable[..., Result]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return read_sample(KAICONN)


@pytest.fixture(scope="module")
def source() -> Folder:
    return read_folder(KAICONN)


@pytest.fixture(scope="module")
def world(source: Folder, sample: Sample) -> Iterator[MakeSandbox]:
    with sandboxes(source, sample, START) as make:
        yield make


@pytest.fixture
def drill(world: MakeSandbox, source: Folder, sample: Sample) -> Iterator[Drill]:
    """Rehearse one control; `change` replaces texts of the policy first."""
    with ExitStack() as opened:

        def one(
            control: str, clauses: tuple[str, ...] = (), change: Mapping[str, str] | None = None, **given: Any
        ) -> Result:
            promise = Promise("P-1", "test", {"zh": "诺", "en": "a promise"}, clauses, control, given)
            make = opened.enter_context(sandboxes(_changed(source, change), sample, START)) if change else world
            (result,) = rehearse([promise], make, lambda _result: None)
            return result

        yield one


def _changed(source: Folder, change: Mapping[str, str]) -> Folder:
    text = (KAICONN / "policy.yaml").read_text(encoding="utf-8")
    for before, after in change.items():
        assert before in text
        text = text.replace(before, after, 1)
    return Folder(parse({"policy.yaml": text}), source.maps)


def test_every_promise_of_the_example_names_a_control_of_the_list() -> None:
    policy = read_folder(KAICONN).policy
    promises = read_promises(KAICONN, policy)
    assert len(promises) > 40
    assert {promise.control for promise in promises} <= CONTROLS.keys()


def test_every_control_says_what_it_is_in_both_languages() -> None:
    assert all(set(control.says) == {"zh", "en"} for control in CONTROLS.values())


KEPT: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
    ("notice-says", ("statements.headings",), {}),
    ("code-proves-channel", (), {}),
    ("needed-first", (), {"function": "register", "facts": ["verified.phone", "accepted.policy"]}),
    ("optional-left-out", (), {"function": "register"}),
    ("minor-barred", (), {"below": 18}),
    ("consent-first", (), {"function": "push"}),
    ("withdrawal-stops", (), {"function": "push"}),
    ("past-stays-provable", (), {"function": "push"}),
    ("declared-purposes-only", (), {}),
    ("decisions-are-journaled", (), {}),
    ("purpose-served", (), {"purposes": ["account"], "functions": ["register", "profile"]}),
    ("purpose-served", (), {"purposes": ["device-analysis"]}),
    ("purpose-served", (), {"purposes": ["marketing"], "items":
     ["identity.name", "identity.address", "identity.contact", "finance.bank_account"]}),
    ("purpose-served", (),
     {"purposes": ["improve"], "of": ["usage"], "kept_from": ["account", "real-name", "security"]}),
    ("no-other-recipient", (), {"actions": ["share", "transfer"]}),
    ("recipient-gets-its-list", (),
     {"recipient": "getui", "receives": ["device.identifier", "location.precise", "device.mac"]}),
    ("phone-reachable", (), {}),
    ("refused-with-ground", (), {"grounds": ["repetition", "impractical"], "discretionary": True}),
    ("refused-with-ground", (), {"grounds": ["bad-faith"], "discretionary": False}),  # it needs evidence
    ("complaint-answered", (), {"within": "30 days"}),
    ("automated-explained", (), {}),
    ("hold-respected", (), {}),
    ("marketing-stops", (), {"stops": ["marketing"], "goes_on": ["account", "push"]}),
    ("refusal-harmless", (), {"refused": "marketing-events", "goes_on": ["register", "run", "push"]}),
    ("accepted-again", (), {}),
    ("old-versions-readable", (), {}),
    ("languages-compared", (), {}),
    ("closed-by-oneself", (), {"channels": ["self-service"]}),
    ("sees-own-data", (), {}),
    ("copy-after-identity", (), {}),
    ("answered-in-time", (), {"requests": ["copy"], "within": "30 working days"}),
    ("closes-after-cooling-off", (), {"after": "7 days"}),
    ("recall-ends", (), {"after": "7 days"}),
    ("erases-everything", (), {"request": "erasure"}),
    ("erases-everything", (), {"request": "close_account"}),
    ("corrected", (), {"corrects": ["account.nickname"]}),
    ("corrected", (), {"corrects": ["account.phone"], "locked": ["account.phone"]}),
    ("self-service", (), {"corrects": ["account.nickname"]}),
    ("fee-by-rule", (), {"request": "copy", "free": 2}),
    ("recipients-told", (), {"request": "erasure"}),
    ("relative-answered", (), {"asker": ["close-relative"], "request": "copy"}),
    ("identity-checked", (), {"asks": ["copy"]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("control", "clauses", "given"), KEPT, ids=[f"{row[0]}{number}" for number, row in enumerate(KEPT)]
)
def test_a_control_keeps_its_promise_on_the_example(
    drill: Drill, control: str, clauses: tuple[str, ...], given: dict[str, Any]
) -> None:
    result = drill(control, clauses, **given)
    assert result.state == "kept", result.evidence
    assert result.evidence


_DIFFERS = """  functions.register.optional: {zh: 完善头像、昵称, en: "change avatar, nickname"}
"""
_SHARING = "for: sharing\n    basis: "
_APART = "".join((KAICONN / "policy.yaml").read_text(encoding="utf-8").partition("\nonly_in:")[1:])
_VERIFIED = "after: [verified.phone, accepted.policy, accepted.terms]"
_BY_ONESELF = "by: [self-service]\n    path: {zh: 【我的】"
_BY_POST = "by: [post]\n    path: {zh: 【我的】"

BROKEN: list[tuple[str, tuple[str, ...], dict[str, str] | None, dict[str, Any]]] = [
    ("notice-says", ("statements.headings",), None, {"contains": {"en": ["we sell nothing"]}}),
    ("sections-present", (), None, {"anchors": ["no.such.section"]}),
    ("needed-first", (), {_VERIFIED: "after: [accepted.policy]"},
     {"function": "register", "facts": ["verified.phone"]}),
    ("optional-left-out", (), {"    optional: [account.nickname, account.avatar]\n": "", _DIFFERS: ""},
     {"function": "register"}),
    ("minor-barred", (), None, {"below": 16}),
    ("consent-first", (), {_SHARING + "consent\n    grade: explicit": _SHARING + "contract"},
     {"function": "share-wechat"}),
    ("purpose-served", (), None, {"purposes": ["finance"]}),
    ("purpose-served", (), None, {"purposes": ["marketing"], "items": ["identity.name"]}),
    ("purpose-served", (), None, {"purposes": ["improve"], "kept_from": ["account"]}),  # IP addresses serve both
    ("purpose-served", (), None, {"purposes": ["improve"], "of": ["finance"], "kept_from": ["account"]}),
    ("refused-with-ground", (), None, {"grounds": ["weather"]}),
    ("refused-with-ground", (), None, {"grounds": ["bad-faith"], "discretionary": True}),
    ("complaint-answered", (), None, {"within": "15 days"}),
    ("marketing-stops", (), None, {"stops": ["finance"]}),
    ("refusal-harmless", (), None, {"refused": "push", "goes_on": ["push"]}),
    ("refusal-harmless", (), None, {"refused": "register", "goes_on": ["run"]}),
    ("refusal-harmless", (), None, {"refused": "push", "goes_on": []}),
    ("matrix-kept", (), None, {"purposes": ["account"], "categories": ["account"]}),
    ("answered-for-audience", (), None, {"request": "erasure", "within": "15 days"}),
    ("answered-for-audience", (), None, {"request": "erasure"}),
    ("phone-reachable", (), {_VERIFIED: "after: [accepted.policy]"}, {}),
    ("languages-compared", (), {_APART: ""}, {}),
    ("closed-by-oneself", (), {_BY_ONESELF: _BY_POST}, {"channels": ["self-service"]}),
    ("recipient-gets-its-list", (), None, {"recipient": "getui", "receives": ["device.mac"]}),
    ("answered-in-time", (), None, {"requests": ["copy"], "within": "15 working days"}),
    ("closes-after-cooling-off", (), {"cooling_off: 7 days": "cooling_off: 5 days"}, {"after": "7 days"}),
    ("closes-after-cooling-off", (), {"cooling_off: 7 days": "cooling_off: 9 days"}, {"after": "7 days"}),
    ("recall-ends", (), {"cooling_off: 7 days": "cooling_off: 9 days"}, {"after": "7 days"}),
    ("corrected", (), None, {"corrects": ["account.phone"]}),  # it is locked
    ("corrected", (), None, {"corrects": ["account.nickname"], "locked": ["account.nickname"]}),
    ("corrected", (), None, {"corrects": ["finance.bank_account"]}),  # nothing of it is held
    ("corrected", (), None, {"corrects": ["account.nickname"], "within": "1 day"}),
    ("corrected", (), None, {"corrects": ["account.nickname"], "as_in": "copy"}),
    ("fee-by-rule", (), None, {"request": "copy", "free": 1}),
    ("fee-by-rule", (), None, {"request": "copy", "free": 3}),
    ("asked-not-too-often", (), None, {"asks": ["copy"], "times": 1, "per": "1 year"}),
    ("recipients-told", (), None, {"request": "copy"}),
    ("agent-answered", (), None, {"asker": ["agent"], "request": "copy"}),  # this policy takes no agents
]  # fmt: skip


@pytest.mark.parametrize(
    ("control", "clauses", "change", "given"), BROKEN, ids=[f"{row[0]}{number}" for number, row in enumerate(BROKEN)]
)
def test_a_control_tells_a_promise_that_the_policy_does_not_keep(
    drill: Drill, control: str, clauses: tuple[str, ...], change: dict[str, str] | None, given: dict[str, Any]
) -> None:
    result = drill(control, clauses, change, **given)
    assert result.state == "broken", result.evidence


# What follows breaks the machinery itself, as a fault in it would, and expects the control to notice.


def test_codes_that_accept_anything_are_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.subjects.codes.redeem", lambda *_given, **_named: None)
    assert drill("code-proves-channel").state == "broken"


def test_a_withdrawal_without_effect_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.choice.withdraw", lambda *_given, **_named: None)
    assert drill("withdrawal-stops", function="push").state == "broken"
    assert drill("past-stays-provable", function="push").state == "broken"


def test_a_decision_that_is_not_journaled_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.decision.service import peek  # noqa: PLC0415

    def unrecorded(work: Any, vault: Any, version: Any, subject: str, asked: list[Any]) -> list[Any]:
        return [peek(work, vault, version, subject, one) for one in asked]

    monkeypatch.setattr("troth.drill.person.decide_all", unrecorded)
    assert drill("decisions-are-journaled").state == "broken"


def test_an_erasure_that_leaves_a_table_out_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.stores.sql.store import SqlStore  # noqa: PLC0415

    monkeypatch.setattr(SqlStore, "erase", lambda _store, _people: ())
    assert drill("erases-everything", request="erasure").state == "broken"
    assert drill("closes-after-cooling-off", after="7 days").state == "broken"


def test_an_erasure_that_takes_a_neighbours_row_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def one_more_gone(sandbox: Any) -> Mapping[tuple[str, str], int]:
        calls.append(1)
        found = dict(table_sizes(sandbox))
        if len(calls) > 1:
            found[next(iter(found))] -= 1
        return found

    monkeypatch.setattr("troth.drill.controls.account.table_sizes", one_more_gone)
    assert drill("erases-everything", request="erasure").state == "broken"


def test_a_use_that_is_allowed_without_a_clause_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.decision.engine import Question  # noqa: PLC0415

    declared = [Question("account", "account.phone")]
    monkeypatch.setattr("troth.drill.controls.limits.undeclared_uses", lambda _policy: iter(declared))
    assert drill("declared-purposes-only").state == "broken"


def test_a_copy_without_identity_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.drill.controls import request  # noqa: PLC0415
    from troth.drill.person import signed_up  # noqa: PLC0415

    monkeypatch.setattr(request, "arrive", signed_up)
    assert drill("copy-after-identity").state == "broken"


def test_a_view_that_leaves_rows_out_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.stores.sql.store import SqlStore  # noqa: PLC0415

    whole = SqlStore.access
    monkeypatch.setattr(SqlStore, "access", lambda store, people: iter(list(whole(store, people))[1:]))
    assert drill("sees-own-data").state == "broken"


def test_a_recipient_that_gets_what_no_clause_declares_is_noticed(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.decision.engine import Question  # noqa: PLC0415

    declared = [Question("law", "account.phone", "share", "authorities")]
    monkeypatch.setattr("troth.drill.controls.limits.undeclared_ways", lambda _policy, _action: iter(declared))
    assert drill("no-other-recipient", actions=["share"]).state == "broken"


def test_a_stranger_who_is_answered_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.limits._STRANGER", "getui")
    seen = drill("no-other-recipient", actions=["share"])
    assert (seen.state, seen.evidence) == ("broken", "a recipient that the policy does not name was not told to be one")


def test_a_consent_without_effect_on_a_purpose_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.purpose.agree", lambda *_given: None)
    seen = drill("purpose-served", purposes=["device-analysis"])
    assert seen.state == "broken"
    assert "was denied although all its conditions held" in seen.evidence


def test_a_purpose_that_is_served_before_its_conditions_hold_is_noticed(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.drill.person import signed_up  # noqa: PLC0415

    monkeypatch.setattr("troth.drill.controls.purpose.arrive", signed_up)
    seen = drill("purpose-served", purposes=["account"], functions=["register"])
    assert seen.state == "broken"
    assert "was allowed before its conditions held" in seen.evidence


def test_numbers_that_are_taken_with_digits_missing_are_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.subjects.identifier._cut_short", lambda _number: False)
    assert drill("phone-reachable").state == "broken"


def test_a_difference_that_lint_passes_over_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.text.lint", lambda _policy: ())
    assert drill("languages-compared").state == "broken"


def test_a_closing_that_waits_for_the_staff_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.requests.machine import State  # noqa: PLC0415

    monkeypatch.setattr("troth.drill.controls.account._WAITS_FOR_STAFF", {State.COOLING_OFF})
    seen = drill("closed-by-oneself", channels=["self-service"])
    assert seen.state == "broken"
    assert "somebody of the staff had to act" in seen.evidence


def test_a_closed_account_that_goes_on_being_used_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = [(None, SimpleNamespace(outcome="allowed"))]
    monkeypatch.setattr("troth.drill.controls.account.ask_all", lambda *_given: allowed)
    seen = drill("erases-everything", request="close_account")
    assert (seen.state, seen.evidence) == ("broken", "something may be done with a closed account")


def test_a_refusal_without_effect_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.deciding.review.refuse", lambda *_given, **_named: None)
    seen = drill("refused-with-ground", grounds=["repetition"])
    assert (seen.state, seen.evidence) == (
        "broken",
        "a request was refused without a ground of the policy, or without a reason",
    )


def test_a_refusal_that_asks_for_no_evidence_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.requests.deciding import review  # noqa: PLC0415

    whole = review.refuse

    def lenient(*given: Any, **named: Any) -> Any:
        return whole(*given, **{**named, "evidence": named["evidence"] or "made up"})

    monkeypatch.setattr("troth.requests.deciding.review.refuse", lenient)
    assert drill("refused-with-ground", grounds=["bad-faith"]).state == "broken"


def test_an_answer_that_the_person_cannot_read_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.staff.texts", lambda *_given: ())
    for control in ("complaint-answered", "automated-explained"):
        seen = drill(control)
        assert (seen.state, seen.evidence) == ("broken", "the person cannot read the answer"), control


def test_a_complaint_that_lies_unseen_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.staff.overdue", lambda _work: ())
    seen = drill("complaint-answered")
    assert seen.state == "broken"
    assert "does not show up as late" in seen.evidence


def test_an_erasure_that_takes_no_notice_of_a_hold_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = SimpleNamespace(id="hld-none")
    monkeypatch.setattr("troth.requests.holds.place", lambda *_given, **_named: nothing)
    seen = drill("hold-respected")
    assert (seen.state, seen.evidence) == ("broken", "the erasure is fulfilled under a hold")


def test_an_objection_without_effect_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.choices.carry_out", lambda *_given: None)
    seen = drill("marketing-stops", stops=["marketing"])
    assert seen.state == "broken"
    assert "was allowed after the objection" in seen.evidence


def test_a_version_that_binds_before_it_was_accepted_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.version.binding_version", lambda _work, version, _subject: version)
    assert drill("accepted-again").state == "broken"


def test_a_version_that_was_changed_afterwards_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.versions.service import all_versions  # noqa: PLC0415

    def other(work: Any, version_id: str) -> Any:
        found = all_versions(work, version_id.partition(":")[0])
        return next(one for one in found if one.id != version_id)

    monkeypatch.setattr("troth.drill.controls.version.get", other)
    assert drill("old-versions-readable").state == "broken"


def test_a_refusal_that_is_not_heard_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.consent.matter import find_matter  # noqa: PLC0415
    from troth.drill.person import agree  # noqa: PLC0415

    def agreeing_to_more(sandbox: Any, subject: str, matter: Any) -> None:
        agree(sandbox, subject, matter)
        agree(sandbox, subject, find_matter(sandbox.policy, "marketing-events"))

    monkeypatch.setattr("troth.drill.controls.choice.agree", agreeing_to_more)
    monkeypatch.setattr("troth.drill.controls.choice.refuse", lambda *_given, **_named: None)
    seen = drill("refusal-harmless", refused="marketing-events", goes_on=["push"])
    assert seen.state == "broken"
    assert "was allowed after it was refused" in seen.evidence


def test_a_correction_that_also_changes_a_neighbour_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    from troth.stores.sql.store import SqlStore  # noqa: PLC0415

    whole = SqlStore.correct

    def careless(store: SqlStore, wanted: Any) -> Any:
        done = whole(store, wanted)
        with store._engine.begin() as connection:  # the fault lies beneath the store's own doors
            connection.exec_driver_sql("UPDATE customers SET nickname = 'x' WHERE id = 1")
        return done

    monkeypatch.setattr(SqlStore, "correct", careless)
    assert drill("corrected", corrects=["account.nickname"]).state == "broken"


def test_recipients_that_nobody_tells_are_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.telling.recipients.tell", lambda *_given, **_named: None)
    assert drill("recipients-told", request="erasure").state == "broken"


def test_a_price_for_what_is_free_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.deciding.fees.reasons", lambda *_given: ("repeated",))
    assert drill("fee-by-rule", request="copy", free=2).state == "broken"


def test_an_asker_who_shows_nothing_and_is_let_in_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.proof.identity.seen", lambda *_given: ())
    assert drill("relative-answered", asker=["close-relative"], request="copy").state == "broken"


def test_a_stranger_who_shows_nothing_and_is_answered_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.proof.identity.seen", lambda *_given: ())
    assert drill("identity-checked", asks=["copy"]).state == "broken"


def test_what_was_shown_and_is_kept_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.requests.proof.evidence.discard", lambda *_given: None)
    assert drill("identity-checked", asks=["copy"]).state == "broken"
