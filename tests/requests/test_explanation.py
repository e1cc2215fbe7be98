"""A decision is explained, contested, looked at by a human being, and remedied; the person is told each time."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from tests.requests.world import POLICY, World, under
from troth.base.errors import ConflictError, InputError
from troth.decision.model import Question
from troth.decision.service import decide
from troth.requests import record, texts
from troth.requests.deciding import explaining, linked, review, reviewing
from troth.requests.details import Details
from troth.requests.fulfilment import package
from troth.requests.machine import State
from troth.requests.model import Request
from troth.subjects import facts

OFFICER = "officer@kaiconn.example"
WHY = Details(text="Why was my order declined?")


@pytest.fixture
def deciding(company: World) -> World:
    text = POLICY.replace(
        "    for: push\n    basis: consent\n", "    for: push\n    automated: true\n    basis: consent\n"
    )
    under(company, text)
    with company.begin() as work:
        facts.change(work, company.subject, add=("accepted.policy",))
        for subject in (company.subject, company.other):
            decide(work, company.vault, company.version, subject, Question("push", "device.imei"))
        decide(work, company.vault, company.version, company.subject, Question("account", "account.phone"))
    return company


def explained(world: World, details: Details = WHY, language: str = "en") -> Request:
    request = world.open("explanation", details=details, language=language)
    with world.begin() as work:
        return review.answer(work, world.vault, request.id, "The limit was reached.", by=OFFICER)


def contested(world: World) -> tuple[Request, Request]:
    first = explained(world)
    second = world.open("explanation", details=Details(text="It was not I.", about=first.id))
    return first, second


def fetched(world: World, request: Request) -> dict[str, Any]:
    with world.begin() as work:
        content = package.read(work, world.vault, request.id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: json.loads(text) if name.endswith(".json") else text for name, text in read.items()}


def decide_on(world: World, request: Request, verdict: str, **more: str) -> Request:
    with world.begin() as work:
        return reviewing.decide(work, world.vault, request.id, verdict, by=OFFICER, **{"reasons": "See above.", **more})


def test_with_an_explanation_goes_what_was_recorded_its_clause_and_the_facts_that_it_asks_for(deciding: World) -> None:
    found = fetched(deciding, explained(deciding))
    rows = found["report/decisions.json"]["rows"]
    assert [(row["what"], row["outcome"]) for row in rows] == [
        ("registration and sign-in: mobile number", "yes"),
        ("push messages: device identifier", "no"),
    ]
    assert rows[1]["clause"] == "functions.push.needs"
    assert "general consent to “push messages”" in " ".join(rows[1]["needs"]) or any(
        "push messages" in one for one in rows[1]["needs"]
    )
    assert rows[1]["forbids"]
    assert [row["function"] for row in found["report/automated.json"]["rows"]] == ["push messages"]
    assert "push messages" in found["index.html"]


def test_it_is_explained_in_chinese_to_whoever_asks_in_chinese(deciding: World) -> None:
    found = fetched(deciding, explained(deciding, language="zh"))
    assert "消息推送" in found["index.html"]
    assert "计算机" in found["index.html"]


def test_decisions_older_than_a_year_are_not_listed(deciding: World) -> None:
    deciding.clock.advance(explaining.BACK + timedelta(days=1))
    found = fetched(deciding, explained(deciding))
    assert found["report/decisions.json"]["rows"] == []


def test_a_contested_decision_is_looked_at_by_somebody_and_answered_by_a_verdict_only(deciding: World) -> None:
    first, second = contested(deciding)
    assert second.state is State.IN_REVIEW
    with deciding.begin() as work:
        assert [one.id for one in linked.about(work, second.id)] == [first.id]
        assert [one.id for one in linked.those_about(work, first.id)] == [second.id]
        assert reviewing.owed(work, second)
    with deciding.begin() as work, pytest.raises(ConflictError) as words:
        review.answer(work, deciding.vault, second.id, "No.", by=OFFICER)
    assert words.value.code == "requests.verdict-missing"
    done = decide_on(deciding, second, "upheld")
    assert (done.state, done.blocked) == (State.FULFILLED, "verdict.upheld")


def test_what_is_overturned_is_remedied_and_the_person_reads_reasons_and_remedy(deciding: World) -> None:
    _, second = contested(deciding)
    with pytest.raises(InputError) as bare:
        decide_on(deciding, second, "overturned")
    assert bare.value.code == "requests.empty-text"
    assert deciding.get(second).state is State.IN_REVIEW, "nothing that failed changed anything"
    decide_on(deciding, second, "overturned", remedy="The order goes through, and the rule is changed.")
    with deciding.begin() as work:
        said = [(one.role, one.text.reveal()) for one in texts.texts(work, deciding.vault, second)]
        verdict = reviewing.verdict_of(work, second.id)
        codes = [step.code for step in record.steps(work, second.id)]
    assert said[-2:] == [("answer", "See above."), ("remedy", "The order goes through, and the rule is changed.")]
    assert verdict is not None
    assert verdict.verdict == "overturned"
    assert "verdict.overturned" in codes


def test_a_verdict_is_one_of_two_and_on_what_contests_something(deciding: World) -> None:
    _, second = contested(deciding)
    with pytest.raises(InputError) as unknown:
        decide_on(deciding, second, "perhaps")
    assert unknown.value.code == "requests.unknown-verdict"
    erasure = deciding.open("erasure")
    with pytest.raises(ConflictError) as uncontested:
        decide_on(deciding, erasure, "upheld")
    assert uncontested.value.code == "requests.not-contested"
    decide_on(deciding, second, "upheld")
    with pytest.raises(ConflictError):
        decide_on(deciding, second, "overturned", remedy="Now it is.")


def test_a_complaint_about_a_refusal_is_an_appeal_and_may_overturn_it(deciding: World) -> None:
    refused = deciding.open("explanation", details=WHY)
    deciding.recall(refused)
    appeal = deciding.open("complaint", details=Details(text="I did not take it back.", about=refused.id))
    with deciding.begin() as work:
        assert not reviewing.owed(work, appeal), "a complaint may be answered in words, too"
    decide_on(deciding, appeal, "overturned", remedy="We open it again.")
    with deciding.begin() as work:
        assert reviewing.verdict_of(work, appeal.id) is not None


def test_nobody_can_be_about_a_request_that_is_somebody_elses_or_open(deciding: World) -> None:
    first = explained(deciding)
    still_open = deciding.open("explanation", details=WHY)
    for subject, about in ((deciding.other, first.id), (deciding.subject, still_open.id), (deciding.subject, "req-no")):
        with pytest.raises(InputError) as unknown:
            deciding.open("complaint", subject=subject, details=Details(text="So.", about=about))
        assert unknown.value.code == "requests.unknown-about"
    with deciding.begin() as work, pytest.raises(InputError) as unfit:
        linked.check(work, deciding.subject, still_open.kind.ERASURE, first.id)
    assert unfit.value.code == "requests.detail-unfit"


def test_a_second_complaint_adds_to_the_open_one_what_it_is_about(deciding: World) -> None:
    first = explained(deciding)
    one = deciding.open("complaint", details=Details(text="The lamp talks."))
    assert deciding.open("complaint", details=Details(text="And this.", about=first.id)).id == one.id
    with deciding.begin() as work:
        assert [each.id for each in linked.about(work, one.id)] == [first.id]
