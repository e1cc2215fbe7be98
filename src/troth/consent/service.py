"""The ledger of choices, as other packages use it: one name for every use case."""

from __future__ import annotations

from troth.consent.actor import CONTROLLER, SELF, Actor
from troth.consent.acts.accepting import (
    DOCUMENTS,
    accept,
    acceptances,
    accepted_version,
    binding_version,
    in_force_for,
    tell,
    told,
)
from troth.consent.acts.expiry import expire_due
from troth.consent.acts.giving import deem, give, invalidate, refuse, revoke, withdraw
from troth.consent.asking.asking import defer, may_ask, request
from troth.consent.asking.waits import Asking
from troth.consent.bound.bindings import Bindings, bindings, bindings_of
from troth.consent.optouts.opting import opt_in, opt_out
from troth.consent.optouts.signal import honour, join, profile
from troth.consent.proof.receipts import receipt, receipt_ld
from troth.consent.reading import history, state, status

__all__ = [
    "CONTROLLER",
    "DOCUMENTS",
    "SELF",
    "Actor",
    "Asking",
    "Bindings",
    "accept",
    "acceptances",
    "accepted_version",
    "binding_version",
    "bindings",
    "bindings_of",
    "deem",
    "defer",
    "expire_due",
    "give",
    "history",
    "honour",
    "in_force_for",
    "invalidate",
    "join",
    "may_ask",
    "opt_in",
    "opt_out",
    "profile",
    "receipt",
    "receipt_ld",
    "refuse",
    "request",
    "revoke",
    "state",
    "status",
    "tell",
    "told",
    "withdraw",
]
