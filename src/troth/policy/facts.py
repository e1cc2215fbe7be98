"""The names of the facts about a subject that a policy may ask for."""

from __future__ import annotations

from troth.policy.sections.words import GRADES

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
    "opted-out.sale",
)


def fact_names(functions: tuple[str, ...], purposes: tuple[str, ...]) -> frozenset[str]:
    """All facts of a policy with these functions and purposes."""
    consents = (f"consent.{function}.{grade}" for function in functions for grade in GRADES[1:])
    objections = (f"objected.{purpose}" for purpose in purposes)
    return frozenset((*PLAIN, *consents, *objections))
