"""Matrices: every cell is a line, and a matrix about the past allows nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.policy.strategies import slowly
from tests.policy.support import policy_with, problems
from troth.base.period import Period
from troth.policy.flows import Told, flows, told
from troth.policy.model import Policy

NAMES = """\
categories: {c: {label: c}}
items: {a: {label: a, category: c}, b: {label: b, category: c}, d: {label: d}}
purposes: {p: {label: p}, q: {label: q}}
recipients: {r: {kind: partner, name: r}, s: {kind: partner, name: s}}
"""
ITEMS = {"c": {"a", "b"}, "a": {"a"}, "b": {"b"}, "d": {"d"}, "all": {"a", "b", "d"}}


def matrix(text: str) -> Policy:
    return policy_with(f"{NAMES}matrices:\n  m: {{label: m, {text}}}\n")


def cells(policy: Policy) -> set[tuple[str, str, str, str | None]]:
    return {(flow.item, flow.purpose, flow.action, flow.recipient) for flow in flows(policy)}


def test_a_cell_allows_each_action_for_each_item() -> None:
    policy = matrix("actions: [use, sell], basis: contract, for: {p: [c, d], q: a}")
    wanted = {(item, "p", action, None) for item in "abd" for action in ("use", "sell")}
    assert cells(policy) == wanted | {("a", "q", "use", None), ("a", "q", "sell", None)}
    assert {flow.clause for flow in flows(policy)} == {"matrices.m.for.p", "matrices.m.for.q"}
    assert {flow.basis for flow in flows(policy)} == {"contract"}


def test_an_item_with_recipients_goes_to_them_and_to_nobody_else() -> None:
    policy = matrix("actions: share, for: {p: [c, d]}, to: {c: r, a: s}")
    assert cells(policy) == {
        ("a", "p", "share", "r"),
        ("a", "p", "share", "s"),
        ("b", "p", "share", "r"),
        ("d", "p", "share", None),
    }


def test_a_matrix_about_the_past_allows_nothing_and_tells_each_cell() -> None:
    policy = matrix("actions: sell, over: 12 months, items: d, for: {p: c}, to: {c: [r, s]}")
    assert flows(policy) == ()
    year = Period(12, "months")
    assert told(policy) == (
        Told("d", "sell", None, year, "matrices.m.items"),
        Told("a", "sell", "r", year, "matrices.m.to.c"),
        Told("a", "sell", "s", year, "matrices.m.to.c"),
        Told("b", "sell", "r", year, "matrices.m.to.c"),
        Told("b", "sell", "s", year, "matrices.m.to.c"),
    )


def test_the_keys_of_a_matrix_are_names_that_are_declared() -> None:
    head = "troth: 1\npolicy: shop\ntitle: t\nupdated: 2026-01-01\nlanguages: [en]\ncontroller: {name: x}\n"
    wrong = "matrices:\n  m: {label: m, actions: use, for: {pp: c}, to: {cc: r}}\n"
    found = sorted(one.split()[1] for one in problems(head + NAMES + wrong))
    assert found == ["policy.unknown-item", "policy.unknown-purpose"]


def test_consent_in_a_matrix_needs_a_grade() -> None:
    head = "troth: 1\npolicy: shop\ntitle: t\nupdated: 2026-01-01\nlanguages: [en]\ncontroller: {name: x}\n"
    wrong = "matrices:\n  m: {label: m, actions: use, basis: consent, for: {p: c}}\n"
    assert [one.split()[1] for one in problems(head + NAMES + wrong)] == ["policy.grade-missing"]


@slowly
@given(
    st.dictionaries(st.sampled_from("pq"), st.sets(st.sampled_from(sorted(ITEMS)), min_size=1), max_size=2),
    st.dictionaries(st.sampled_from(sorted(ITEMS)), st.sets(st.sampled_from("rs"), min_size=1), max_size=3),
)
def test_a_matrix_is_the_lines_written_out(stated: dict[str, set[str]], to: dict[str, set[str]]) -> None:
    def listed(family: dict[str, set[str]]) -> str:
        return "{" + ", ".join(f"{name}: [{', '.join(sorted(members))}]" for name, members in family.items()) + "}"

    wanted: set[tuple[str, str, str, str | None]] = set()
    for purpose, names in stated.items():
        for item in set().union(*(ITEMS[name] for name in names)):
            receivers = {one for name, those in to.items() if item in ITEMS[name] for one in those}
            wanted |= {(item, purpose, "share", one) for one in (receivers or (None,))}
    assert cells(matrix(f"actions: share, for: {listed(stated)}, to: {listed(to)}")) == wanted
