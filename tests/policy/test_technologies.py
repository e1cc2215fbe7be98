"""The names that technologies have on a device, and the purposes that a browser's signal refuses."""

from __future__ import annotations

import pytest

from tests.web.banner.shop import POLICY, SIGNAL
from troth.base.errors import InputError
from troth.notice.render import render
from troth.policy.model import Policy
from troth.policy.read import from_value, parse


def policy(base: str = POLICY, signal: str = SIGNAL) -> Policy:
    return parse({"a.yaml": base, "b.yaml": signal})


def test_names_and_refused_purposes_are_part_of_the_policy_and_survive_storing() -> None:
    found = policy()
    assert found.technologies["counter"].names == ("_v*",)
    assert found.signals["gpc"].refuses == ("marketing",)
    assert from_value(found.value) == found
    assert policy(POLICY.replace('"_v*"', '"_w*"')).hash != found.hash
    assert policy(signal=SIGNAL.replace("marketing", "advertising")).hash != found.hash


@pytest.mark.parametrize("name", ["a b", "a;b", "*", "a*b", "", "a=b", "_v**", "café"])
def test_what_cannot_be_the_name_of_a_stored_value_is_refused_where_it_stands(name: str) -> None:
    with pytest.raises(InputError) as wrong:
        policy(POLICY.replace('"_v*"', f'"{name}"'))
    (problem,) = wrong.value.problems()
    assert problem.where is not None
    assert POLICY.splitlines()[problem.where.line - 1].strip().startswith("{label: {zh: 统计")


def test_a_purpose_that_there_is_not_cannot_be_refused() -> None:
    with pytest.raises(InputError, match="marketin"):
        policy(signal=SIGNAL.replace("marketing", "marketin"))


@pytest.mark.parametrize(
    ("language", "said"), [("en", ["_v*", "It says no to: marketing."]), ("zh", ["_v*", "该信号表示拒绝：营销。"])]
)
def test_the_notice_tells_both(language: str, said: list[str]) -> None:
    text = render(policy(), language, version="shop:1", published=None)
    assert all(one in text for one in said)
    assert 'id="technologies.counter.names"' in text
