"""People and data for which a policy's rights do not hold, until a day if one is named: they are told where to turn.

Whoever asks says themselves that it is about such data. While the exemption holds, the request is answered with it, at
once and in the policy's own words; from its last day on, they are asked about nothing and treated as everybody is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from troth.base.text import said
from troth.base.work import Work
from troth.policy.model import Exemption, Policy
from troth.requests import record, texts
from troth.requests.deadline import zone
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.machine import Event
from troth.requests.model import Request
from troth.subjects.vault import Vault
from troth.versions.model import Version

CODE = "requests.exempt"


def in_force(policy: Policy, kind: Kind, at: datetime) -> Mapping[str, Exemption]:
    """The exemptions that hold for a right at an instant; one that names no rights holds for all."""
    day = at.astimezone(zone(policy)).date()
    return {
        name: one
        for name, one in policy.exemptions.items()
        if (not one.rights or kind.value in one.rights) and (one.until is None or day < one.until)
    }


def of_today(policy: Policy, kind: Kind, details: Details, at: datetime) -> Details:
    """The details without an exemption that holds no more."""
    known = details.exempt in policy.exemptions
    return replace(details, exempt="") if known and details.exempt not in in_force(policy, kind, at) else details


def answer(work: Work, vault: Vault, version: Version, request: Request, name: str) -> Request:
    """Answer the request with the exemption that it falls under: which it is, and where the person turns instead."""
    one = version.policy.exemptions[name]
    parts = [said(text, request.language) for text in (one.label, one.instead) if text]
    texts.say(work, vault, request, "reason", "\n".join(parts))
    reviewed = record.advance(work, vault, request, Event.REVIEW)
    return record.advance(work, vault, reviewed, Event.REFUSE, code=CODE)
