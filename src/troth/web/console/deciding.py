"""What may be decided of a request beside answering and refusing, and what was: prices, parts, verdicts, recipients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from troth.base.text import said
from troth.base.work import Work
from troth.datamap.read import from_value
from troth.policy.model import Policy
from troth.requests import record
from troth.requests.deciding import fees, linked, partial, reviewing
from troth.requests.deciding.fees import Estimate
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.telling import recipients
from troth.requests.telling.recipients import ANSWERS, Notice


@dataclass(frozen=True)
class Deciding:
    """What may be decided of a request as it stands, and what was."""

    answers: bool
    proceeds: bool
    reasons: Sequence[str]
    estimate: Estimate | None
    pays: bool
    parts: Sequence[tuple[str, str]]
    kept: Sequence[tuple[str, str, str]]
    contested: bool
    owed: bool
    about: Sequence[Request]
    those_about: Sequence[Request]
    told: Sequence[tuple[str, Notice]]
    """With what people call each recipient."""
    answers_known: Sequence[str]
    explains: bool


def deciding(work: Work, request: Request, language: str, *, decides: bool) -> Deciding:
    """All of it; nothing to do on a closed request but to take down what recipients answer."""
    version = record.promised(work, request)
    reviewed = decides and request.state is State.IN_REVIEW
    answered = WAYS[request.kind] is Way.ANSWER
    estimate = fees.estimate_of(work, request.id)
    kept = partial.of(work, version, request.id)
    return Deciding(
        answers=reviewed and answered and not reviewing.owed(work, request),
        proceeds=reviewed and WAYS[request.kind] in {Way.PACKAGE, Way.DOCUMENT, Way.CORRECT, Way.ERASE},
        reasons=fees.reasons(work, version.policy, request) if reviewed and estimate is None else (),
        estimate=estimate,
        pays=decides and estimate is not None and _is_owed(request, estimate),
        parts=_parts(work, request, language) if decides and not request.closed else (),
        kept=[(said(one.label, language), said(one.why, language), one.ground) for one in kept],
        contested=reviewed and request.kind in {Kind.EXPLANATION, Kind.COMPLAINT},
        owed=reviewing.owed(work, request),
        about=linked.about(work, request.id),
        those_about=linked.those_about(work, request.id),
        told=[(_name(version.policy, one.recipient, language), one) for one in recipients.of(work, request.id)],
        answers_known=ANSWERS if decides else (),
        explains=decides and request.kind is Kind.EXPLANATION,
    )


def _name(policy: Policy, recipient: str, language: str) -> str:
    known = policy.recipients.get(recipient)
    return said(known.name, language) if known else recipient


def _is_owed(request: Request, estimate: Estimate) -> bool:
    return estimate.paid_at is None and (estimate.accepted_at is not None or request.state is State.PRICED)


def _parts(work: Work, request: Request, language: str) -> list[tuple[str, str]]:
    """What may be refused of it, each with what people call it."""
    if WAYS[request.kind] not in {Way.PACKAGE, Way.ERASE} or request.state is State.IN_PROGRESS:
        return []
    version = record.promised(work, request)
    maps = [from_value(value) for _, value in sorted(version.maps.items())]
    found = [
        (f"{store.name}.{name}", f"{said(store.label, language)}: {said(dataset.label, language)}")
        for store in maps
        for name, dataset in store.datasets.items()
    ]
    if WAYS[request.kind] is Way.PACKAGE:
        found += [(name, said(item.label, language)) for name, item in version.policy.items.items()]
    return found
