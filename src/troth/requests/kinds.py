"""What a person may ask for, and in which way each is fulfilled. The names are those of the rights in a policy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from troth.base.errors import InputError


class Kind(StrEnum):
    """What a person may ask for."""

    ACCESS = "access"
    KNOW = "know"
    DISCLOSURES = "disclosures"
    POLICY = "policy"
    COPY = "copy"
    PORTABILITY = "portability"
    CORRECTION = "correction"
    ERASURE = "erasure"
    CLOSE_ACCOUNT = "close_account"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"
    LIMIT = "limit"
    EXPLANATION = "explanation"
    COMPLAINT = "complaint"


class Way(StrEnum):
    """How a kind is fulfilled."""

    PACKAGE = "package"
    """The stores are read, and the person fetches what was found."""
    DOCUMENT = "document"
    """It is written from the policy and from records; no store is read, and the person fetches it."""
    CORRECT = "correct"
    """New values go to every field that holds the item; what is locked waits until somebody has looked at it."""
    ERASE = "erase"
    """The stores are changed by plans, looked at again, and a certificate is made."""
    CHOICE = "choice"
    """Facts of the person change, at once: nothing of it waits for anybody."""
    ANSWER = "answer"
    """Somebody looks into it and writes to the person."""


WAYS: Mapping[Kind, Way] = {
    Kind.ACCESS: Way.PACKAGE,
    Kind.KNOW: Way.PACKAGE,
    Kind.DISCLOSURES: Way.DOCUMENT,
    Kind.POLICY: Way.DOCUMENT,
    Kind.COPY: Way.PACKAGE,
    Kind.PORTABILITY: Way.PACKAGE,
    Kind.CORRECTION: Way.CORRECT,
    Kind.ERASURE: Way.ERASE,
    Kind.CLOSE_ACCOUNT: Way.ERASE,
    Kind.RESTRICTION: Way.CHOICE,
    Kind.OBJECTION: Way.CHOICE,
    Kind.WITHDRAWAL: Way.CHOICE,
    Kind.OPT_OUT: Way.CHOICE,
    Kind.OPT_IN: Way.CHOICE,
    Kind.LIMIT: Way.CHOICE,
    Kind.EXPLANATION: Way.ANSWER,
    Kind.COMPLAINT: Way.ANSWER,
}


def of_way(*ways: Way) -> frozenset[Kind]:
    """All kinds that are fulfilled in one of these ways."""
    return frozenset(kind for kind, one in WAYS.items() if one in ways)


FETCHED: frozenset[Kind] = of_way(Way.PACKAGE, Way.DOCUMENT)
"""The kinds whose answer is a package that the person fetches."""


def kind_of(word: str) -> Kind:
    """The kind that `word` names.

    Raises:
        InputError: `requests.unknown-kind`.
    """
    if word not in list(Kind):
        raise InputError(
            "requests.unknown-kind",
            f"`{word[:40]}` is not a kind of request",
            hint=f"use one of {', '.join(Kind)}",
        )
    return Kind(word)
