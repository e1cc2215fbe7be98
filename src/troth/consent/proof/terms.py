"""What a choice is about, as data: the sections of a receipt that hold for everybody who chooses about the same.

They depend on the version and the matter alone, so they are composed once, kept by their hash as texts are, and named
in the journal beside every choice: whoever holds a receipt can show that nothing in it was written afterwards.
Field names are those of ISO/IEC TS 27560:2023 in the W3C DPV profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troth.base.canonical import canonical
from troth.base.text import LANGUAGES, said
from troth.consent.matter import Matter
from troth.consent.optouts.stops import is_sensitive
from troth.policy.model import Policy, Recipient, Retention, Right

CONTROLLER = "controller"
"""The party id of whoever promises."""

UNSTATED: Mapping[str, str] = {"zh": "政策未说明", "en": "not stated in the policy"}
_SAME_WAY: Mapping[str, str] = {"zh": "与给出同意的方式相同", "en": "in the same way as it was given"}

Body = dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """The sections by language, as texts under their hashes; `name` is the hash of the index of these hashes."""

    name: str
    texts: Mapping[str, str]


def name_of(text: str) -> str:
    """What a text is kept under: its hash."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def terms_of(policy: Policy, matter: Matter) -> Terms:
    """The terms of a matter in every language that the policy and the ledger speak."""
    spoken: list[str] = [language for language in LANGUAGES if language in policy.languages]
    bodies = {language: canonical(body(policy, matter, language)).decode() for language in spoken or policy.languages}
    index = canonical({language: name_of(text) for language, text in bodies.items()}).decode()
    return Terms(name_of(index), {**{name_of(text): text for text in bodies.values()}, name_of(index): index})


def body(policy: Policy, matter: Matter, language: str) -> Body:
    """The sections `processing` and `parties` in one language."""
    return {"processing": _processing(policy, matter, language), "parties": _parties(policy, matter, language)}


def _processing(policy: Policy, matter: Matter, language: str) -> Body:
    return {
        "service": said(matter.label, language),
        "purpose": [
            {"purpose_id": name, "purpose": said(policy.purposes[name].label, language)} for name in matter.purposes
        ],
        "lawful_basis": list(matter.bases),
        "pii_information": [_item(policy, name, language, optional=name in matter.optional) for name in matter.items],
        "pii_controllers": [CONTROLLER],
        "collection_method": sorted({source for name in matter.items for source in policy.items[name].sources}),
        "processing_method": list(matter.actions),
        "storage_locations": list(policy.storage.inside) if policy.storage else [said(UNSTATED, language)],
        "retention_period": _retention(policy, matter, language),
        "jurisdiction": list(policy.regimes) or [said(UNSTATED, language)],
        "recipient_third_parties": [
            {"party_id": f"recipients.{name}", "pii": list(items)} for name, items in matter.shared.items()
        ],
        "withdrawal_method": _withdrawal(policy, language),
        "privacy_rights": [said(right.label, language) for right in policy.rights.values()],
    }


def _item(policy: Policy, name: str, language: str, *, optional: bool) -> Body:
    item = policy.items[name]
    return {
        "pii_type": said(item.label, language),
        "pii_attribute_id": name,
        "pii_optional": optional,
        "sensitive_pii_category": is_sensitive(policy, name),
    }


def _retention(policy: Policy, matter: Matter, language: str) -> list[Body]:
    found = []
    for rule in policy.retention.values():
        kept = sorted(set(policy.items_in(rule.items)) & set(matter.items))
        if kept:
            found.append({"pii": kept, "period": _period(rule, language), "then": list(rule.then)})
    named = {name for each in found for name in each["pii"]}
    left = [name for name in matter.items if name not in named]
    return [*found, {"pii": left, "period": said(UNSTATED, language), "then": []}] if left or not found else found


def _period(rule: Retention, language: str) -> str:
    if rule.period is not None and rule.period != "unstated":
        return rule.period.words(language)
    return said(rule.until or UNSTATED, language)


def _withdrawal(policy: Policy, language: str) -> Body:
    right: Right | None = policy.rights.get("withdrawal") or policy.rights.get("opt-out")
    path = said(right.path, language) if right and right.path else said(_SAME_WAY, language)
    return {"method": path, "by": list(right.by) if right else []}


def _parties(policy: Policy, matter: Matter, language: str) -> list[Body]:
    return [_controller(policy, language), *(_recipient(policy.recipients[name], language) for name in matter.shared)]


def _controller(policy: Policy, language: str) -> Body:
    contacts = policy.controller.contacts
    ways = {"email": contacts.email, "phone": contacts.phone, "url": contacts.website}
    stated = {way: value for way, value in ways.items() if value}
    through = said(contacts.through, language) if contacts.through else said(UNSTATED, language)
    return {
        "party_id": CONTROLLER,
        "party_name": said(policy.controller.name, language),
        "party_address": said(contacts.post or UNSTATED, language),
        "party_contact": next(iter(stated.values()), through),
        "party_type": policy.controller.role,
        **{f"party_{way}": value for way, value in stated.items()},
    }


def _recipient(recipient: Recipient, language: str) -> Body:
    return {
        "party_id": f"recipients.{recipient.id}",
        "party_name": said(recipient.name, language),
        "party_address": recipient.country or said(UNSTATED, language),
        "party_contact": recipient.link or said(UNSTATED, language),
        "party_type": recipient.kind,
    }
