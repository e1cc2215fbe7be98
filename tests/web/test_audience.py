"""A policy with rules for one audience, as its members meet it on the pages."""

from __future__ import annotations

import pytest

from tests.web.company import LIN_PHONE, POLICY, QING_PHONE
from tests.web.world import World
from troth.journal.service import entries, size
from troth.policy.read import parse
from troth.requests.kinds import Kind
from troth.requests.service import get, of_subject
from troth.subjects.audience import audience, belong
from troth.subjects.facts import facts
from troth.versions.service import Version, publish

CALIFORNIA = """
rule_sets:
  california:
    label: {zh: 加利福尼亚补充, en: Addendum for California}
    audience: {zh: 加利福尼亚州居民, en: residents of California}
    regimes: us-ca
    rights:
      copy: {label: {zh: 获取副本, en: a copy}, by: [email], within: 45 days, after: identity.verified}
"""


@pytest.fixture
def version(world: World) -> Version:
    with world.app.begin() as work:
        return publish(work, parse({"policy.yaml": POLICY + CALIFORNIA}), world.version.maps, by="test")


@pytest.mark.usefixtures("version")
def test_a_request_is_kept_by_the_rules_of_the_persons_audience_when_it_was_made(world: World) -> None:
    lin, qing = world.signed_in(LIN_PHONE), world.signed_in(QING_PHONE)
    lin.press(lin.page("/rules"), "/rules", chosen="california")
    for visitor in (lin, qing):
        visitor.press(visitor.press(visitor.page("/copy"), "/copy/check"), "/copy")
    with world.app.begin() as work:
        (hers,), (other,) = of_subject(work, world.lin), of_subject(work, world.qing)
    assert [(one.clause, one.period) for one in hers.deadlines if one.source == "policy"] == [
        ("rights.copy.within", "45 days")
    ]
    assert {one.clause for one in hers.deadlines if one.source == "law"} == {
        "us-ca:request.acknowledge",
        "us-ca:request.answer",
    }
    assert [(one.clause, one.period) for one in other.deadlines if one.source == "policy"] == [
        ("requests.within", "30 working days")
    ]
    lin.press(lin.page("/rules"), "/rules", chosen="")
    with world.app.begin() as work:
        assert get(work, hers.id).audience == "california", "what was asked for stays under the rules of that time"
        assert get(work, hers.id).deadlines == hers.deadlines
    world.run_due()
    with world.app.begin() as work:
        assert get(work, hers.id).closed
        assert get(work, hers.id).kind is Kind.COPY


def test_belonging_is_one_fact_and_one_entry_without_a_name(world: World, version: Version) -> None:
    with world.app.begin() as work:
        before = size(work)
        belong(work, world.app.vault, world.lin, version.policy, "california")
        belong(work, world.app.vault, world.lin, version.policy, "california")
        assert "audience.california" in facts(work, world.lin)
        (entry,) = entries(work, before, 10)
        assert entry.kind == "subject.audience"
        assert world.lin.encode() not in entry.leaf
        belong(work, world.app.vault, world.lin, version.policy, None)
        assert audience(work, world.lin, version.policy) is None
        assert "audience.california" not in facts(work, world.lin)


@pytest.mark.usefixtures("version")
@pytest.mark.parametrize(("language", "said"), [("en", "residents of California"), ("zh", "加利福尼亚州居民")])
def test_the_page_names_each_audience_and_marks_the_persons_own(world: World, language: str, said: str) -> None:
    visitor = world.signed_in(LIN_PHONE, language)
    assert said in visitor.page("/rules").text
    assert '<input type="radio" name="chosen" id="rules-general" value="" checked>' in visitor.get("/rules").text
    done = visitor.press(visitor.page("/rules"), "/rules", chosen="california")
    assert said in done.text
    assert 'value="california" checked' in visitor.get("/rules").text
    assert visitor.post("/rules", {"chosen": "atlantis"}).status_code == 422


@pytest.mark.usefixtures("version")
def test_the_rules_of_one_audience_can_be_read_alone(world: World) -> None:
    visitor = world.visitor()
    assert 'href="/policy?set=california"' in visitor.get("/policy").text
    alone = visitor.get("/policy?set=california").text
    assert "45 days" in alone
    assert 'id="rule_sets.california"' not in alone
    assert visitor.get("/policy?set=atlantis").status_code == 404
    assert visitor.get("/policy/versions/2?set=california").status_code == 200
    assert visitor.get("/policy/versions/1?set=california").status_code == 404


def test_a_policy_without_rule_sets_has_no_such_page(world: World) -> None:
    visitor = world.signed_in(LIN_PHONE)
    assert visitor.get("/rules").status_code == 404
    assert "/rules" not in visitor.get("/").text
