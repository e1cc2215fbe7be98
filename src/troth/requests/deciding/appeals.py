"""Where a person turns who is not satisfied: to the company once more, and to the authority of the law. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from troth.base.text import Text
from troth.policy.model import Policy
from troth.regimes import regime
from troth.regimes.model import Authority


@dataclass(frozen=True)
class Appeal:
    """How to complain: what the policy says of it, the address for complaints, and the authorities."""

    says: Text | None
    email: str | None
    phone: str | None
    authorities: tuple[Authority, ...]


def appeal(policy: Policy) -> Appeal:
    """Where somebody turns under that policy."""
    right = policy.rights.get("complaint")
    contacts = policy.controller.contacts
    return Appeal(
        policy.requests.appeal or (right.path if right else None),
        (right.email if right else None) or contacts.email,
        contacts.phone,
        tuple(regime(name).authority for name in policy.regimes),
    )
