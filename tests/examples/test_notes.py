"""Whoever read the five texts numbered the contradictions in them: lint finds each, by a rule, at a clause."""

from __future__ import annotations

import re

import pytest

from tests.examples.example import example

NUMBERED = [
    ("nanolux", r"nanolux (\d[\d, ]*)", set(range(1, 18))),
    ("nanonebula", r"nanonebula (\d[\d, ]*)", set(range(1, 14))),
    ("generic", r"generic (\d[\d, ]*)", set(range(1, 12))),
    ("smallrig", r"A\.8 (\d+)", set(range(1, 23))),
    ("kaiconn", r"B\.9-(\d+)", set(range(1, 18))),
    ("kaiconn", r"B\.8-(\d+)", set(range(1, 16)) - {14}),  # how sections are numbered is no part of what is promised
]


@pytest.mark.parametrize(("name", "form", "numbers"), NUMBERED)
def test_every_numbered_contradiction_is_found(name: str, form: str, numbers: set[int]) -> None:
    made = {(finding.rule, finding.clause) for finding in example(name).found}
    noted = [one["note"] for one in example(name).expected.values() if (one["rule"], one["clause"]) in made]
    found = {int(each) for note in noted for part in re.findall(form, note) for each in re.findall(r"\d+", part)}
    assert found == numbers
