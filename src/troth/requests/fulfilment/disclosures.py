"""Who got what about a person: the record of every time that data left the house, and the lists made of it.

Sales and other disclosures are two lists, never one (Cal. Civ. Code § 1798.130(a)(4)). What a policy tells of the past,
and what it allows, stands beside what was recorded, each with where it is known from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.flows import Flow, Told, flows, told
from troth.policy.law import usual_days
from troth.policy.model import Action, Policy, Recipient
from troth.requests import tables
from troth.requests.deciding.decided import decisions
from troth.requests.kinds import Kind
from troth.subjects.service import commitment
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.model import Version

Passing = Literal["share", "transfer", "disclose", "sell", "publish"]
"""The actions by which data leave the house."""

PASSING: tuple[Passing, ...] = get_args(Passing)

Source = Literal["recorded", "decided", "told", "allowed"]
"""How it is known: it was recorded as it happened; it was asked for and allowed; the policy tells that it happened; the
policy allows it for data such as the person's."""

_SAID: Mapping[Source, Callable[[Policy], tuple[Flow | Told, ...]]] = {"told": told, "allowed": flows}

_CHOSEN = "controller:"
"""Begins the id of a recipient whom the person chose; no policy names one so."""

_c = tables.disclosure.c


@dataclass(frozen=True)
class Passed:
    """Data of a person that somebody got, or may have got. `at` and `purpose` are None where nobody wrote them down.

    `to` is as the policy names them by which they got it; the one in force need not know them any more.
    """

    to: Recipient
    action: Action
    items: tuple[str, ...]
    source: Source
    at: datetime | None = None
    purpose: str | None = None

    @property
    def recipient(self) -> str:
        """The id of who got it."""
        return self.to.id

    @property
    def sale(self) -> bool:
        """Whether it was a sale, in the policy's own words."""
        return self.action == "sell"


def record(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    recipient: str,
    *,
    items: Collection[str],
    purpose: str,
    action: str,
) -> str:
    """Write down that a recipient got these items of a person; gives the id of the record. Journaled.

    Raises:
        InputError: `disclosures.unknown-name` for what the policy does not have, `disclosures.nothing` without items;
            `subjects.unknown`.
        RefusedError: `subjects.shredded`.
    """
    policy = version.policy
    _known("recipient", [recipient], policy.recipients)
    _known("item", items, policy.items)
    _known("purpose", [purpose], policy.purposes)
    _known("action", [action], PASSING)
    if not items:
        raise InputError("disclosures.nothing", "it is not said what was passed on", hint="name the items")
    return _write(work, vault, version, subject, recipient, items=items, purpose=purpose, action=action)


def sent_on(
    work: Work, vault: Vault, version: Version, subject: str, controller: str, *, items: Collection[str]
) -> None:
    """Write down what another controller got because the person wanted it so; nothing where that is nothing.

    Raises as `record` does of the person.
    """
    if items:
        right = Kind.PORTABILITY.value
        _write(work, vault, version, subject, _CHOSEN + controller, items=items, purpose=right, action="transfer")


def _write(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    recipient: str,
    *,
    items: Collection[str],
    purpose: str,
    action: str,
) -> str:
    one_writer(work)
    made = work.new_id("dsc")
    refs = {"disclosure": made, "subject": commitment(work, vault, subject, made), "recipient": recipient}
    entry = journal.append(work, "disclosure.made", {**refs, "action": action, "purpose": purpose})
    values = {"id": made, "subject": subject, "recipient": recipient, "items": sorted(set(items)), "at": work.at}
    work.db.execute(
        sa.insert(tables.disclosure).values(
            **values, purpose=purpose, action=action, version=version.id, entry=entry.index
        )
    )
    return made


def recorded(work: Work, subject: str, since: datetime | None = None) -> tuple[Passed, ...]:
    """What was recorded of a person, the oldest first."""
    chosen = sa.select(tables.disclosure).where(_c.subject == subject)
    if since is not None:
        chosen = chosen.where(_c.at >= since)
    rows, known = work.db.execute(chosen.order_by(_c.at, _c.id)).all(), _Recipients(work)
    return tuple(
        Passed(known.find(row.version, row.recipient), row.action, tuple(row.items), "recorded", row.at, row.purpose)
        for row in rows
    )


def decided(work: Work, vault: Vault, subject: str, since: datetime | None = None) -> tuple[Passed, ...]:
    """What was allowed to go to a recipient when a program asked, the oldest first."""
    known = _Recipients(work)
    return tuple(
        Passed(
            known.find(one.version, one.recipient),
            PASSING[PASSING.index(one.action)],
            (one.item,),
            "decided",
            one.at,
            one.purpose,
        )
        for one in decisions(work, vault, subject, since)
        if one.recipient is not None and one.outcome == "allowed" and one.action in PASSING
    )


def stated(policy: Policy) -> tuple[Passed, ...]:
    """What the policy itself says: what it tells of the past, and what it allows; by recipient and action. Pure."""
    found: dict[tuple[str, Action, Source], set[str]] = {}
    for source, every in _SAID.items():
        for each in every(policy):
            if each.recipient is not None and each.action in PASSING:
                found.setdefault((each.recipient, each.action, source), set()).add(each.item)
    return tuple(
        Passed(policy.recipients[to], action, tuple(sorted(items)), source)
        for (to, action, source), items in found.items()
    )


def since(policy: Policy, right: str, at: datetime) -> datetime | None:
    """How far back an answer to that right reaches, rather a day more than less; None: to the beginning."""
    found = policy.rights.get(right)
    if found is None or found.lookback is None:
        return None
    return at - timedelta(days=math.ceil(usual_days(found.lookback)) + 1)


def all_of(work: Work, vault: Vault, policy: Policy, subject: str, since: datetime | None) -> tuple[Passed, ...]:
    """Everything that is known, what was recorded first; sales and others together."""
    return (*recorded(work, subject, since), *decided(work, vault, subject, since), *stated(policy))


def held_only(passed: Iterable[Passed], items: Collection[str]) -> Iterator[Passed]:
    """Of what the policy says in general, only what concerns these items; what was recorded stays as it is."""
    for one in passed:
        kept = one.items if one.at is not None else tuple(item for item in one.items if item in items)
        if kept:
            yield replace(one, items=kept)


class _Recipients:
    """Finds who got something, as they were called then."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._found: dict[tuple[str, str], Recipient] = {}

    def find(self, version: str, name: str) -> Recipient:
        """The recipient by the id that was written down under that version."""
        if (version, name) not in self._found:
            self._found[version, name] = self._chosen(name) if name.startswith(_CHOSEN) else self._named(version, name)
        return self._found[version, name]

    def _chosen(self, name: str) -> Recipient:
        c = tables.controller.c
        names = self._work.db.execute(sa.select(c.names).where(c.id == name.removeprefix(_CHOSEN))).scalar_one()
        return Recipient(name, "controller", names)

    def _named(self, version: str, name: str) -> Recipient:
        one = versions.get(self._work, version)
        every = (one.policy, *(one.for_audience(audience).policy for audience in one.policy.rule_sets))
        return next(policy.recipients[name] for policy in every if name in policy.recipients)


def _known(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            hint = f"use one of {', '.join(known) or 'none'}"
            raise InputError("disclosures.unknown-name", f"the policy has no {what} `{name[:100]}`", hint=hint)
