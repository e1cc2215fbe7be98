"""The same receipt as JSON-LD: one inline context gives every field its meaning in W3C DPV 2.3. Nothing is fetched.

The context says how to read the plain receipt and changes nothing in it, so that both forms verify alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TYPE: Final = "ConsentReceipt"

_NAMES: Final[Mapping[str, Any]] = {"@type": "@vocab", "@context": {"@vocab": "https://w3id.org/dpv#"}}

CONTEXT: Final[Mapping[str, Any]] = {
    "@version": 1.1,
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "troth": "urn:troth:receipt#",
    "ConsentReceipt": "dpv:ConsentReceipt",
    "schema_version": {"@id": "dct:conformsTo", "@type": "@id"},
    "receipt_id": "dct:identifier",
    "record_id": "dct:isPartOf",
    "pii_principal_id": "dpv:hasDataSubject",
    "processing": "dpv:hasProcess",
    "privacy_notice": "dpv:hasNotice",
    "version": "dct:hasVersion",
    "hash": "troth:hash",
    "language": "dct:language",
    "service": "dpv:hasService",
    "purpose": {
        "@id": "dpv:hasPurpose",
        "@context": {"purpose_id": "dct:identifier", "purpose": "dct:title"},
    },
    "lawful_basis": "dpv:hasLegalBasis",
    "pii_information": "dpv:hasPersonalData",
    "pii_type": "dct:title",
    "pii_attribute_id": "dct:identifier",
    "pii_optional": "troth:optional",
    "sensitive_pii_category": "troth:sensitive",
    "pii_controllers": "dpv:hasDataController",
    "collection_method": "dpv:hasDataSource",
    "processing_method": "dpv:hasProcessing",
    "storage_locations": "dpv:hasLocation",
    "retention_period": "dpv:hasStorageCondition",
    "pii": "dpv:hasPersonalData",
    "period": "dpv:hasDuration",
    "then": "troth:then",
    "jurisdiction": "dpv:hasJurisdiction",
    "recipient_third_parties": "dpv:hasRecipient",
    "withdrawal_method": "dpv:hasConsentControl",
    "method": "dpv:isExercisedAt",
    "by": "troth:channel",
    "privacy_rights": "dpv:hasRight",
    "parties": "dpv:hasEntity",
    "party_id": "dct:identifier",
    "party_name": "dpv:hasName",
    "party_address": "dpv:hasAddress",
    "party_contact": "dpv:hasContact",
    "party_type": "troth:partyType",
    "party_email": "dpv:hasContact",
    "party_phone": "dpv:hasContact",
    "party_url": "dpv:hasContact",
    "event": "troth:event",
    "event_time": {"@id": "dct:date", "@type": "xsd:dateTime"},
    "validity_duration": "dct:valid",
    "entity_id": "dpv:isImplementedByEntity",
    "event_type": {"@id": "dpv:hasLegalBasis", **_NAMES},
    "event_state": {"@id": "dpv:hasConsentStatus", **_NAMES},
    "kind": "troth:kind",
    "grade": "troth:grade",
    "function": "troth:function",
    "actor": "troth:actor",
    "interface": "troth:interface",
    "verification": "troth:verification",
    "reason": "troth:reason",
    "ended": {"@id": "troth:ended", "@type": "xsd:dateTime"},
    "shown": "troth:shown",
    "shown_hash": "troth:shownHash",
    "terms": {"@id": "troth:terms", "@container": "@language"},
    "journal": "troth:journal",
    "leaf": "troth:leaf",
    "index": "troth:index",
    "tree_size": "troth:treeSize",
    "inclusion_proof": {"@id": "troth:inclusionProof", "@container": "@list"},
    "checkpoint": "troth:checkpoint",
}


def linked(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The receipt with its context and type in front."""
    return {"@context": dict(CONTEXT), "@type": TYPE, **receipt}
