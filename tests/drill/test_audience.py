"""Promises of one audience are rehearsed as somebody of that audience, and only there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from troth.app.drills.folder import read_folder
from troth.app.drills.practice import read_sample
from troth.app.drills.sandbox import sandboxes
from troth.drill.model import Promise, Result
from troth.drill.run import rehearse
from troth.drill.sandbox import MakeSandbox

SMALLRIG = Path(__file__).resolve().parents[2] / "examples" / "smallrig"
CALIFORNIA, CHINA = "rule_sets.california", "rule_sets.china"

Drill = Callable[..., Result]


@pytest.fixture(scope="module")
def world() -> Iterator[MakeSandbox]:
    with sandboxes(read_folder(SMALLRIG), read_sample(SMALLRIG), datetime(2026, 3, 2, 1, tzinfo=UTC)) as make:
        yield make


@pytest.fixture
def drill(world: MakeSandbox) -> Drill:
    def one(control: str, *clauses: str, **given: Any) -> Result:
        promise = Promise("P-1", "test", {"zh": "诺", "en": "a promise"}, clauses, control, given)
        (result,) = rehearse([promise], world, lambda _result: None)
        return result

    return one


@pytest.mark.parametrize(
    ("clauses", "audience"),
    [
        ((f"{CALIFORNIA}.matrices.uses", f"{CALIFORNIA}.purposes"), "california"),
        ((f"{CHINA}.minors",), "china"),
        (("minors.below",), None),
        ((f"{CALIFORNIA}.minors", "minors.below"), None),
        ((f"{CALIFORNIA}.minors", f"{CHINA}.minors"), None),
    ],
)
def test_a_promise_is_of_the_audience_in_which_all_its_clauses_lie(
    clauses: tuple[str, ...], audience: str | None
) -> None:
    assert Promise("P-1", "test", {}, clauses, "matrix-kept", {}).audience == audience


@pytest.mark.parametrize(
    ("control", "clause", "given"),
    [
        ("asked-not-too-often", CALIFORNIA, {"asks": ["know"], "times": 2, "per": "12 months"}),
        ("agent-answered", CALIFORNIA, {"asker": ["agent"], "request": "copy", "way": "registered"}),
        ("identity-checked", CALIFORNIA, {"asks": ["know"]}),
        ("exempted-as-stated", CALIFORNIA, {"exemption": "employment", "asks": ["know"]}),
        ("exempted-as-stated", CALIFORNIA, {"exemption": "b2b", "asks": ["erasure"]}),
        ("matrix-kept", CALIFORNIA, {"purposes": ["03-account"], "categories": ["A", "B", "D"], "without": ["F"]}),
        ("matrix-kept", CALIFORNIA, {"purposes": ["07-security"], "categories": ["F"], "without": ["A", "B", "D"]}),
        ("answered-for-audience", CALIFORNIA, {"request": "erasure", "acknowledge": "10 days", "within": "45 days"}),
        ("answered-for-audience", CALIFORNIA, {"request": "erasure", "extension": "45 days"}),
        ("answered-for-audience", CHINA, {"request": "erasure", "within": "15 days"}),
        ("purpose-served", CHINA, {"purposes": ["permitted"]}),
        ("needed-first", CHINA, {"function": "browse", "facts": ["accepted.policy"]}),
        ("purpose-served", "purposes", {"purposes": ["contracts"], "functions": ["orders"]}),
    ],
)
def test_an_audience_gets_what_its_rules_promise(
    drill: Drill, control: str, clause: str, given: dict[str, Any]
) -> None:
    result = drill(control, f"{clause}.x", **given)
    assert result.state == "kept", result.evidence
    assert result.evidence


@pytest.mark.parametrize(
    ("control", "clause", "given", "seen"),
    [
        ("matrix-kept", CALIFORNIA, {"purposes": ["03-account"], "categories": ["A", "B", "D", "F"]}, "was gap"),
        ("matrix-kept", CALIFORNIA, {"purposes": ["03-account"], "categories": ["A", "B"]}, "was allowed"),
        ("matrix-kept", CALIFORNIA, {"purposes": ["01-reason"], "categories": ["C"]}, "have no item"),
        ("matrix-kept", CALIFORNIA, {"purposes": ["03-account"], "categories": ["A"], "without": ["A"]}, "at once"),
        ("answered-for-audience", CALIFORNIA, {"request": "erasure", "within": "15 days"}, "deadline is 45 days"),
        ("answered-for-audience", CALIFORNIA, {"request": "erasure", "acknowledge": "5 days"}, "deadline is 10 days"),
        ("answered-for-audience", CALIFORNIA, {"request": "erasure", "extension": "30 days"}, "extended by 45 days"),
        ("answered-for-audience", CHINA, {"request": "erasure", "within": "45 days"}, "deadline is 15 days"),
        ("answered-for-audience", CHINA, {"request": "erasure", "extension": "45 days"}, "no-extension"),
        ("answered-for-audience", "rights", {"request": "erasure", "within": "45 days"}, "carries 0 deadlines"),
        ("matrix-kept", "purposes", {"purposes": ["contracts"], "categories": ["contact"]}, "was"),
    ],
)
def test_what_the_rules_of_an_audience_do_not_say_is_noticed(
    drill: Drill, control: str, clause: str, given: dict[str, Any], seen: str
) -> None:
    result = drill(control, f"{clause}.x", **given)
    assert result.state == "broken", result.evidence
    assert seen in result.evidence


def test_rules_that_hold_outside_their_audience_are_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.controls.audience.belong", lambda *_given: None)
    given = {"purposes": ["03-account"], "categories": ["A", "B", "D"]}
    result = drill("matrix-kept", f"{CALIFORNIA}.x", **given)
    assert result.state == "broken"
    assert "is allowed outside the audience" in result.evidence


def test_a_person_who_is_of_no_audience_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("troth.drill.person.belong", lambda *_given: None)
    assert drill("answered-for-audience", f"{CHINA}.x", request="erasure", within="15 days").state == "broken"


def test_an_exemption_that_is_not_heard_is_noticed(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "troth.requests.deciding.exemptions.of_today", lambda _policy, _kind, details, _at: replace(details, exempt="")
    )
    assert drill("exempted-as-stated", CALIFORNIA, exemption="employment", asks=["know"]).state == "broken"
