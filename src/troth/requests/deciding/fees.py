"""What a request costs: nothing, unless the policy says otherwise, the law allows it, and the person agrees beforehand.

An estimate is the most that is charged. Who does not agree takes the request back, and nothing was done. No request to
leave, to object, to take back or to complain ever costs anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa
from babel.numbers import is_currency

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.policy.model import Policy
from troth.regimes import regime
from troth.requests import record, tables, texts
from troth.requests.kinds import WAYS, Kind, Way, of_way
from troth.requests.machine import Event, State
from troth.requests.model import Request
from troth.requests.ports import Jobs
from troth.subjects.vault import Vault

Reason = Literal["repeated", "excessive", "unfounded", "tariff"]
"""Why it costs something: asked too often, beyond reason, manifestly without a reason, or by the policy's tariff."""

CODES: Mapping[str, str] = {
    "repeated": "fee.repeated",
    "excessive": "fee.excessive",
    "unfounded": "fee.unfounded",
    "tariff": "fee.tariff",
}
"""What a request that waits for an agreement says of the reason."""

FREE_BY_LAW: Mapping[str, str] = {
    "eu": "GDPR art. 12(5)",
    "uk": "UK GDPR art. 12(5)",
    "us-ca": "Cal. Civ. Code §§ 1798.130(a)(2), 1798.145(h)(3)",
}
"""Laws under which only what is manifestly unfounded or excessive, such as what is repeated, may cost anything."""

FREE_KINDS: frozenset[Kind] = of_way(Way.CHOICE) | {Kind.CLOSE_ACCOUNT, Kind.COMPLAINT, Kind.POLICY}
"""What never costs anything, whatever a policy says."""

_YEAR = timedelta(days=365)
_FREE_IN_A_YEAR = 2
"""Nobody calls a second request many; a law may let people ask more often."""

_AMOUNT = re.compile(r"(?!0+(\.0+)?$)[0-9]{1,7}(\.[0-9]{1,2})?")
_c = tables.request_fee.c


@dataclass(frozen=True)
class Charge:
    """What is to be paid at the most, such as 12.50 CNY, and for which of the reasons."""

    amount: str
    currency: str
    reason: str


@dataclass(frozen=True)
class Estimate:
    """What the person was told, when, and whether they agreed and paid; None: not, or not yet."""

    charge: Charge
    stated_at: datetime
    accepted_at: datetime | None
    paid_at: datetime | None = None


def estimate_of(work: Work, request_id: str) -> Estimate | None:
    """The estimate for a request; None where there is none, for it costs nothing then."""
    row = work.db.execute(sa.select(tables.request_fee).where(_c.request == request_id)).one_or_none()
    if row is None:
        return None
    return Estimate(Charge(row.amount, row.currency, row.reason), row.stated_at, row.accepted_at, row.paid_at)


def reasons(work: Work, policy: Policy, request: Request) -> tuple[Reason, ...]:
    """For which reasons this request may cost something; none where the policy or the law makes it free."""
    fee = policy.requests.fee
    if fee is None or request.kind in FREE_KINDS:
        return ()
    if fee.first == "cost" and not FREE_BY_LAW.keys() & set(policy.regimes):
        return get_args(Reason) if repeated(work, policy, request) else ("excessive", "unfounded", "tariff")
    if fee.repeated == "free":
        return ()
    return ("repeated", "excessive", "unfounded") if repeated(work, policy, request) else ("excessive", "unfounded")


def repeated(work: Work, policy: Policy, request: Request) -> bool:
    """Whether the person has had the free answers of a year to requests of this kind already."""
    table = tables.request.c
    unanswered = [State.RECALLED.value, State.LAPSED.value]
    earlier = sa.select(sa.func.count()).where(
        table.subject == request.subject,
        table.kind == request.kind.value,
        table.id != request.id,
        table.opened_at > request.opened_at - _YEAR,
        table.opened_at <= request.opened_at,
        table.state.not_in(unanswered),
    )
    return (work.db.scalar(earlier) or 0) >= _free_in_a_year(policy)


def to_be_weighed(work: Work, policy: Policy, request: Request) -> bool:
    """Whether somebody looks at it before it is carried out, because it may cost something."""
    return "repeated" in reasons(work, policy, request)


def price(work: Work, vault: Vault, request_id: str, charge: Charge, *, because: str, by: str) -> Request:
    """Tell the person what it will cost at the most and why, and wait until they agree.

    Where the law lets it, time stands still until then.

    Raises:
        InputError: `requests.unknown`; `requests.bad-amount` for what is no amount of money; `requests.empty-text`
            without words about the reason: whoever charges shows why (GDPR art. 12(5)).
        RefusedError: `requests.free` where the policy or the law lets it cost nothing for that reason.
        ConflictError: `requests.priced` a second time, `requests.not-possible`.
    """
    request = record.load(work, request_id)
    _check_amount(charge)
    allowed = reasons(work, record.promised(work, request).policy, request)
    if charge.reason not in allowed:
        hint = f"charge for {' or '.join(allowed)}, or carry it out" if allowed else "carry it out free of charge"
        raise RefusedError(
            "requests.free", f"it may not cost anything for the reason `{charge.reason[:40]}`", hint=hint
        )
    if estimate_of(work, request_id) is not None:
        hint = "carry it out for what was agreed, or for less"
        raise ConflictError("requests.priced", "the person was told a price before", hint=hint)
    moved = record.advance(work, vault, request, Event.PRICE, code=CODES[charge.reason], by=by)
    values = {"request": request_id, **asdict(charge), "stated_at": work.at, "by": by}
    work.db.execute(sa.insert(tables.request_fee).values(values))
    texts.say(work, vault, request, "reason", because)
    return moved


def accept(work: Work, vault: Vault, request_id: str, *, jobs: Jobs, by: str | None = None) -> Request:
    """The person agrees to the price, and the request goes on. `by` names who of the staff took down that they did.

    Raises InputError `requests.unknown`; ConflictError `requests.not-possible`.
    """
    agreed = record.advance(work, vault, record.load(work, request_id), Event.ACCEPT, by=by)
    work.db.execute(sa.update(tables.request_fee).where(_c.request == request_id).values(accepted_at=work.at))
    return agreed if WAYS[agreed.kind] is Way.ANSWER else proceed(work, vault, request_id, jobs=jobs, by=by)


def paid(work: Work, vault: Vault, request_id: str, *, jobs: Jobs, by: str) -> Request:
    """Take down that what was agreed to has been paid. Who pays before they have said that they agree, agrees by it.

    Raises:
        InputError: `requests.unknown`.
        ConflictError: `requests.not-priced` where nothing is owed, `requests.paid` a second time.
    """
    one_writer(work)
    request, estimate = record.load(work, request_id), estimate_of(work, request_id)
    if estimate is not None and estimate.paid_at is not None:
        raise ConflictError("requests.paid", "it was paid before", hint="there is nothing to take down")
    if request.state is State.PRICED:
        accept(work, vault, request_id, jobs=jobs, by=by)
    elif estimate is None or estimate.accepted_at is None:
        raise ConflictError("requests.not-priced", "nothing is owed for the request", hint="give the money back")
    work.db.execute(sa.update(tables.request_fee).where(_c.request == request_id).values(paid_at=work.at))
    record.note(work, record.load(work, request_id), "pay", by=by)
    return record.load(work, request_id)


def proceed(work: Work, vault: Vault, request_id: str, *, jobs: Jobs, by: str | None = None) -> Request:
    """Let a request that was looked at be carried out: free of charge, or for what the person agreed to.

    Raises:
        InputError: `requests.unknown`.
        ConflictError: `requests.by-words` where somebody has to write the answer; `requests.not-possible`.
    """
    request = record.load(work, request_id)
    if WAYS[request.kind] is Way.ANSWER:
        hint = "write the answer"
        raise ConflictError("requests.by-words", "no worker carries this request out", hint=hint)
    moved = record.advance(work, vault, request, Event.PROCEED, by=by)
    jobs.enqueue(work, request_id)  # the move took the lease
    return moved


def _check_amount(charge: Charge) -> None:
    if not _AMOUNT.fullmatch(charge.amount) or not is_currency(charge.currency):
        said = f"{charge.amount[:20]} {charge.currency[:10]}"
        raise InputError("requests.bad-amount", f"`{said}` is no amount of money", hint="such as 12.50 and CNY")


def _free_in_a_year(policy: Policy) -> int:
    stated = [regime(name).figures.get("request.frequency") for name in policy.regimes]
    return max([_FREE_IN_A_YEAR, *(one.amount for one in stated if one is not None)])
