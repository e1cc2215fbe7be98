"""A published sample policy and people to ask."""

from __future__ import annotations

from typing import TypedDict

from troth.base.work import Begin
from troth.consent import service
from troth.consent.actor import SELF, Actor
from troth.consent.model import Event
from troth.journal.model import Signer
from troth.policy.model import Policy
from troth.subjects import facts
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.subjects.vault import Vault
from troth.versions.model import Version
from troth.versions.service import publish

VAULT = Vault(bytes(range(32)))
SIGNER = Signer.from_seed("privacy.shop.example/log", bytes(range(32)))


class Manner(TypedDict):
    """How the people of these tests choose."""

    language: str
    interface: str


HOW: Manner = {"language": "zh", "interface": "portal"}


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


def opts(
    begin: Begin, version: Version, subject: str, *, out: bool, matter: str = "sale", language: str = "zh",
    actor: Actor = SELF,
) -> Event:  # fmt: skip
    act = service.opt_out if out else service.opt_in
    with begin() as work:
        return act(work, VAULT, version, subject, matter, language=language, interface="portal", actor=actor)


def asks(begin: Begin, version: Version, subject: str, function: str = "push") -> Event:
    with begin() as work:
        return service.request(work, VAULT, version, subject, function, language="zh", interface="popup")


def knows(begin: Begin, subject: str, *names: str) -> None:
    with begin() as work:
        facts.change(work, subject, add=names)


def facts_about(begin: Begin, subject: str, beginning: str) -> set[str]:
    with begin() as work:
        return {name for name in facts.facts(work, subject) if name.startswith(beginning)}


def status_of(begin: Begin, subject: str, matter: str = "push") -> str:
    with begin() as work:
        return service.status(work, subject, matter)


def fresh_person(begin: Begin) -> str:
    """Somebody nobody has met; for laws that meet many people in one database."""
    with begin() as work:
        phone = f"199{int.from_bytes(work.entropy(4), 'big') % 10**8:08}"
    return person(begin, phone)
