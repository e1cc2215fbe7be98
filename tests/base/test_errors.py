from __future__ import annotations

import pytest

from troth.base.errors import (
    ConflictError,
    InputError,
    IntegrityError,
    Position,
    Problem,
    RefusedError,
    TrothError,
    UnavailableError,
)


@pytest.mark.parametrize(
    ("kind", "status", "exit_code"),
    [
        (InputError, 422, 2),
        (RefusedError, 403, 3),
        (ConflictError, 409, 3),
        (IntegrityError, 500, 4),
        (UnavailableError, 503, 5),
    ],
)
def test_every_error_says_to_programs_and_shells_who_must_act(
    kind: type[TrothError], status: int, exit_code: int
) -> None:
    error = kind("part.fault", "something is wrong", hint="mend it")
    assert isinstance(error, TrothError)
    assert (error.status, error.exit_code) == (status, exit_code)
    assert (str(error), error.code, error.hint) == ("something is wrong", "part.fault", "mend it")


def test_an_error_that_is_one_problem_lists_itself() -> None:
    where = Position("policy.yaml", 3, 5)
    error = RefusedError("part.fault", "no", hint="do else", where=where)
    assert error.problems() == (Problem("part.fault", "no", "do else", where),)


def test_an_input_error_carries_every_problem_in_the_order_found() -> None:
    problems = (Problem("a.one", "first", "mend it", Position("p.yaml", 1, 1)), Problem("a.two", "second"))
    error = InputError.of(problems)
    assert error.problems() == problems
    assert (error.code, error.message, error.hint, error.where) == ("a.one", "first", "mend it", problems[0].where)


def test_a_problem_reads_as_place_code_message_and_advice() -> None:
    where = Position("policy.yaml", 12, 3)
    assert str(Problem("a.b", "unknown key `x`", "did you mean `y`?", where)) == (
        "policy.yaml:12:3: a.b: unknown key `x` (did you mean `y`?)"
    )
    assert str(Problem("a.b", "unknown key `x`")) == "a.b: unknown key `x`"


def test_positions_sort_as_they_are_read() -> None:
    shuffled = [Position("b", 1, 1), Position("a", 10, 1), Position("a", 2, 9), Position("a", 2, 1)]
    assert [str(one) for one in sorted(shuffled)] == ["a:2:1", "a:2:9", "a:10:1", "b:1:1"]
