"""What a correction is to change, item by item: the old values and the new one, sealed, and how far each has come."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.datamap.model import StoreMap
from troth.datamap.new_values import NewValue
from troth.datamap.read import from_value
from troth.policy.model import Policy
from troth.requests import tables
from troth.requests.details import Details
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.identifier import KINDS, Identifier, identifier
from troth.subjects.vault import Vault
from troth.versions.service import Version

Progress = Literal["ready", "review", "accepted", "refused", "done"]
"""Ready or accepted: the worker carries it out. Review: somebody of the staff looks at it first."""

LOCKED, UNPROVED = "requests.locked", "requests.unproved"
"""Why somebody looks first: the policy says so, or nothing shows that the new number or address is the person's."""

_ROUNDS = ("ready", "accepted")
_REACHED = frozenset({"phone", "email"})
"""The kinds of identifier to which a code can be sent."""

_c = tables.request_change.c


@dataclass(frozen=True)
class Change:
    """One item. `kind` is set where people are found by it; `old` is None until the stores were read."""

    item: str
    kind: str | None
    new: Sensitive[str]
    old: tuple[Sensitive[str], ...] | None
    state: Progress
    why: str | None
    round: int | None
    proved: bool
    by: str | None

    @property
    def value(self) -> NewValue:
        """As the stores are told."""
        return NewValue(self.item, self.new, self.kind)


def kinds(maps: Iterable[StoreMap]) -> Mapping[str, str]:
    """The items by which the stores find people, and what kind of identifier each is."""
    return {
        item: kind
        for found in maps
        for dataset in found.datasets.values()
        for kind, one in dataset.identifies.items()
        if (item := dataset.fields[one.column].item) is not None
    }


def maps_of(version: Version) -> Mapping[str, StoreMap]:
    """The data maps of a version, by store."""
    return {name: from_value(value) for name, value in version.maps.items()}


def locked(policy: Policy) -> frozenset[str]:
    """The items that nobody changes without a review: named themselves, or by their category."""
    right = policy.rights.get("correction")
    named = frozenset(right.locked if right else ())
    return frozenset(name for name, item in policy.items.items() if name in named or item.category in named)


def can_be_proved(kind: str | None) -> bool:
    """Whether a code shows that a new value of this kind is the person's."""
    return kind in _REACHED


def normal(value: str, kind: str | None) -> str:
    """A new value as it is kept: an identifier in its normal form. Raises InputError `subjects.bad-…`."""
    return identifier(kind, value).value.reveal() if kind in KINDS else value


def check(version: Version, details: Details) -> Details:
    """The details with every new value in its normal form; others are given back. Raises as `normal`."""
    if not details.changes:
        return details
    known = kinds(maps_of(version).values())
    changes = tuple((item, normal(value, known.get(item))) for item, value in details.changes)
    return Details(text=details.text, changes=changes, proved=details.proved)


def begin(work: Work, vault: Vault, version: Version, request: Request, details: Details) -> None:
    """Write what was asked for, item by item; a second time changes nothing."""
    if of(work, vault, request):
        return
    known, needs_review = kinds(maps_of(version).values()), locked(version.policy)
    for item, value in details.changes:
        kind = known.get(item)
        why = LOCKED if item in needs_review else UNPROVED if kind and item not in details.proved else None
        change = Change(
            item, kind, Sensitive(value), None, "review" if why else "ready", why, None, item in details.proved, None
        )
        values = {"state": change.state, "why": why, "sealed": _sealed(work, vault, request, change)}
        work.db.execute(sa.insert(tables.request_change).values(request=request.id, item=item, **values))


def of(work: Work, vault: Vault, request: Request) -> tuple[Change, ...]:
    """Everything that the request is to change, by item; nothing any more of a person whose key is destroyed."""
    rows = work.db.execute(sa.select(tables.request_change).where(_c.request == request.id).order_by(_c.item)).all()
    if not rows or subjects.is_shredded(work, request.subject):
        return ()
    return tuple(_opened(work, vault, request, row) for row in rows)


def remember(work: Work, vault: Vault, request: Request, held: Mapping[str, tuple[Sensitive[str], ...]]) -> None:
    """Seal what the stores held before anything was changed; once, what they hold later is not the old value."""
    for one in of(work, vault, request):
        if one.old is None:
            sealed = _sealed(work, vault, request, one, held.get(one.item, ()))
            work.db.execute(sa.update(tables.request_change).where(_mine(request, one.item)).values(sealed=sealed))


def begin_round(work: Work, request: Request, items: Collection[str], number: int) -> None:
    """These are carried out together."""
    _set(work, request, items, round=number)


def done(work: Work, request: Request, number: int) -> None:
    """Everything of a round was carried out."""
    table = tables.request_change
    work.db.execute(sa.update(table).where(_c.request == request.id, _c.round == number).values(state="done"))


def look_first(work: Work, request: Request, items: Collection[str], why: str) -> None:
    """Have somebody look at these, and say why."""
    _set(work, request, items, state="review", why=why, round=None)


def accept(work: Work, request: Request, items: Collection[str], *, by: str) -> None:
    """Let the worker carry these out."""
    _set(work, request, items, state="accepted", by=by)


def refuse(work: Work, request: Request, items: Collection[str], ground: str, *, by: str) -> None:
    """These stay as they are, on a ground of the policy."""
    _set(work, request, items, state="refused", why=f"ground.{ground}", by=by)


def waiting(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those that somebody has to look at."""
    return tuple(one for one in changes if one.state == "review")


def runnable(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Those that the worker carries out now: of a round that has begun, or, if none has, all that may be."""
    able = tuple(one for one in changes if one.state in _ROUNDS)
    begun = tuple(one for one in able if one.round is not None)
    return begun or able


def named(changes: Iterable[Change], items: Collection[str]) -> tuple[Change, ...]:
    """Those of these items that wait for a decision. Raises InputError `requests.unknown-detail`."""
    found = {one.item: one for one in waiting(changes)}
    for item in items:
        if item not in found:
            hint = f"use one of {', '.join(found) or 'none'}"
            raise InputError("requests.unknown-detail", f"`{item[:100]}` does not wait for a decision", hint=hint)
    if not items:
        raise InputError("requests.detail-missing", "nothing is chosen", hint="choose at least one item")
    return tuple(found[item] for item in items)


def identifiers(changes: Iterable[Change]) -> tuple[Identifier, ...]:
    """What the person is found by from now on."""
    return tuple(Identifier(one.kind, one.new) for one in changes if one.kind in KINDS)


def replaced(changes: Iterable[Change], known: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Which of a person's identifiers give way: those of the kind that the stores held, or the only one there is."""
    gone = list[Identifier]()
    held = tuple(known)
    for one in changes:
        alike = [each for each in held if each.kind == one.kind]
        matching = [each for each in alike if each in _spelt_alike(one)]
        gone += matching or (alike if len(alike) == 1 else [])
    return tuple(dict.fromkeys(gone))


def known_before(changes: Iterable[Change], known: Iterable[Identifier]) -> tuple[tuple[str, Sensitive[str]], ...]:
    """What a person was found by before these changes."""
    old = [each for one in changes for each in _spelt_alike(one)[:1]]
    renewed = {one.kind for one in old}
    return tuple((one.kind, one.value) for one in (*(one for one in known if one.kind not in renewed), *old))


def _spelt_alike(change: Change) -> list[Identifier]:
    found = []
    for old in change.old or ():
        try:
            found.append(identifier(change.kind or "", old.reveal()))
        except InputError:
            continue
    return found


def _set(work: Work, request: Request, items: Collection[str], **values: object) -> None:
    chosen = sa.and_(_c.request == request.id, _c.item.in_(list(items)))
    work.db.execute(sa.update(tables.request_change).where(chosen).values(**values))


def _mine(request: Request, item: str) -> sa.ColumnElement[bool]:
    return sa.and_(_c.request == request.id, _c.item == item)


def _sealed(
    work: Work, vault: Vault, request: Request, change: Change, old: tuple[Sensitive[str], ...] | None = None
) -> bytes:
    held = None if old is None else [one.reveal() for one in old]
    plain = {"kind": change.kind, "new": change.new.reveal(), "old": held, "proved": change.proved}
    text = json.dumps(plain, ensure_ascii=False).encode()
    return subjects.seal(work, vault, request.subject, text, context=_context(request, change.item))


def _opened(work: Work, vault: Vault, request: Request, row: sa.Row[tuple[object, ...]]) -> Change:
    context = _context(request, row.item)
    held = json.loads(subjects.unseal(work, vault, request.subject, bytes(row.sealed), context=context))
    old = None if held["old"] is None else tuple(map(Sensitive, held["old"]))
    return Change(
        row.item, held["kind"], Sensitive(held["new"]), old, row.state, row.why, row.round, held["proved"], row.by
    )


def _context(request: Request, item: str) -> str:
    return f"request:{request.id}:change:{item}"
