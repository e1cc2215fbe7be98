"""Consent to a matrix is one consent to all of its cells."""

from __future__ import annotations

from tests.policy.support import policy_with
from troth.consent.matter import matter_of, matters
from troth.policy.flows import flows

POLICY = """\
items: {a: {label: a}, b: {label: b}}
purposes: {p: {label: p}, q: {label: q}}
matrices: {m: {label: many uses, actions: use, basis: consent, grade: explicit, for: {p: [a, b], q: a}}}
"""


def test_a_matrix_that_rests_on_consent_is_one_matter() -> None:
    policy = policy_with(POLICY)
    assert {matter_of(flow) for flow in flows(policy)} == {"matrices.m"}
    matter = matters(policy)["matrices.m"]
    assert matter.label == {"en": "many uses"}
    assert (matter.purposes, matter.items, matter.grade) == (("p", "q"), ("a", "b"), "explicit")
