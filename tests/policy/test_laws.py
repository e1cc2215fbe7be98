"""Laws of the policy language, each named after its sentence."""

from __future__ import annotations

import json
import random
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from tests.policy.strategies import Value, as_files, as_yaml, shuffled, slowly, values
from tests.policy.support import KAICONN, kaiconn
from troth.base.errors import InputError, Problem
from troth.policy.clauses import clauses
from troth.policy.flows import flows
from troth.policy.lint import lint
from troth.policy.read import from_value, parse


def found(text: str) -> tuple[Problem, ...]:
    """The problems of a text; a sound one must survive everything that is done with a policy."""
    try:
        policy = parse({"policy.yaml": text})
    except InputError as error:
        return error.problems()
    assert from_value(policy.value) == policy
    lint(policy)
    flows(policy)
    return ()


TEXT = KAICONN.read_text(encoding="utf-8")
LINES = TEXT.splitlines(keepends=True)


@slowly
@given(values())
def test_loading_the_value_of_a_policy_gives_the_policy(value: Value) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    again = from_value(json.loads(json.dumps(policy.value)))
    assert again == policy
    assert again.hash == policy.hash
    assert again.value == policy.value


@slowly
@given(values())
def test_a_value_written_as_yaml_is_the_same_policy(value: Value) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    assert parse({"again.yaml": as_yaml(policy.value)}) == policy


@slowly
@given(values(), st.integers(0, 2**32))
def test_the_order_of_declarations_never_changes_meaning(value: Value, seed: int) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    other = parse({"policy.yaml": as_yaml(shuffled(value, seed))})
    assert other == policy
    assert other.hash == policy.hash
    assert flows(other) == flows(policy)
    assert clauses(other) == clauses(policy)
    assert [str(each).split(": ", 1)[1] for each in lint(other)] == [
        str(each).split(": ", 1)[1] for each in lint(policy)
    ]


@slowly
@given(values(), st.integers(0, 2**32))
def test_how_a_policy_is_split_over_files_never_changes_meaning(value: Value, seed: int) -> None:
    policy = parse({"policy.yaml": as_yaml(value)})
    assert parse(as_files(value, seed)).hash == policy.hash


@slowly
@given(values(), values())
def test_two_policies_have_one_hash_only_if_they_are_equal(one: Value, other: Value) -> None:
    first, second = (parse({"policy.yaml": as_yaml(value)}) for value in (one, other))
    assert (first.hash == second.hash) == (first == second)


@slowly
@given(st.text())
def test_any_text_gives_a_policy_or_problems_with_places(text: str) -> None:
    assert all(problem.where is not None for problem in found(text))


@slowly
@given(st.integers(0, 2**32))
def test_a_mutilated_policy_gives_problems_with_places_or_still_a_policy(seed: int) -> None:
    dice = random.Random(seed)
    lines = list(LINES)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(lines))
        line = lines[at]
        cut = dice.randrange(len(line)) if line else 0
        lines[at] = dice.choice(
            [
                "",
                line * 2,
                line[:cut] + line[cut + 1 :],
                line[:cut] + dice.choice("{}[]:,'\"#&*!|>%@`\t\x00手") + line[cut:],
                "  " + line,
                line.lstrip(),
                dice.choice(lines),
            ]
        )
    for problem in found("".join(lines)):
        assert problem.where is not None
        assert problem.where.file == "policy.yaml"
        assert 1 <= problem.where.line <= len(lines) + 2
        assert problem.code.startswith(("policy.", "yaml.", "period."))


@slowly
@given(st.integers(0, 2**32))
def test_a_value_with_a_foreign_part_gives_an_input_error_or_a_policy(seed: int) -> None:
    dice = random.Random(seed)
    value = json.loads(json.dumps(kaiconn().value))
    place = value
    while True:
        key = dice.choice(list(place))
        if not isinstance(place[key], dict) or not place[key] or dice.random() < 0.3:
            break
        place = place[key]
    place[key] = dice.choice([None, True, 7, 1.5, "text", [], ["all"], {}, {"zh": "字"}, [[1]], {"a": {"b": {}}}])
    with suppress(InputError):
        policy = from_value(value)
        assert from_value(policy.value).hash == policy.hash
