"""The 741 promises are truly mapped: every fact of a promise stands in what its clauses say."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.examples.example import EXAMPLES, example
from tests.examples.mapping import Said, untold
from troth.drill.controls import CONTROLS
from troth.drill.model import Promise
from troth.policy.model import Policy
from troth.policy.read import from_value

NAMES = ("generic", "nanolux", "nanonebula", "kaiconn", "smallrig")
KINDS = {
    "generic": {"enforceable": 47, "evidence": 8, "content": 4},
    "nanolux": {"enforceable": 103, "evidence": 14, "content": 14},
    "nanonebula": {"enforceable": 88, "evidence": 6, "content": 9},
    "kaiconn": {"enforceable": 126, "evidence": 28, "content": 25},
    "smallrig": {"enforceable": 196, "evidence": 31, "content": 42},
}
ALL = [(name, promise) for name in NAMES for promise in example(name).promises]
FIGURES = [
    (name, promise, key)
    for name, promise in ALL
    for key, value in promise.parameters.items()
    if key in {"below", "times", "section", "number"} or (isinstance(value, str) and re.match(r"\d", value))
]
REFERENCE = (EXAMPLES.parent / "docs" / "reference" / "promises.md").read_text("utf-8")


def told(name: str, promise: Promise) -> list[str]:
    return untold(promise, Said(example(name).policy, promise.clauses))


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the reference page."""
    section = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [[one.replace("`", "") for one in row] for row in cells]


@pytest.mark.parametrize(("name", "promise"), ALL, ids=[promise.id for _, promise in ALL])
def test_every_fact_of_a_promise_stands_in_what_its_clauses_say(name: str, promise: Promise) -> None:
    assert promise.parameters
    assert told(name, promise) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_promise_is_of_its_kind(name: str) -> None:
    assert Counter(promise.kind for promise in example(name).promises) == KINDS[name]


def test_there_are_741_promises_of_three_kinds() -> None:
    assert len(ALL) == 741
    assert Counter(promise.kind for _, promise in ALL) == {"enforceable": 560, "evidence": 87, "content": 94}


# one word a thing


def test_every_key_of_the_parameters_is_explained_and_every_key_explained_is_used() -> None:
    used = {key for _, promise in ALL for key in promise.parameters}
    assert used == {row[0] for row in rows("Parameters")}


def test_a_key_holds_the_same_sort_of_thing_everywhere() -> None:
    sorts: dict[str, set[type]] = {}
    for _, promise in ALL:
        for key, value in promise.parameters.items():
            sorts.setdefault(key, set()).add(type(value))
    assert {key: found for key, found in sorts.items() if len(found) > 1} == {}


def test_no_list_names_the_same_thing_twice() -> None:
    for _, promise in ALL:
        for key, value in promise.parameters.items():
            assert not isinstance(value, list) or len(set(map(str, value))) == len(value), f"{promise.id} {key}"


def test_the_reference_lists_every_control_that_rehearses_with_its_needs() -> None:
    listed = [
        (name, needs.split(", "), takes.split(", ")) for name, _, needs, takes in rows("Controls with a rehearsal")
    ]
    built = [control for control in CONTROLS.values() if control.rehearse is not None]
    assert listed == [(one.name, list(one.needs) or ["–"], list(one.takes) or ["–"]) for one in built]


def test_what_a_rehearsal_needs_is_kept_apart_from_the_facts() -> None:
    facts = {row[0] for row in rows("Parameters")}
    for _, promise in ALL:
        assert not promise.rehearsal.keys() & facts, promise.id


# The check itself can fail: it is held against promises that are mapped wrongly.


def wrong(value: Any) -> Any:
    """The same figure, one more."""
    if isinstance(value, int):
        return value + 1
    return re.sub(r"\d+", lambda found: f"{int(found[0]) + 1:0{len(found[0])}}", value, count=1)


@pytest.mark.parametrize(
    ("name", "promise", "key"), FIGURES, ids=[f"{promise.id}-{key}" for _, promise, key in FIGURES]
)
def test_a_figure_that_is_one_off_is_noticed(name: str, promise: Promise, key: str) -> None:
    off = replace(promise, parameters={**promise.parameters, key: wrong(promise.parameters[key])})
    assert [one.partition(":")[0] for one in told(name, off)] == [key]


def test_enough_figures_are_checked() -> None:
    assert len(FIGURES) > 120


@pytest.mark.parametrize("name", NAMES)
def test_a_promise_that_is_mapped_to_another_ones_clauses_is_noticed(name: str) -> None:
    promises = example(name).promises
    shifted = [
        (promise, other.clauses)
        for promise, other in zip(
            promises, promises[len(promises) // 2 :] + promises[: len(promises) // 2], strict=True
        )
        if promise.parameters.keys() != {"unstated"}
    ]
    unnoticed = [one.id for one, clauses in shifted if not told(name, replace(one, clauses=clauses))]
    assert len(unnoticed) <= len(shifted) // 20, unnoticed


@pytest.mark.parametrize(
    ("name", "path", "before", "after", "broken"),
    [
        ("kaiconn", ("requests", "within"), "30 working days", "31 working days", "KAI-146"),
        ("kaiconn", ("rights", "close_account", "cooling_off"), "7 days", "8 days", "KAI-152"),
        ("kaiconn", ("minors", "below"), 18, 16, "KAI-160"),
        ("nanonebula", ("rights", "erasure", "within"), "15 working days", "15 days", "NEB-092"),
        ("nanolux", ("updated",), "2021-05", "2021-06", "NLX-001"),
        ("nanolux", ("minors", "below"), 14, 16, "NLX-107"),
        ("smallrig", ("rule_sets", "california", "rights", "know", "lookback"), "12 months", "6 months", "SMR-170"),
        ("smallrig", ("rule_sets", "california", "exemptions", "b2b", "until"), "2021-01-01", "2023-01-01", "SMR-083"),
    ],
)
def test_a_policy_that_comes_to_say_something_else_is_noticed(
    name: str, path: tuple[str, ...], before: Any, after: Any, broken: str
) -> None:
    policy = changed(example(name).policy, path, before, after)
    promise = next(one for one in example(name).promises if one.id == broken)
    assert untold(promise, Said(policy, promise.clauses)) != []


def changed(policy: Policy, path: tuple[str, ...], before: Any, after: Any) -> Policy:
    """The policy with one value replaced."""
    value = copied(policy.value)
    inner = value
    for key in path[:-1]:
        inner = inner[key]
    assert inner[path[-1]] == before
    inner[path[-1]] = after
    return from_value(value)


def copied(value: Any) -> Any:
    if hasattr(value, "items"):
        return {key: copied(child) for key, child in value.items()}
    return [copied(child) for child in value] if isinstance(value, list | tuple) else value


def test_the_page_lists_every_control_that_is_not_built_with_what_it_shall_keep() -> None:
    listed = {row[0]: (row[1], row[2].rstrip(" |")) for row in rows("Controls that are not built yet")}
    waiting = {name: (one.says["en"], one.says["zh"]) for name, one in CONTROLS.items() if one.rehearse is None}
    assert listed == waiting
