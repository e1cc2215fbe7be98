from pathlib import Path

import pytest

from troth.app.folder import read_folder
from troth.base.errors import InputError
from troth.drill.read import parse
from troth.policy.model import Policy

KAICONN = Path(__file__).resolve().parents[2] / "examples" / "kaiconn"

_GOOD = """
P-1:
  topic: minors
  says: {zh: 未满十八周岁不能使用。, en: People under eighteen cannot use it.}
  clauses: [minors.below]
  control: minor-barred
  parameters: {below: 18}
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_folder(KAICONN).policy


def test_a_promise_is_read_as_it_is_written(policy: Policy) -> None:
    (promise,) = parse("promises.yaml", _GOOD, policy)
    assert (promise.id, promise.topic, promise.control) == ("P-1", "minors", "minor-barred")
    assert promise.clauses == ("minors.below",)
    assert promise.parameters == {"below": 18}


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line", "hint"),
    [
        ("minors.below", "minors.belov", "drill.unknown-clause", 5, "did you mean `minors.below`?"),
        ("minor-barred", "minor-bared", "drill.unknown-control", 6, "did you mean `minor-barred`?"),
        ("topic:", "topik:", "drill.unknown-key", 3, "did you mean `topic`?"),
        ("zh: 未满十八周岁不能使用。, ", "", "drill.missing-translation", 4, "add `zh`"),
        ("  clauses: [minors.below]\n", "", "drill.missing", 2, "list at least one"),
    ],
)
def test_a_fault_is_shown_where_it_stands(
    policy: Policy, right: str, wrong: str, code: str, line: int, hint: str
) -> None:
    with pytest.raises(InputError) as found:
        parse("promises.yaml", _GOOD.replace(right, wrong), policy)
    problem = next(one for one in found.value.problems() if one.code == code)
    assert problem.where is not None
    assert problem.where.line == line
    assert problem.hint == hint


def test_all_faults_are_shown_at_once(policy: Policy) -> None:
    text = _GOOD.replace("minors.below", "minors.belov").replace("minor-barred", "minor-bared")
    with pytest.raises(InputError) as found:
        parse("promises.yaml", text, policy)
    assert {one.code for one in found.value.problems()} == {"drill.unknown-clause", "drill.unknown-control"}
