"""Promises of four examples, acted out on their sample companies: of every built control one, and what it showed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from tests.examples.example import EXAMPLES, example
from troth.app.drills.folder import read_folder
from troth.app.drills.practice import read_sample
from troth.app.drills.sandbox import sandboxes
from troth.drill.controls import CONTROLS
from troth.drill.model import Promise, Result
from troth.drill.run import rehearse

NAMES = ("nanolux", "nanonebula", "smallrig", "generic")
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def one_a_control(name: str) -> list[Promise]:
    """The first promise of each built control."""
    chosen: dict[str, Promise] = {}
    for promise in example(name).promises:
        if CONTROLS[promise.control].rehearse is not None:
            chosen.setdefault(promise.control, promise)
    return list(chosen.values())


@cache
def rehearsed(name: str) -> tuple[Result, ...]:
    folder = EXAMPLES / name
    with sandboxes(read_folder(folder), read_sample(folder), START) as make_sandbox:
        return rehearse(one_a_control(name), make_sandbox, lambda _: None)


@pytest.mark.parametrize("name", NAMES)
def test_each_control_keeps_a_promise(name: str) -> None:
    results = rehearsed(name)
    assert len(results) >= 4
    assert [(one.promise.id, one.evidence) for one in results if one.state != "kept"] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_rehearsal_is_empty(name: str) -> None:
    for result in rehearsed(name):
        assert not result.evidence.startswith("0 "), result.promise.id
        assert "all 0 uses" not in result.evidence, result.promise.id
