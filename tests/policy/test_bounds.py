"""What one policy may declare is bounded, so that reading it takes a moment whatever somebody writes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.base.errors import InputError
from troth.policy.bounds import MOST_FLOWS, _uses, beyond
from troth.policy.flows import flows
from troth.policy.lint import lint
from troth.policy.read import parse

EXAMPLES = Path(__file__).parents[2] / "examples"
GENERIC = (EXAMPLES / "generic" / "policy.yaml").read_text(encoding="utf-8")
SECONDS = 1.0


def blown_up(items: int, lines: int) -> str:
    """The generic policy with more items, and lines that each speak of all of them."""
    more_items = "".join(f"  z.i{n}: {{label: {{en: x{n}, zh: y{n}}}}}\n" for n in range(items))
    line = "{{label: {{en: x{n}, zh: y{n}}}, action: share, to: providers, for: services, items: all, basis: unstated}}"
    more_lines = "".join(f"  share.f{n}: {line.format(n=n)}\n" for n in range(lines))
    text = GENERIC.replace("\nitems:\n", f"\nitems:\n{more_items}", 1)
    return text.replace("\nflows:\n", f"\nflows:\n{more_lines}", 1)


@pytest.mark.parametrize(("items", "lines"), [(150, 150), (300, 300), (600, 600), (5_000, 0), (0, 4_000), (20_000, 2)])
def test_too_many_uses_are_a_positioned_error_in_a_moment(items: int, lines: int) -> None:
    text = blown_up(items, lines)
    begun = time.process_time()
    with pytest.raises(InputError) as refused:
        parse({"policy.yaml": text})
    assert time.process_time() - begun < SECONDS
    assert refused.value.code in {"policy.too-large", "yaml.too-large"}
    assert all(problem.where is not None for problem in refused.value.problems())


def test_what_is_just_within_the_bound_is_read_and_linted_in_a_moment() -> None:
    text = blown_up(100, 100)
    begun = time.process_time()
    policy = parse({"policy.yaml": text})
    lint(policy)
    assert time.process_time() - begun < SECONDS
    assert len(flows(policy)) > 10_000


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_the_count_is_never_less_than_the_flows_there_are(items: int, lines: int) -> None:
    policy = parse({"policy.yaml": blown_up(items, lines)})
    assert sum(number for _, number in _uses(policy)) >= len(flows(policy))
    assert beyond(policy) is None
    assert len(flows(policy)) <= MOST_FLOWS


@pytest.mark.parametrize("folder", sorted(one.name for one in EXAMPLES.iterdir() if one.is_dir()))
def test_every_example_is_far_within(folder: str) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in (EXAMPLES / folder).glob("*.yaml")}
    policy = parse({name: text for name, text in files.items() if name not in {"promises.yaml", "findings.yaml"}})
    assert sum(number for _, number in _uses(policy)) < MOST_FLOWS / 3


@pytest.mark.parametrize("text", ["k{}: 1\n", "? [k{}]\n: 1\n", "- {}\n"])
def test_a_heap_of_keys_is_an_error_in_a_moment(text: str) -> None:
    whole = "".join(text.format(number) for number in range(120_000))
    begun = time.process_time()
    with pytest.raises(InputError):
        parse({"policy.yaml": whole})
    assert time.process_time() - begun < SECONDS
