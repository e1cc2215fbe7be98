"""Several files as one: sections join, nothing is said twice, and each part keeps its place."""

from __future__ import annotations

import pytest

from tests.policy.support import SHOP, problems
from troth.base.errors import InputError, Position
from troth.policy.merge import merged
from troth.policy.read import parse
from troth.policy.yaml_reader import plain


def test_sections_join_and_keep_their_places() -> None:
    root, found = merged({"a": "items:\n  x: 1\n", "b": "items:\n  y: 2\npurposes:\n  z: 3\n"})
    assert not found
    assert plain(root) == {"items": {"x": 1, "y": 2}, "purposes": {"z": 3}}
    assert isinstance(root.value, dict)
    assert root.value["items"].key_position("x") == Position("a", 2, 3)
    assert root.value["items"].key_position("y") == Position("b", 2, 3)
    assert root.key_position("purposes") == Position("b", 3, 1)


def test_files_are_taken_in_order_of_their_names() -> None:
    one, other = {"a": "x: {k: 1}", "b": "x: {k: 2}"}, {"b": "x: {k: 2}", "a": "x: {k: 1}"}
    assert [str(each) for each in merged(one)[1]] == [str(each) for each in merged(other)[1]]
    assert [str(each.where) for each in merged(one)[1]] == ["b:1:5"]


@pytest.mark.parametrize(
    ("first", "second", "place"),
    [
        ("x: 1", "x: 1", "2:1:1"),
        ("x: [1]", "x: [2]", "2:1:1"),
        ("x: {a: 1}", "x: 1", "2:1:1"),
        ("x: {a: {b: 1}}", "x: {a: {c: 1}}", "2:1:5"),
        ("x: {a: 1, b: 2}", "x: {c: 1, b: 2}", "2:1:11"),
    ],
)
def test_what_is_said_twice_is_found_at_its_second_place(first: str, second: str, place: str) -> None:
    _, found = merged({"1": first, "2": second})
    assert [(str(each.where), each.code) for each in found] == [(place, "policy.duplicate-id")]


def test_three_files_with_one_name_give_two_problems() -> None:
    _, found = merged({"1": "x: 1", "2": "x: 2", "3": "x: 3"})
    assert [str(each.where) for each in found] == ["2:1:1", "3:1:1"]


def test_a_record_may_not_be_split_over_files() -> None:
    more = "functions:\n  register:\n    open_list: true\n"
    assert problems(SHOP, more) == ["2.yaml:2:3 policy.duplicate-id"]


def test_references_cross_files_in_both_directions() -> None:
    head, tail = SHOP.split("purposes:\n", 1)
    assert parse({"z.yaml": head, "a.yaml": "purposes:\n" + tail}) == parse({"policy.yaml": SHOP})


def test_no_files_are_no_policy() -> None:
    with pytest.raises(InputError) as caught:
        merged({})
    assert caught.value.code == "policy.no-files"
