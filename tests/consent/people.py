"""A published sample policy and people to ask."""

from __future__ import annotations

from troth.base.work import Begin
from troth.consent import service
from troth.consent.model import Event
from troth.policy.model import Policy
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault
from troth.versions.model import Version
from troth.versions.service import publish

VAULT = Vault(bytes(range(32)))
HOW = {"language": "zh", "interface": "portal"}


def released(begin: Begin, policy: Policy) -> Version:
    with begin() as work:
        return publish(work, policy, {}, by="officer@shop.example")


def person(begin: Begin, phone: str = "19900000001") -> str:
    with begin() as work:
        return register(work, VAULT, [identifier("phone", phone)])


def gives(begin: Begin, version: Version, subject: str, function: str = "push", grade: str = "explicit") -> Event:
    with begin() as work:
        return service.give(work, VAULT, version, subject, function, grade=grade, **HOW)


def refuses(begin: Begin, version: Version, subject: str, function: str = "push") -> Event:
    with begin() as work:
        return service.refuse(work, VAULT, version, subject, function, **HOW)


def withdraws(begin: Begin, version: Version, subject: str, function: str = "push") -> Event:
    with begin() as work:
        return service.withdraw(work, VAULT, version, subject, function, **HOW)


def accepts(begin: Begin, version: Version, subject: str, *documents: str) -> None:
    with begin() as work:
        service.accept(work, VAULT, version, subject, documents=documents or service.DOCUMENTS, **HOW)
