"""How fast a policy is read and judged, and how that grows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from pathlib import Path

import yaml

from benchmarks.harness import Figure, Measure
from troth.policy.lint import lint
from troth.policy.read import parse

_SMALLRIG = Path("examples/smallrig")
_BESIDE = {"promises.yaml", "findings.yaml"}
_SIZES = (1_000, 3_000, 10_000)
_ITEMS_A_FUNCTION = 10
_TIMES = 3


def checking() -> Iterable[Figure]:
    """Reading and lint of the largest example, after import; against the bare parsing of its YAML."""
    files = {
        str(path): path.read_text(encoding="utf-8") for path in _SMALLRIG.glob("*.yaml") if path.name not in _BESIDE
    }
    bare = _best(lambda: [list(yaml.parse(text, Loader=yaml.CSafeLoader)) for text in files.values()])
    took = _best(lambda: lint(parse(files)))
    yield Figure("policy.check_smallrig", took, "s", 0.5, f"bare libyaml events {bare:.3f} s")


def growing() -> Iterable[Figure]:
    """Reading and lint of generated policies; growth between the smallest and the largest, against n·log n."""
    seconds = {}
    for size in _SIZES:
        files = {"policy.yaml": generated(size)}
        seconds[size] = _best(lambda files=files: lint(parse(files)))
    small, large = _SIZES[0], _SIZES[-1]
    allowed = (large * math.log(large)) / (small * math.log(small))
    yield Figure(
        "policy.check_10k_flows", seconds[large], "s", 5, f"1k {seconds[small]:.2f} s, 3k {seconds[3_000]:.2f} s"
    )
    yield Figure(
        "policy.growth_1k_10k", seconds[large] / seconds[small] / allowed, "×", 1, f"n·log n allows {allowed:.1f}×"
    )


def generated(flows: int) -> str:
    """A policy with so many flows: functions that each use ten items, two flows an item."""
    functions = flows // (2 * _ITEMS_A_FUNCTION)
    lines = [
        "troth: 1",
        "policy: large",
        "title: {en: A large policy}",
        "updated: 2026-01-01",
        "effective: 2026-01-01",
        "languages: [en]",
        "acceptance: explicit",
        "controller: {name: {en: Large Ltd}, contacts: {email: privacy@large.example}}",
        "items:",
        *(f"  data.i{number}: {{label: item {number}}}" for number in range(functions)),
        "purposes:",
        *(f"  p{number}: {{label: purpose {number}}}" for number in range(functions)),
        "functions:",
    ]
    for number in range(functions):
        needs = ", ".join(f"data.i{(number + step) % functions}" for step in range(_ITEMS_A_FUNCTION))
        lines.append(f"  f{number}: {{label: function {number}, for: p{number}, basis: contract, needs: [{needs}]}}")
    return "\n".join(lines) + "\n"


def _best(act: object, times: int = _TIMES) -> float:
    assert callable(act)
    runs = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        runs.append(time.perf_counter() - started)
    return min(runs)


BENCHMARKS: dict[str, Measure] = {
    "policy.check_smallrig": checking,
    "policy.check_10k_flows,policy.growth_1k_10k": growing,
}
