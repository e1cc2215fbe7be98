"""Laws of the difference of two policies, each named after its sentence."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.strategies import Value, as_yaml, shuffled, slowly, values
from tests.policy.support import kaiconn, policy_of
from troth.base.errors import InputError
from troth.policy.diff import Change, diff
from troth.policy.diff.words import words
from troth.policy.model import Policy
from troth.policy.read import from_value


def pair(one: Value, other: Value) -> tuple[Policy, Policy]:
    return policy_of(as_yaml(one)), policy_of(as_yaml(other))


@slowly
@given(values())
def test_nothing_differs_from_itself(value: Value) -> None:
    policy = policy_of(as_yaml(value))
    found = diff(policy, policy)
    assert found.changes == ()
    assert found.consent_again == ()
    assert words(found, "en") == ("Nothing changes.",)


@slowly
@given(values(), values())
def test_two_policies_differ_only_if_they_are_not_the_same(one: Value, other: Value) -> None:
    old, new = pair(one, other)
    assert (diff(old, new).changes == ()) == (old.hash == new.hash)


@slowly
@given(values(), values())
def test_what_is_added_one_way_is_removed_the_other(one: Value, other: Value) -> None:
    old, new = pair(one, other)
    there, back = diff(old, new), diff(new, old)
    assert [(each.keys, each.old, each.new) for each in there.changes] == [
        (each.keys, each.new, each.old) for each in back.changes
    ]
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert [opposite[each.sort] for each in there.changes] == [each.sort for each in back.changes]


@slowly
@given(values(), values(), st.integers(0, 2**32))
def test_the_order_of_declarations_changes_no_difference(one: Value, other: Value, seed: int) -> None:
    old, new = pair(one, other)
    mixed = policy_of(as_yaml(shuffled(one, seed))), policy_of(as_yaml(shuffled(other, seed)))
    assert diff(*mixed) == diff(old, new)


@slowly
@given(values(), values())
def test_every_clause_that_differs_is_in_exactly_one_change(one: Value, other: Value) -> None:
    """Slow and obvious: the addresses of both policies side by side."""
    check_cover(*pair(one, other))


def check_cover(old: Policy, new: Policy) -> None:
    changes = [change.clause for change in diff(old, new).changes]
    assert len(set(changes)) == len(changes)
    absent = object()
    differing = {
        path
        for path in {*old.addresses, *new.addresses}
        if old.addresses.get(path, absent) != new.addresses.get(path, absent)
    }
    assert set(changes) <= differing
    for path in differing:
        over = [each for each in changes if path == each or path.startswith(f"{each}.")]
        under = [each for each in changes if each.startswith(f"{path}.")]
        assert len(over) == 1 or (not over and under), path


@slowly
@given(values(), values())
def test_the_changes_make_the_new_policy_of_the_old_one(one: Value, other: Value) -> None:
    old, new = pair(one, other)
    assert bare(applied(old.value, diff(old, new).changes)) == bare(new.value)


def applied(value: dict[str, Any], changes: tuple[Change, ...]) -> dict[str, Any]:
    done = copy.deepcopy(value)
    for change in changes:
        place = done
        for key in change.keys[:-1]:
            place = place.setdefault(key, {})
        if change.new is None:
            del place[change.keys[-1]]
        else:
            place[change.keys[-1]] = copy.deepcopy(change.new)
    return done


def bare(value: Any) -> Any:
    """Without empty families: whether one is written says nothing."""
    if not isinstance(value, dict):
        return value
    kept = {key: bare(child) for key, child in value.items()}
    return {key: child for key, child in kept.items() if child != {}}


@slowly
@given(values(), values())
def test_every_change_has_a_kind_and_a_sentence_in_each_language(one: Value, other: Value) -> None:
    found = diff(*pair(one, other))
    for language in ("zh", "en"):
        said = words(found, language)
        assert len(said) >= len(found.changes)
        for change, sentence in zip(found.changes, said, strict=False):
            assert change.kinds
            assert f"`{change.clause}`" in sentence
            assert "{" not in sentence.replace(change.clause, "")


NAMED = ("categories", "items", "purposes", "functions", "recipients", "permissions")


@pytest.mark.parametrize("section", sorted(kaiconn().value))
def test_leaving_a_section_of_the_example_out_is_seen_in_full(section: str) -> None:
    old = kaiconn()
    value = copy.deepcopy(old.value)
    del value[section]
    try:
        new = from_value({**value, "only_in": {}, "differs": {}, "open": []})
    except InputError:  # it is required, or other sections name what it declares
        assert section in {"troth", "policy", "title", "updated", "languages", "controller", *NAMED}
        return
    check_cover(old, new)
    assert bare(applied(old.value, diff(old, new).changes)) == bare(new.value)
