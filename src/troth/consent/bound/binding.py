"""Which version of a policy binds a person: the one rule, on plain facts. Pure.

A person stands with the version that they accepted last. Where that version says that acceptance is deemed, the next
one takes its place once they have been told of it and the notice that `changes.notice` promises has passed; then the
one after that. A policy whose changes are told in public (on the homepage, by announcement, or in no way that it
states) tells everybody by publishing; one that promises to tell people one by one needs a record for each. What is
explicit is left by an act only, whatever later versions say of themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Final

from troth.base.calendar import due
from troth.base.period import Period
from troth.policy.model import Policy
from troth.policy.rule_sets import rule_set
from troth.regimes import regime, regimes

PUBLIC: Final = frozenset({"homepage", "announcement"})
"""The ways of telling a change that reach everybody at once."""

_KEPT = 4096  # ends of notices that stay in memory

Told = tuple[tuple[int, datetime], ...]
"""The versions that a person was told of, by number, and when."""


@dataclass(frozen=True)
class Way:
    """How the rules of one audience let the next version take a version's place."""

    deemed: bool
    public: bool
    notice: Period | None
    zone: tzinfo

    def over(self, told: datetime) -> datetime:
        """The first instant at which the notice of a change that was told at `told` is over."""
        return told if self.notice is None else _after(told, self.notice, self.zone)


Ways = Mapping[str | None, Way]
"""By rule set; None for the general rules."""


@dataclass(frozen=True)
class Link:
    """A published version in the chain of its policy's versions, which are numbered from 1 without gaps."""

    number: int
    published_at: datetime
    ways: Ways

    def way(self, audiences: Collection[str]) -> Way:
        """The way of somebody who belongs to these audiences; who belongs to several goes by the general rules."""
        found = [name for name in audiences if name in self.ways]
        return self.ways[found[0] if len(found) == 1 else None]


@dataclass(frozen=True)
class Person:
    """What the rule asks of a person: the number of the version that they accepted last, when they were registered
    (None: they are not known), the rule sets whose audience they are, and what they were told of."""

    accepted: int | None
    came: datetime | None
    audiences: frozenset[str] = frozenset()
    told: Told = ()


@dataclass(frozen=True)
class Bound:
    """The number of the version that binds somebody. `until` is the first instant at which time alone moves them on;
    None where only an act does, theirs or the controller's."""

    number: int
    until: datetime | None = None


def bound(chain: Sequence[Link], person: Person, at: datetime) -> Bound:
    """The version that binds a person at an instant. The last of `chain` is the one in force."""
    return followed(chain, start(chain, person), person.audiences, person.told, at)


def start(chain: Sequence[Link], person: Person) -> int:
    """The number of the version that the person stands with before any change moves them.

    Who accepted nothing goes with the one in force, unless they were deemed to accept an earlier one when they came.
    """
    newest = chain[-1].number
    if newest == 1:
        return newest
    if person.accepted is not None:
        return person.accepted
    met = 0 if person.came is None else _in_force_at(chain, person.came)
    return met if met and chain[met - 1].way(person.audiences).deemed else newest


def followed(chain: Sequence[Link], held: int, audiences: Collection[str], told: Told, at: datetime) -> Bound:
    """Where deemed acceptance has taken somebody who started at the version of number `held`.

    Whoever was told of a later version was told of those before it with it.
    """
    while held < chain[-1].number:
        way = chain[held - 1].way(audiences)
        since = _told(chain, held, way, told) if way.deemed else None
        if since is None:
            return Bound(held)
        if at < way.over(since):
            return Bound(held, way.over(since))
        held += 1
    return Bound(held)


def holding(chain: Sequence[Link], at: datetime) -> Mapping[int, frozenset[str | None]]:
    """The versions that may still hold somebody who stands with them or with an earlier one: by number, the audiences.

    From all others publishing and time have taken everybody.
    """
    found = {
        one.number: frozenset(
            name
            for name, way in one.ways.items()
            if not (way.deemed and way.public and at >= way.over(following.published_at))
        )
        for one, following in pairwise(chain)
    }
    return {number: names for number, names in found.items() if names}


def ways(policy: Policy) -> Ways:
    """How each audience of a policy is taken from it to the next version."""
    return {name: _way(rule_set(policy, name)) for name in (None, *policy.rule_sets)}


def _way(policy: Policy) -> Way:
    tell = policy.changes.tell
    laws = [name for name in policy.regimes if name in regimes()]
    zone = regime(laws[0]).zone if laws else UTC
    return Way(policy.acceptance == "deemed", not tell or bool(PUBLIC & set(tell)), policy.changes.notice, zone)


def _in_force_at(chain: Sequence[Link], at: datetime) -> int:
    return max((one.number for one in chain if one.published_at <= at), default=0)


def _told(chain: Sequence[Link], held: int, way: Way, told: Told) -> datetime | None:
    """When somebody who is held by a version was told of the next."""
    if way.public:
        return chain[held].published_at
    return min((at for number, at in told if held < number <= chain[-1].number), default=None)


@lru_cache(maxsize=_KEPT)
def _after(told: datetime, notice: Period, zone: tzinfo) -> datetime:
    return due(told, notice, zone=zone).at + datetime.resolution
