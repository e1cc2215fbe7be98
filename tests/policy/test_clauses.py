"""Clause paths: every idea has one, and it does not change while the idea stays."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.policy.strategies import Value, as_yaml, slowly, values
from tests.policy.support import SHOP, kaiconn, policy_of, shop
from troth.base.errors import InputError
from troth.policy.clauses import clause, clauses
from troth.policy.read import parse
from troth.policy.yaml_reader import Json


def test_a_clause_is_found_by_its_path() -> None:
    policy = policy_of(SHOP)
    assert clause(policy, "rights.erasure.within") == "15 days"
    assert clause(policy, "functions.register.needs") == ["account.phone"]
    assert clause(policy, "items.account.phone.label") == {"en": "mobile number"}
    assert clause(policy, "rights.erasure") == {"label": {"en": "erasure"}, "by": ["email"], "within": "15 days"}


def test_an_unknown_clause_brings_the_one_that_was_meant() -> None:
    with pytest.raises(InputError) as caught:
        clause(policy_of(SHOP), "rights.erasure.witin")
    assert (caught.value.code, caught.value.hint) == ("policy.unknown-clause", "did you mean `rights.erasure.within`?")


def test_a_text_is_one_clause_and_not_one_a_language() -> None:
    paths = clauses(policy_of(shop("[en]", "[zh, en]")))
    assert "title" in paths
    assert "title.en" not in paths
    assert list(paths) == sorted(paths)


def test_adding_an_idea_moves_no_other() -> None:
    before = policy_of(SHOP)
    after = policy_of(SHOP + "minors: {below: 18, rule: barred}\n")
    assert set(clauses(after)) - set(clauses(before)) == {"minors", "minors.below", "minors.rule"}
    assert all(clause(after, path) == clause(before, path) for path in clauses(before))


def leaves(value: Json, prefix: str) -> list[str]:
    if isinstance(value, dict) and not (value and set(value) <= {"zh", "en"}):
        return [path for key, child in value.items() for path in [f"{prefix}{key}", *leaves(child, f"{prefix}{key}.")]]
    return []


@slowly
@given(values())
def test_every_declared_idea_has_a_path_of_its_own(value: Value) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    paths = leaves(policy.value, "")
    assert len(paths) == len(set(paths))
    assert sorted(paths) == list(clauses(policy))


@pytest.mark.parametrize(
    "path",
    [
        "retention.account",
        "rights.erasure.within",
        "rights.close_account.cooling_off",
        "functions.register.needs",
        "recipients.getui.receives",
        "minors.below",
        "requests.refuse.trade-secret",
        "permissions.read-sms",
        "storage.in",
        "incident.say.remedies",
    ],
)
def test_kaiconn_has_the_clauses_that_drills_and_decisions_cite(path: str) -> None:
    assert path in clauses(kaiconn())
    assert path in kaiconn().places
