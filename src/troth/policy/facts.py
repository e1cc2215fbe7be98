"""The names of the facts about a subject that a policy may ask for."""

from __future__ import annotations

from troth.policy.sections.words import GRADES

OPT_OUTS = ("sale", "sharing", "targeted-advertising", "profiling", "sensitive", "automated")
"""What people may opt out of without ever having agreed to it."""

PLAIN = (
    "account.open",
    "account.closing",
    "account.closed",
    "verified.phone",
    "verified.email",
    "identity.verified",
    "accepted.policy",
    "accepted.terms",
    "restricted",
    "hold",
    "age.adult",
    "age.barred",
    "guardian.agreed",
    *(f"opted-out.{name}" for name in OPT_OUTS),
    *(f"opted-in.{name}" for name in OPT_OUTS),
)


def fact_names(functions: tuple[str, ...], purposes: tuple[str, ...]) -> frozenset[str]:
    """All facts of a policy with these functions and purposes."""
    consents = (f"consent.{function}.{grade}" for function in functions for grade in GRADES[1:])
    objections = (f"objected.{purpose}" for purpose in purposes)
    return frozenset((*PLAIN, *consents, *objections))
