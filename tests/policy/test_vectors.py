"""Two hundred policies, each with one line gone wrong: what is found, and where, is written down and stays so.

Beside them what is made to break readers: each is refused at a place, within a second and within 200 MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from troth.base.errors import InputError
from troth.policy.lint import lint
from troth.policy.read import parse

_HERE = Path(__file__).parent / "vectors"
_BASE = (_HERE / "base.yaml").read_text(encoding="utf-8").splitlines()
_MUTATED = [json.loads(line) for line in (_HERE / "mutated.jsonl").read_text(encoding="utf-8").splitlines()]


def _found(text: str) -> list[list[object]]:
    try:
        lint(parse({"policy.yaml": text}))
    except InputError as error:
        return [[one.code, one.where.line, one.where.column] for one in error.problems() if one.where]
    return []


def test_there_are_two_hundred_and_most_of_them_are_wrong() -> None:
    assert len(_MUTATED) == 200
    assert sum(bool(vector["problems"]) for vector in _MUTATED) > 150
    assert _found("\n".join(_BASE)) == []


@pytest.mark.parametrize("vector", _MUTATED, ids=lambda vector: vector["name"])
def test_what_is_wrong_with_a_line_is_found_where_it_stands(vector: dict[str, Any]) -> None:
    line = vector["line"]
    text = "\n".join([*_BASE[: line - 1], *vector["becomes"], *_BASE[line:]]) + "\n"
    assert _found(text) == vector["problems"]


_HEAD = "troth: 1\npolicy: bad\n"
_NASTY = {
    "billion laughs": _HEAD + "a0: &a0 [x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}]\n" for n in range(30)),
    "deep nesting": _HEAD + "items: " + "[" * 100_000,
    "deep mapping": _HEAD + "items: " + "{a: " * 50_000,
    "ten megabyte scalar": _HEAD + "title: " + "x" * 10_000_000,
    "a million keys": _HEAD + "".join(f"k{n}: 1\n" for n in range(1_000_000)),
    "cyclic categories": _HEAD + "categories: {a: {label: a, category: b}, b: {label: b, category: a}}\n",
    "endless number": _HEAD + "minors: {below: " + "9" * 100_000 + "}\n",
}  # fmt: skip

_PROGRAM = """
import resource, sys, time
from troth.base.errors import InputError
from troth.policy.lint import lint
from troth.policy.read import parse
text = sys.stdin.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.process_time()
try:
    lint(parse({"policy.yaml": text}))
    print("accepted")
except InputError as error:
    print(all(one.where for one in error.problems()))
print(time.process_time() - started, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("name", _NASTY)
def test_what_is_made_to_break_readers_is_refused_at_a_place_in_little_time_and_memory(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM], input=_NASTY[name], capture_output=True, text=True, check=True, timeout=60
    )
    placed, figures = ended.stdout.split("\n", 1)
    seconds, megabytes = map(float, figures.split())
    assert placed == "True"
    assert seconds < 1
    assert megabytes < 200
