"""Unsubscribing by a link in a mail (RFC 8058): one click, no sign-in, and decisions obey from the same transaction.

A link is made for one person and one purpose, and can do nothing but end the use for that purpose. It holds no address
and needs no table: it carries its own proof, made with the lookup key.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

from troth.base.errors import InputError
from troth.base.work import Work
from troth.consent.matter import matters
from troth.consent.service import binding_version, state, withdraw
from troth.journal import service as journal
from troth.requests.admission import granted
from troth.requests.choices import objected
from troth.requests.details import Details, objectionable
from troth.requests.kinds import Kind
from troth.requests.opening import open_request
from troth.requests.ports import Jobs
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects.vault import Vault
from troth.versions.model import Version

_PROOF_BYTES = 16
_AIM = "unsubscribe"


@dataclass(frozen=True)
class Link:
    """Whom a link is for, and what it ends."""

    subject: str
    purpose: str


def token(vault: Vault, version: Version, link: Link) -> str:
    """What the address of the link ends with. Raises InputError `unsubscribe.unknown-purpose`."""
    if link.purpose not in version.policy.purposes:
        hint = f"use one of {', '.join(version.policy.purposes)}"
        raise InputError("unsubscribe.unknown-purpose", f"the policy has no purpose `{link.purpose[:80]}`", hint=hint)
    return f"{link.subject}.{_proof(vault, link)}.{link.purpose}"


def headers(base_url: str, end: str) -> dict[str, str]:
    """The two headers of a mail that carries the link, under which mail programs offer it (RFC 8058 § 3.1)."""
    address = f"{base_url.rstrip('/')}/unsubscribe/{end}"
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def read(work: Work, vault: Vault, end: str) -> Link:
    """The link of an address. Raises InputError `unsubscribe.bad-link`, the same for every reason."""
    subject, _, rest = end.partition(".")
    proof, _, purpose = rest.partition(".")
    link = Link(subject, purpose)
    fits = hmac.compare_digest(proof.encode(), _proof(vault, link).encode())
    if not fits or subjects.is_shredded(work, subject):
        hint = "use the whole link of the mail; where the account is closed there is nothing to end"
        raise InputError("unsubscribe.bad-link", "this link ends nothing", hint=hint)
    return link


def unsubscribe(work: Work, vault: Vault, version: Version, link: Link, *, language: str, jobs: Jobs) -> None:
    """End the use of the person's data for that purpose; twice is once.

    What rests on their consent to nothing else is withdrawn; to the rest they object, where the policy or a law lets
    them as a request of its own. Whatever a policy says, no decision allows the purpose afterwards.
    """
    bound = binding_version(work, version, link.subject)
    spoken = language if language in bound.policy.languages else bound.policy.languages[0]
    _withdraw(work, vault, bound, link, spoken)
    if objected(link.purpose) in facts.facts(work, link.subject):
        return
    if granted(bound, Kind.OBJECTION) and link.purpose in objectionable(bound.policy):
        open_request(
            work,
            vault,
            version,
            link.subject,
            Kind.OBJECTION,
            language=language,
            channel="link",
            jobs=jobs,
            details=Details(purposes=(link.purpose,)),
        )
    facts.change(work, link.subject, add=[objected(link.purpose)])
    number = work.new_id("uns")
    refs = {"unsubscribed": number, "subject": subjects.commitment(work, vault, link.subject, number)}
    journal.append(work, "marketing.unsubscribed", {**refs, "purpose": link.purpose})


def _withdraw(work: Work, vault: Vault, version: Version, link: Link, language: str) -> None:
    known = matters(version.policy)
    for name, one in sorted(state(work, link.subject).items()):
        if one.valid and name in known and known[name].purposes == (link.purpose,):
            withdraw(work, vault, version, link.subject, name, language=language, interface="link")


def _proof(vault: Vault, link: Link) -> str:
    made = vault.lookup(_AIM, link.subject, link.purpose)[:_PROOF_BYTES]
    return urlsafe_b64encode(made).decode().rstrip("=")
