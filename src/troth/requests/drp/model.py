"""What an agent asks for, and what it is told of it, in the protocol's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from troth.base.sensitive import Sensitive
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.subjects.identifier import Identifier

State = Literal["in_progress", "fulfilled", "revoked", "denied", "expired"]
"""`open` is never seen: we are the business ourselves, so a request is acknowledged as it comes (§ 3.03, note 1)."""

Reason = Literal[
    "need_user_verification",
    "suspected_fraud",
    "insuf_verification",
    "no_match",
    "claim_not_covered",
    "outside_jurisdiction",
    "too_many_requests",
    "other",
]

DENIED: Final[Mapping[str, Reason]] = {
    "requests.too-often": "too_many_requests",
    "requests.not-granted": "claim_not_covered",
    "requests.party-not-allowed": "claim_not_covered",
}
"""Why a request cannot be opened, or cannot be the person's, in the protocol's words; anything else is `other`."""

CCPA: Final = "us-ca"
"""The regime of ours that the protocol calls `ccpa`."""

ACTIONS: Final[Mapping[str, tuple[Kind, tuple[str, ...]]]] = {
    "sale:opt-out": (Kind.OPT_OUT, ("sale", "sharing")),
    "sale:opt-in": (Kind.OPT_IN, ("sale", "sharing")),
    "deletion": (Kind.ERASURE, ()),
    "access": (Kind.ACCESS, ()),
    "access:categories": (Kind.KNOW, ()),
    "access:specific": (Kind.COPY, ()),
}
"""What is done for each right of the protocol (§ 3.01), and in which matters. California knows one right to opt out of
sale and sharing together (Civ. Code § 1798.120)."""


@dataclass(frozen=True)
class Claim:
    """By what the person is found, and whether the agent has verified that it is theirs."""

    identifier: Identifier
    verified: bool


@dataclass(frozen=True)
class Exercise:
    """One right exercised for one person; `said` is whatever else the agent tells of them, in lines to read."""

    action: str
    claims: tuple[Claim, ...]
    said: Sensitive[str]
    regime: Literal["ccpa"] | None = None
    reference: str | None = None
    callback: str | None = None

    @property
    def kind(self) -> Kind:
        """Our kind of request."""
        return ACTIONS[self.action][0]

    @property
    def details(self) -> Details:
        """What exactly is asked for."""
        return Details(matters=ACTIONS[self.action][1], text=self.said.reveal())


@dataclass(frozen=True)
class Status:
    """Where a request of an agent stands. `results` says that the person has something to fetch."""

    id: str
    state: State
    received_at: datetime
    reference: str | None = None
    reason: Reason | None = None
    expected_by: datetime | None = None
    details: str | None = None
    expires_at: datetime | None = None
    results: str | None = None

    def plain(self, base_url: str) -> dict[str, Any]:
        """As JSON (§ 3.03); only what is there is said."""
        asked_for = self.reason == "need_user_verification"
        told = {
            "request_id": self.id,
            "agent_request_id": self.reference,
            "status": self.state,
            "reason": self.reason,
            "received_at": _instant(self.received_at),
            "expected_by": _instant(self.expected_by),
            "processing_details": self.details,
            "user_verification_url": f"{base_url}/agents/requests/{self.id}" if asked_for else None,
            "results_url": f"{base_url}/requests/{self.results}" if self.results else None,
            "expires_at": _instant(self.expires_at),
        }
        return {key: value for key, value in told.items() if value is not None}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
