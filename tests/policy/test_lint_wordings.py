"""Every rule says what it finds, and what to do, in Chinese and in English, and no value is missing in either."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given

from tests.examples.example import EXAMPLES, example
from tests.policy.strategies import Value, as_yaml, slowly, values
from tests.policy.support import ROOT, policy_of, policy_with
from troth.base.errors import InputError
from troth.base.period import Period
from troth.base.text import LANGUAGES
from troth.policy.lint import RULES, Finding, lint
from troth.policy.lint.model import Value as Spoken
from troth.policy.lint.model import Wording

FOLDER = ROOT / "src" / "troth" / "policy" / "lint" / "rules"
MODULES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
HAN = re.compile("[\u4e00-\u9fff]")
NAMES = [path.name for path in sorted(EXAMPLES.iterdir()) if (path / "policy.yaml").exists()]


def wordings(module: str) -> dict[str, Wording]:
    """The wordings of one rule, by the names of its file."""
    found = vars(importlib.import_module(f"troth.policy.lint.rules.{module}"))
    return {name: each for name, each in found.items() if isinstance(each, Wording)}


def named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def calls(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Every wording that a rule uses, with the names of the values that it gives."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "at":
            yield ast.unparse(node.func.value), {str(each.arg) for each in node.keywords}


def test_there_is_a_rule_for_every_file() -> None:
    assert [rule.name.replace("-", "_") for rule in RULES] == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_is_worded_in_both_languages_with_the_same_values(module: str) -> None:
    assert wordings(module)
    for wording in wordings(module).values():
        for text in (wording.says, wording.hint):
            assert set(text) == set(LANGUAGES)
            assert named(text["zh"]) == named(text["en"])
            assert HAN.search(text["zh"])
            assert not HAN.search(text["en"])
            assert text["zh"][-1] not in "。.；"
            assert text["en"][-1] not in ".;"
            assert text["en"] == text["en"][0].lower() + text["en"][1:]


@pytest.mark.parametrize("module", MODULES)
def test_a_rule_gives_every_value_that_its_wordings_name_and_no_other(module: str) -> None:
    """Read from the source, so that a wording that no test meets is held to it as well."""
    own = wordings(module)
    given = list(calls(FOLDER / f"{module}.py"))
    used = {name for name, _ in given}
    for name, keywords in given:
        told = own.values() if name not in own else [own[name]]  # one chosen among them
        for wording in told:
            spoken = {part for text in (*wording.says.values(), *wording.hint.values()) for part in named(text)}
            assert keywords == spoken or (name not in own and spoken <= keywords), name
    assert used - set(own) <= {"wording"}
    assert used >= set(own) or "wording" in used


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_the_same_findings_in_the_same_order_in_both_languages(name: str) -> None:
    alike(lint(example(name).policy, "zh"), lint(example(name).policy, "en"))


def alike(chinese: tuple[Finding, ...], english: tuple[Finding, ...]) -> None:
    """Both say the same of the same clauses, each in its language, with nothing left to fill in."""

    def about(findings: tuple[Finding, ...]) -> list[tuple[str, str, str, str]]:
        return [(each.rule, each.severity, each.clause, str(each.where)) for each in findings]

    assert about(chinese) == about(english)
    for one, other in zip(chinese, english, strict=True):
        assert HAN.search(one.message)
        assert HAN.search(one.hint)
        assert one.message != other.message
        assert "{" not in one.message + one.hint + other.message + other.hint


@slowly
@given(values())
def test_any_policy_has_the_same_findings_in_both_languages(value: Value) -> None:
    policy = policy_of(as_yaml(value))
    alike(lint(policy, "zh"), lint(policy, "en"))


def test_english_is_what_is_told_where_nobody_asks() -> None:
    policy = policy_with("requests: {fee: {first: cost}}")
    assert lint(policy) == lint(policy, "en") != lint(policy, "zh")


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(InputError, match="not told in `fr`"):
        lint(policy_with("troth: 1"), "fr")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        ("shop", "shop", "shop"),
        (7, "7", "7"),
        (date(2026, 3, 2), "2026-03-02", "2026-03-02"),
        (Period(15, "working_days_cn"), "15个工作日", "15 working days"),
        ({"zh": "及时", "en": "promptly"}, "及时", "promptly"),
        ({"en": "promptly"}, "promptly", "promptly"),  # a policy may speak one language only
        (("a", "b"), "`a`、`b`", "`a`, `b`"),
        (["a"], "`a`", "`a`"),
    ],
)
def test_a_value_is_said_as_its_language_says_it(value: Spoken, zh: str, en: str) -> None:
    wording = Wording(says={"zh": "有{value}", "en": "has {value}"}, hint={"zh": "无", "en": "none"})
    found = wording.at("clause", value=value)
    assert (found.message, found.hint) == ((f"有{zh}", f"has {en}"), ("无", "none"))


def test_a_value_that_is_not_given_is_a_fault() -> None:
    with pytest.raises(KeyError):
        Wording(says={"zh": "有{value}", "en": "x"}, hint={"zh": "无", "en": "none"}).at("clause")


def test_what_a_text_or_a_name_holds_is_never_taken_for_a_value() -> None:
    policy = policy_with('rights: {access: {label: x, by: email, vaguely: "soon {clause} {0}"}}')
    (finding,) = [each for each in lint(policy) if each.clause == "rights.access.vaguely"]
    assert finding.message == "`soon {clause} {0}` is no deadline"
