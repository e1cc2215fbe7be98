from pathlib import Path

import pytest

from troth.app.drills.folder import read_folder
from troth.base.errors import InputError
from troth.drill.read import parse
from troth.policy.model import Policy

KAICONN = Path(__file__).resolve().parents[2] / "examples" / "kaiconn"

_GOOD = """
P-1:
  topic: minors
  kind: enforceable
  says: {zh: 未满十八周岁不能使用。, en: People under eighteen cannot use it.}
  clauses: [minors.below]
  control: minor-barred
  parameters: {below: 18}
P-2:
  topic: consent
  kind: evidence
  says: {zh: 先同意，后推送。, en: Push comes after consent.}
  clauses: [functions.push.basis]
  control: consent-first
  parameters: {grade: explicit}
  rehearsal: {function: push}
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_folder(KAICONN).policy


def test_a_promise_is_read_as_it_is_written(policy: Policy) -> None:
    first, second = parse("promises.yaml", _GOOD, policy)
    assert (first.id, first.topic, first.kind, first.control) == ("P-1", "minors", "enforceable", "minor-barred")
    assert first.clauses == ("minors.below",)
    assert (first.parameters, first.rehearsal, first.given) == ({"below": 18}, {}, {"below": 18})
    assert (second.kind, second.parameters, second.rehearsal) == (
        "evidence",
        {"grade": "explicit"},
        {"function": "push"},
    )
    assert second.given == {"grade": "explicit", "function": "push"}


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line", "hint"),
    [
        ("minors.below", "minors.belov", "drill.unknown-clause", 6, "did you mean `minors.below`?"),
        ("minor-barred", "minor-bared", "drill.unknown-control", 7, "did you mean `minor-barred`?"),
        ("topic:", "topik:", "drill.unknown-key", 3, "did you mean `topic`?"),
        ("rehearsal:", "rehersal:", "drill.unknown-key", 16, "did you mean `rehearsal`?"),
        ("{function:", "{functoin:", "drill.unknown-key", 16, "did you mean `function`?"),
        ("{function:", "{people: 3, function:", "drill.unknown-key", 16, "known are function"),
        ("{function: push}", "{}", "drill.missing", 16, "add `function`"),
        ("parameters: {below: 18}", "parameters: {under: 18}", "drill.missing", 2, "add `below`"),
        ("parameters: {below: 18}", "parameters: 18", "drill.not-a-mapping", 8, "write `parameters: {name: value}`"),
        ("enforceable", "enforcable", "drill.unknown-kind", 4, "did you mean `enforceable`?"),
        ("  kind: enforceable\n", "", "drill.missing", 2, "add `kind`"),
        ("zh: 未满十八周岁不能使用。, ", "", "drill.missing-translation", 5, "add `zh`"),
        ("  clauses: [minors.below]\n", "", "drill.missing", 2, "list at least one"),
    ],
)
def test_a_fault_is_shown_where_it_stands(
    policy: Policy, right: str, wrong: str, code: str, line: int, hint: str
) -> None:
    assert right in _GOOD
    with pytest.raises(InputError) as found:
        parse("promises.yaml", _GOOD.replace(right, wrong, 1), policy)
    problem = next(one for one in found.value.problems() if one.code == code and one.hint == hint)
    assert problem.where is not None
    assert problem.where.line == line
    assert problem.hint == hint


def test_all_faults_are_shown_at_once(policy: Policy) -> None:
    text = _GOOD.replace("minors.below", "minors.belov").replace("minor-barred", "minor-bared")
    with pytest.raises(InputError) as found:
        parse("promises.yaml", text, policy)
    assert {one.code for one in found.value.problems()} == {"drill.unknown-clause", "drill.unknown-control"}


def test_a_control_without_a_rehearsal_takes_nothing(policy: Policy) -> None:
    text = _GOOD.replace("consent-first", "asked-again")
    with pytest.raises(InputError) as found:
        parse("promises.yaml", text, policy)
    (problem,) = found.value.problems()
    assert (problem.code, problem.hint) == ("drill.unknown-key", "known are none")


def test_a_fact_that_a_rehearsal_needs_may_stand_among_the_parameters(policy: Policy) -> None:
    text = _GOOD.replace("parameters: {grade: explicit}\n  rehearsal: {function: push}", "parameters: {function: push}")
    _, promise = parse("promises.yaml", text, policy)
    assert (promise.parameters, promise.rehearsal) == ({"function": "push"}, {})
