"""A consent receipt: the fields of ISO/IEC TS 27560 by the names of the W3C DPV profile, and the place in the journal.

It carries no contact data of the person and none of their values; the principal is named by a commitment that only
the holder of the subject's key can recompute.
"""

from __future__ import annotations

from typing import Any

from troth.base.text import said
from troth.consent.matter import find_matter
from troth.consent.model import Event
from troth.journal.model import Entry
from troth.policy.model import Policy
from troth.versions.model import Version

SCHEMA = "https://w3id.org/dpv/schema/dpv-27560#receipt-record"


def compose(
    event: Event, version: Version, entry: Entry, *, principal: str, shown: str, language: str
) -> dict[str, Any]:
    """The receipt as plain JSON; labels in `language`, the text shown in the language it was shown in."""
    return {
        "schema_version": SCHEMA,
        "receipt_id": f"rec-{event.id}",
        "record_id": event.id,
        "pii_principal_id": principal,
        "processing": _processing(event, version, language),
        "party": _controller(version.policy, language),
        "event": {
            "event_time": event.at.isoformat(),
            "event_type": event.grade,
            "event_state": event.kind.value,
            "entity_id": event.actor,
            "interface": event.interface,
            "language": event.language,
            "shown": shown,
            "shown_hash": event.prompt,
        },
        "journal": {"index": entry.index, "leaf_hash": entry.hash.hex(), "leaf": entry.leaf.decode()},
    }


def _processing(event: Event, version: Version, language: str) -> dict[str, Any]:
    policy, matter = version.policy, find_matter(version.policy, event.function)
    return {
        "privacy_notice": {"version": version.id, "hash": version.hash},
        "language": language,
        "service": said(matter.label, language),
        "purpose": [said(policy.purposes[name].label, language) for name in matter.purposes],
        "lawful_basis": "consent",
        "pii_information": [_item(policy, name, language, optional=name in matter.optional) for name in matter.items],
        "recipient_third_parties": [said(policy.recipients[name].name, language) for name in matter.shared],
        "jurisdiction": list(policy.regimes),
    }


def _item(policy: Policy, name: str, language: str, *, optional: bool) -> dict[str, Any]:
    item = policy.items[name]
    return {
        "pii_type": said(item.label, language),
        "pii_attribute_id": name,
        "pii_optional": optional,
        "sensitive_pii_category": item.sensitive,
    }


def _controller(policy: Policy, language: str) -> dict[str, Any]:
    contacts = policy.controller.contacts
    return {
        "type": "controller",
        "name": said(policy.controller.name, language),
        "email": contacts.email,
        "phone": contacts.phone,
        "address": said(contacts.post, language) if contacts.post else None,
    }
