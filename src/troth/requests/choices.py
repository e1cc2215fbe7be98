"""Requests that are choices: what a person decides about their data holds from the same transaction on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from troth.base.work import Work
from troth.consent.optouts.optout import opt_out_of
from troth.consent.service import opt_in, opt_out, state, withdraw
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.subjects import facts
from troth.subjects.vault import Vault
from troth.versions.model import Version

RESTRICTED = "restricted"


def objected(purpose: str) -> str:
    """The fact that a person objected to `purpose`."""
    return f"objected.{purpose}"


def carry_out(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> None:
    """Do what the person chose."""
    _CHOICES[request.kind](work, vault, version, request, details)


def _restrict(work: Work, _vault: Vault, _version: Version, request: Request, _details: Details) -> None:
    facts.change(work, request.subject, add=[RESTRICTED])


def _object(work: Work, _vault: Vault, _version: Version, request: Request, details: Details) -> None:
    facts.change(work, request.subject, add=[objected(purpose) for purpose in details.purposes])


def _withdraw(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> None:
    """Take back what stands: in the matters named, or in all."""
    agreed = ((name, one) for name, one in state(work, request.subject).items() if opt_out_of(name) is None)
    standing = {name for name, one in agreed if one.valid}
    for matter in sorted(standing & set(details.matters) if details.matters else standing):
        withdraw(
            work, vault, version, request.subject, matter, language=_spoken(version, request), interface=request.channel
        )


def _opt_out(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> None:
    for matter in details.matters:
        opt_out(
            work, vault, version, request.subject, matter, language=_spoken(version, request), interface=request.channel
        )


def _opt_in(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> None:
    for matter in details.matters:
        opt_in(
            work, vault, version, request.subject, matter, language=_spoken(version, request), interface=request.channel
        )


def _limit(work: Work, vault: Vault, version: Version, request: Request, _details: Details) -> None:
    spoken = _spoken(version, request)
    opt_out(work, vault, version, request.subject, "sensitive", language=spoken, interface=request.channel)


def _spoken(version: Version, request: Request) -> str:
    return request.language if request.language in version.policy.languages else version.policy.languages[0]


_CHOICES: Mapping[Kind, Callable[[Work, Vault, Version, Request, Details], None]] = {
    Kind.RESTRICTION: _restrict,
    Kind.OBJECTION: _object,
    Kind.WITHDRAWAL: _withdraw,
    Kind.OPT_OUT: _opt_out,
    Kind.OPT_IN: _opt_in,
    Kind.LIMIT: _limit,
}
