"""One act on many requests: looked at first, then done one by one, each in its own transaction.

What goes wrong with one of them is told of that one; the others are done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from troth.base.errors import InputError, TrothError
from troth.base.work import Begin, Work
from troth.requests import record
from troth.requests.deciding import approval, review
from troth.requests.desk import assignment
from troth.requests.model import Request
from troth.subjects.vault import Vault

BulkAct = Literal["acknowledge", "assign", "extend", "refuse"]
BULK_ACTS: tuple[BulkAct, ...] = get_args(BulkAct)

MOST = 200
"""So many at once: a page of the list and some more, which somebody can still look through before agreeing."""


@dataclass(frozen=True)
class Order:
    """What is to be done: the act, and what goes with it (`to`, `reason`, `ground`, `evidence`)."""

    act: BulkAct
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What became of one request: done, proposed to a second person, or not done for the reason of `error`."""

    request: Request
    proposed: bool
    error: TrothError | None


def order(act: str, given: Mapping[str, str]) -> Order:
    """The order that a form gives. Raises InputError `requests.unknown-act`."""
    if act not in BULK_ACTS:
        raise InputError("requests.unknown-act", f"`{act[:40]}` is not done to many", hint=f"use one of {_ACTS}")
    return Order(BULK_ACTS[BULK_ACTS.index(act)], given)


def chosen(work: Work, ids: Collection[str]) -> tuple[Request, ...]:
    """The requests, each once, as they were chosen.

    Raises InputError `requests.none-chosen`, `requests.too-many`, `requests.unknown`.
    """
    once = tuple(dict.fromkeys(ids))
    if not once:
        raise InputError("requests.none-chosen", "no request is chosen", hint="choose at least one")
    if len(once) > MOST:
        raise InputError("requests.too-many", f"more than {MOST} requests are chosen", hint="choose fewer")
    return tuple(record.load(work, one) for one in once)


def carry_out(
    begin: Begin, vault: Vault, ids: Sequence[str], wanted: Order, *, by: str, two_pairs: Collection[str]
) -> tuple[Done, ...]:
    """Do it to each of them. Raises as `chosen`, before anything is done."""
    with begin() as work:
        found = chosen(work, ids)
    return tuple(_one(begin, vault, one, wanted, by=by, two_pairs=two_pairs) for one in found)


def _one(begin: Begin, vault: Vault, request: Request, wanted: Order, *, by: str, two_pairs: Collection[str]) -> Done:
    try:
        with begin() as work:
            proposed = _DO[wanted.act](_Item(work, vault, request.id, wanted.given, by, two_pairs))
    except TrothError as error:
        return Done(request, proposed=False, error=error)
    with begin() as work:
        return Done(record.load(work, request.id), proposed=proposed, error=None)


@dataclass(frozen=True)
class _Item:
    work: Work
    vault: Vault
    request: str
    given: Mapping[str, str]
    by: str
    two_pairs: Collection[str]


def _acknowledge(item: _Item) -> bool:
    review.acknowledge(item.work, item.request, by=item.by)
    return False


def _assign(item: _Item) -> bool:
    assignment.assign(item.work, item.request, item.given.get("to") or None, by=item.by)
    return False


def _extend(item: _Item) -> bool:
    two_pairs = item.two_pairs
    made = approval.act(item.work, item.vault, item.request, "extend", item.given, by=item.by, two_pairs=two_pairs)
    return made is not None


def _refuse(item: _Item) -> bool:
    two_pairs = item.two_pairs
    made = approval.act(item.work, item.vault, item.request, "refuse", item.given, by=item.by, two_pairs=two_pairs)
    return made is not None


_DO: Mapping[BulkAct, Callable[[_Item], bool]] = {
    "acknowledge": _acknowledge,
    "assign": _assign,
    "extend": _extend,
    "refuse": _refuse,
}
_ACTS = ", ".join(BULK_ACTS)
