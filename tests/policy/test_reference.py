"""The reference page of the language names everything that the language has, and its example is a policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import is_dataclass

import pytest

from tests.policy.support import ROOT, policy_of
from troth.policy import model
from troth.policy.facts import PLAIN
from troth.policy.lint import lint
from troth.policy.schema.records import RecordShape, record
from troth.policy.schema.shapes import ChoiceShape
from troth.policy.sections.words import ACTIONS, GRADES

PAGE = (ROOT / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "troth" / "policy"


def records() -> Iterator[tuple[str, RecordShape]]:
    for name in model.__all__:
        part = getattr(model, name)
        if isinstance(part, type) and is_dataclass(part):
            yield name, record(part)


@pytest.mark.parametrize(("name", "shape"), list(records()), ids=[name for name, _ in records()])
def test_every_key_and_word_of_a_record_is_in_the_reference(name: str, shape: RecordShape) -> None:
    for key, field in shape.keys.items():
        assert f"`{key}`" in PAGE or re.search(rf"^### .*\b{key}\b", PAGE, re.MULTILINE), f"{name}.{key}"
        inner = getattr(field.shape, "member", field.shape)
        if isinstance(inner, ChoiceShape):
            assert all(f"`{word}`" in PAGE for word in inner.choices), f"{name}.{key}"


def test_every_action_grade_and_fact_is_in_the_reference() -> None:
    assert all(f"`{word}`" in PAGE for word in (*ACTIONS, *GRADES, *PLAIN))


def test_every_code_that_can_be_raised_is_in_the_reference() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    codes = set(re.findall(r'"((?:yaml|policy)\.[a-z-]+)"', source))
    assert len(codes) > 20
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_the_example_of_the_reference_is_a_policy_that_can_be_published() -> None:
    example = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    findings = lint(policy_of(example[1]))
    assert {each.rule for each in findings} == {"right-missing"}
