"""A consent receipt as a value: the fields of ISO/IEC TS 27560 by the names of the W3C DPV profile, and its proof.

A receipt is put together from what the journal covers and nothing else: the leaf of the event, the sections whose
hashes the leaf names, the text shown whose hash the leaf names, and the signed place of the leaf in the log. So
whoever holds one can take it apart, put it together again and compare (`verify`). It carries no contact data of the
person and none of their values; they are named by a commitment that only the holder of their key can recompute.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from troth.consent.model import LEADS_TO, VALID, Kind

SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#receipt-record"

JOURNALLED: Final = "consent."
"""What the kind of an event's leaf begins with."""

CONSENT_TYPES: Final[Mapping[str, str]] = {
    "none": "Consent",
    "deemed": "ImpliedConsent",
    "general": "ExpressedConsent",
    "explicit": "ExplicitlyExpressedConsent",
    "separate": "ExplicitlyExpressedConsent",
    "guardian-verified": "ExplicitlyExpressedConsent",
}
"""The types of consent of W3C DPV 2.3, by our grades."""

UNTIL_WITHDRAWN: Final = "until-withdrawn"
ENDED: Final = "ended"


@dataclass(frozen=True)
class Place:
    """Where a leaf lies in the log: its index, the size of the tree, the path to its root, and who signed that."""

    index: int
    size: int
    proof: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True)
class Parts:
    """All that a receipt is made of. `body` is in `language`; `terms` are the hashes of it in every language."""

    leaf: str
    language: str
    body: Mapping[str, Any]
    terms: Mapping[str, str]
    shown: str
    place: Place


def compose(parts: Parts) -> dict[str, Any]:
    """The receipt as plain JSON. Raises KeyError or ValueError for a leaf that is none of the ledger's."""
    leaf = json.loads(parts.leaf)
    refs = leaf["refs"]
    return {
        "schema_version": SCHEMA,
        "receipt_id": f"rec-{refs['event']}",
        "record_id": refs["event"],
        "pii_principal_id": refs["subject"],
        "processing": {
            "privacy_notice": {"version": refs["version"], "hash": refs["hash"]},
            "language": parts.language,
            **parts.body["processing"],
        },
        "parties": parts.body["parties"],
        "event": _event(leaf, parts.shown),
        "terms": dict(parts.terms),
        "journal": {
            "leaf": parts.leaf,
            "index": parts.place.index,
            "tree_size": parts.place.size,
            "inclusion_proof": list(parts.place.proof),
            "checkpoint": parts.place.checkpoint,
        },
    }


def _event(leaf: Mapping[str, Any], shown: str) -> dict[str, Any]:
    refs, kind = leaf["refs"], Kind(leaf["kind"].removeprefix(JOURNALLED))
    optional = {key: refs[key] for key in ("verification", "reason") if key in refs}
    return {
        "event_time": leaf["at"],
        "validity_duration": refs.get("until", UNTIL_WITHDRAWN) if LEADS_TO[kind] in VALID else ENDED,
        "entity_id": refs.get("verification", refs["subject"] if refs["actor"] == "self" else refs["actor"]),
        "event_type": CONSENT_TYPES[refs["grade"]],
        "event_state": LEADS_TO[kind].value,
        "kind": kind.value,
        "grade": refs["grade"],
        "function": refs["function"],
        "actor": refs["actor"],
        "interface": refs["interface"],
        "language": refs["language"],
        "shown": shown,
        "shown_hash": refs["prompt"],
        **optional,
        **({"ended": refs["until"]} if kind is Kind.EXPIRED and "until" in refs else {}),
    }
