"""A part of a request refused on a ground while the rest is done: what is kept or left out, and why.

A part is a data set, written `store.dataset`, or, of what a person would be given, an item of the policy. The stores
are opened with maps that say the same, so that what is left out can neither be erased nor handed out by any plan.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.text import Text
from troth.base.work import Work
from troth.datamap.read import from_value
from troth.requests import tables
from troth.requests.fulfilment import progress
from troth.requests.kinds import WAYS, Way
from troth.requests.machine import State
from troth.requests.model import Request
from troth.versions.model import Version

_BEFORE = frozenset(
    {
        State.RECEIVED,
        State.IDENTIFYING,
        State.DOUBTED,
        State.IN_REVIEW,
        State.CLARIFYING,
        State.PRICED,
        State.COOLING_OFF,
        State.HELD,
        State.BLOCKED,
    }
)
_c = tables.request_kept.c


@dataclass(frozen=True)
class Kept:
    """One part that is refused: a data set or an item, the clause of the ground, and what people call both."""

    part: str
    ground: str
    label: Text
    why: Text
    at: datetime


@dataclass(frozen=True)
class Refusal:
    """What is refused of a request: the part, the ground, the reason that the person is told, and what shows it."""

    part: str
    ground: str
    reason: str
    evidence: str = ""


def of(work: Work, version: Version, request_id: str) -> tuple[Kept, ...]:
    """The parts of a request that are refused, by name."""
    rows = work.db.execute(sa.select(tables.request_kept).where(_c.request == request_id).order_by(_c.part))
    return tuple(
        Kept(row.part, row.ground, _label(version, row.part), _why(version, row.ground), row.at) for row in rows
    )


def add(work: Work, version: Version, request: Request, part: str, ground: str, *, by: str) -> None:
    """Write down that a part is refused; `ground` is the address of the ground in the policy.

    Raises:
        InputError: `requests.unknown-part`.
        ConflictError: `requests.not-possible` where nothing of it can be refused in part, or work on it has begun.
    """
    _check_part(version, request, part)
    store = part.partition(".")[0]
    counted = progress.progress(work, request.id).get(store)
    begun = counted is not None and counted.erased is not None
    if request.state not in _BEFORE or begun:
        hint = "a part is refused before anything is done"
        raise ConflictError("requests.not-possible", "the request is being carried out, or it is closed", hint=hint)
    progress.forget(work, request.id, store)  # what has to be done is another thing now
    here = sa.and_(_c.request == request.id, _c.part == part)
    work.db.execute(sa.delete(tables.request_kept).where(here))
    values = {"request": request.id, "part": part, "ground": ground, "at": work.at, "by": by}
    work.db.execute(sa.insert(tables.request_kept).values(values))


def narrowed(version: Version, request: Request, kept: Collection[Kept]) -> Version:
    """The version with maps in which what is kept can neither be erased nor handed out. Pure."""
    if not kept:
        return version
    maps = deepcopy(dict(version.maps))
    erases = WAYS[request.kind] is Way.ERASE
    for one in kept:
        store, _, dataset = one.part.partition(".")
        if dataset and store in maps and dataset in maps[store]["datasets"]:
            _keep(maps[store]["datasets"][dataset], one.ground) if erases else _hide(maps[store]["datasets"][dataset])
        else:
            _hide_item(maps, one.part)
    return replace(version, maps=maps)


def _check_part(version: Version, request: Request, part: str) -> None:
    known = [f"{name}.{one}" for name, value in version.maps.items() for one in from_value(value).datasets]
    if WAYS[request.kind] is Way.PACKAGE:
        known += version.policy.items
    elif WAYS[request.kind] is not Way.ERASE:
        hint = "refuse it as a whole, or answer it"
        raise ConflictError("requests.not-possible", "this kind of request has no parts", hint=hint)
    if part not in known:
        hint = f"use one of {', '.join(known[:20])}"
        raise InputError("requests.unknown-part", f"there is no part `{part[:100]}` of the request", hint=hint)


def _keep(dataset: dict[str, Any], ground: str) -> None:
    dataset["erase"] = {"keep": ground}
    for rule in dataset["fields"].values():
        rule.pop("erase", None)  # its row stays whole


def _hide(dataset: dict[str, Any]) -> None:
    for rule in dataset["fields"].values():
        rule["disclose"] = "never"


def _hide_item(maps: Mapping[str, Any], item: str) -> None:
    for value in maps.values():
        for dataset in value["datasets"].values():
            for rule in dataset["fields"].values():
                if rule["item"] == item:
                    rule["disclose"] = "never"


def _label(version: Version, part: str) -> Text:
    if part in version.policy.items:
        return version.policy.items[part].label
    store, _, dataset = part.partition(".")
    return from_value(version.maps[store]).datasets[dataset].label


def _why(version: Version, clause: str) -> Text:
    """What the policy calls the ground at that address."""
    *_, name = clause.split(".refuse.")
    right = version.policy.rights.get(clause.split(".")[1]) if clause.startswith("rights.") else None
    known = right.refuse if right else version.policy.requests.refuse
    return known[name].label
