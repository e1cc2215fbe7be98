"""What came of a request, beside its state: its price, what was kept and why, who was told, and where to turn."""

from __future__ import annotations

from dataclasses import dataclass

from babel.numbers import format_currency
from fastapi import APIRouter
from starlette.responses import Response

from troth.base.text import said
from troth.base.work import Work
from troth.requests import record
from troth.requests.deciding import appeals, fees, linked, partial, reviewing
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.telling import recipients
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.i18n import LOCALES
from troth.web.pages import go
from troth.web.portal.own import own
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@dataclass(frozen=True)
class Price:
    """What it costs at the most, and why."""

    amount: str
    reason: str
    accepted: bool


@dataclass(frozen=True)
class Told:
    """One recipient: its name, when it was told, and what it answered."""

    name: str
    told: str | None
    answer: str | None


@dataclass(frozen=True)
class Turn:
    """Where somebody turns who is not satisfied."""

    says: str | None
    email: str | None
    phone: str | None
    authorities: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Outcome:
    """Everything of it; empty where there is nothing to tell."""

    price: Price | None = None
    kept: tuple[tuple[str, str], ...] = ()
    told: tuple[Told, ...] = ()
    verdict: str | None = None
    turn: Turn | None = None
    contestable: bool = False
    about: tuple[tuple[str, str], ...] = ()


@router.post("/requests/{request_id}/accept")
def accept(visit: PersonVisit, request_id: str) -> Response:
    """Agree to the price."""
    with visit.app.begin() as work:
        fees.accept(work, visit.app.vault, own(work, visit, request_id).id, jobs=visit.app.jobs)
    return go(f"/requests/{request_id}")


def outcome(visit: Visit, work: Work, request: Request) -> Outcome:
    """What the person reads of it."""
    version, language = record.promised(work, request), visit.words.language
    kept = partial.of(work, version, request.id)
    verdict = reviewing.verdict_of(work, request.id)
    unsatisfied = request.closed and (request.state is State.REFUSED or bool(kept) or verdict is not None)
    explained = request.kind is Kind.EXPLANATION and request.state is State.FULFILLED
    return Outcome(
        price=_price(visit, work, request.id),
        kept=tuple((said(one.label, language), said(one.why, language)) for one in kept),
        told=tuple(
            _told(visit, one, said(version.policy.recipients[one.recipient].name, language))
            for one in recipients.of(work, request.id)
        ),
        verdict=visit.words.choice("verdict", verdict.verdict) if verdict else None,
        turn=_turn(visit, appeals.appeal(version.policy)) if unsatisfied or explained else None,
        contestable=explained and not linked.those_about(work, request.id),
        about=tuple((one.id, one.reference) for one in linked.about(work, request.id)),
    )


def money(visit: Visit, amount: str, currency: str) -> str:
    """An amount as the language writes it."""
    return format_currency(amount, currency, locale=LOCALES[visit.words.language])


def _price(visit: Visit, work: Work, request_id: str) -> Price | None:
    found = fees.estimate_of(work, request_id)
    if found is None:
        return None
    amount = money(visit, found.charge.amount, found.charge.currency)
    reason = visit.words.choice("fee", found.charge.reason)
    return Price(amount, reason, accepted=found.accepted_at is not None)


def _told(visit: Visit, one: recipients.Notice, name: str) -> Told:
    return Told(
        name,
        visit.words.day(one.told_at) if one.told_at else None,
        visit.words.choice("recipient.answer", one.answer) if one.answer else None,
    )


def _turn(visit: Visit, where: appeals.Appeal) -> Turn:
    language = visit.words.language
    return Turn(
        said(where.says, language) if where.says else None,
        where.email,
        where.phone,
        tuple((said(one.name, language), one.link) for one in where.authorities),
    )
