"""What each act of the ledger takes, pure: from a version, what is known of the person, and the act, to a choice.

The services read and write around it, one choice at a time or by the hundred; what may be recorded is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from troth.base.calendar import due
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.period import Period
from troth.consent.actor import SELF, Actor
from troth.consent.asking import prompt as prompts
from troth.consent.asking import shown
from troth.consent.asking.waits import Asking, asking, is_open, is_prompt
from troth.consent.checks import grade_of, graded, interface_of, refuse_barred, refuse_low, standing_consent
from troth.consent.ledger import Choice
from troth.consent.model import Kind, Standing, lapsed
from troth.consent.optouts.optout import opt_out_matter
from troth.policy.model import Grade, Policy
from troth.regimes import figure, regime, regimes
from troth.subjects.age import below_fact
from troth.versions.model import Version

ENDINGS: Final = frozenset({Kind.EXPIRED, Kind.INVALIDATED, Kind.REVOKED})
"""How a consent ends without the person."""

_SOLD: Final = frozenset({"sale", "sharing"})
_REASON: Final = re.compile(r"[a-z][a-z0-9.-]{0,99}")


@dataclass(frozen=True)
class Person:
    """What is known of somebody who chooses: where their choices stand, and what is true of them."""

    subject: str
    standings: Mapping[str, Standing]
    facts: frozenset[str]

    def valid(self, matter: str, at: datetime) -> bool:
        """Whether a consent stands at an instant."""
        standing = self.standings.get(matter)
        return standing is not None and lapsed(standing, at).valid


@dataclass(frozen=True)
class How:
    """How somebody chooses: when, the language they read, where, and who acts."""

    at: datetime
    language: str
    interface: str
    actor: Actor = SELF


def giving(version: Version, person: Person, function: str, grade: str, how: How) -> Choice:
    """To agree; to renew, where the consent stands already. Raises what `consent.service.give` says."""
    matter, given = shown.matter(version, function), grade_of(grade)
    refuse_low(matter, given)
    given = graded(version.policy, person.facts, how.actor, given)
    _refuse_too_soon(version.policy, person, function, how)
    kind = Kind.RENEWED if person.valid(function, how.at) else Kind.GIVEN
    text, until = shown.question(version, function, how.language), ends_at(version.policy, function, how.at)
    return _choice(person, function, kind, given, text=text, how=how, until=until)


def deeming(version: Version, person: Person, function: str, ground: str, how: How) -> Choice | None:
    """To take use for agreement, as the policy says; None where a consent stands already."""
    shown.matter(version, function)
    if ground not in version.policy.deemed:
        hint = "ask the person instead"
        said = f"clause `deemed` does not call `{ground[:40]}` an agreement"
        raise RefusedError("consent.not-deemed", said, hint=hint)
    graded(version.policy, person.facts, SELF, "deemed")
    standing = person.standings.get(function)
    if standing is not None and standing.no is not None:
        hint = "the person said no; only their own yes ends that"
        raise RefusedError("consent.said-no", f"use does not undo a no to `{function[:100]}`", hint=hint)
    if person.valid(function, how.at):
        return None
    text, until = shown.question(version, function, how.language), ends_at(version.policy, function, how.at)
    return _choice(person, function, Kind.GIVEN, "deemed", text=text, how=how, reason=ground, until=until)


def refusing(version: Version, person: Person, function: str, how: How) -> Choice:
    """To say no; a consent that stood ends with it. A no is heard at any time and of anybody."""
    grade, text = shown.matter(version, function).grade, shown.question(version, function, how.language)
    return _choice(person, function, Kind.REFUSED, grade, text=text, how=how)


def withdrawing(version: Version, person: Person, function: str, how: How) -> Choice:
    """To take a consent back. `version` is one that asks for it. ConflictError `consent.not-given`."""
    grade, text = standing_at(person, function, how.at).grade, shown.withdrawal(version, function, how.language)
    return _choice(person, function, Kind.WITHDRAWN, grade, text=text, how=how)


def standing_at(person: Person, function: str, at: datetime) -> Standing:
    """The consent that can be taken back at an instant. Raises ConflictError `consent.not-given`."""
    standing = person.standings.get(function)
    return standing_consent(function, None if standing is None else lapsed(standing, at))


def requesting(version: Version, person: Person, function: str, how: How) -> Choice:
    """To ask. Raises RefusedError `consent.asked-too-soon`, `consent.barred`."""
    matter = shown.matter(version, function)
    refuse_barred(version.policy, person.facts)
    _refuse(asking(version.policy, person.standings, function, how.at), function)
    text = shown.question(version, function, how.language)
    return _choice(person, function, Kind.REQUESTED, matter.grade, text=text, how=how)


def deferring(version: Version, person: Person, function: str, how: How) -> Choice:
    """To put the answer off. Raises ConflictError `consent.not-asked-now` where no question is open."""
    matter = shown.matter(version, function)
    if not is_open(person.standings.get(function)):
        hint = "only a question that was asked can be put off"
        raise ConflictError("consent.not-asked-now", f"no question about `{function[:100]}` is open", hint=hint)
    text = shown.question(version, function, how.language)
    return _choice(person, function, Kind.DEFERRED, matter.grade, text=text, how=how)


def ending(version: Version, person: Person, function: str, how: How, *, kind: Kind, reason: str) -> Choice:
    """To end a consent without the person (`ENDINGS`), for a reason that the journal may hold.

    Raises InputError `consent.bad-reason`, ConflictError `consent.not-given`.
    """
    if not _REASON.fullmatch(reason):
        hint = "name it like `function-stopped`; it enters the journal, so it says nothing about a person"
        raise InputError("consent.bad-reason", f"`{reason[:40]}` cannot name a reason", hint=hint)
    grade, text = standing_at(person, function, how.at).grade, shown.ending(version, function, kind, how.language)
    return _choice(person, function, kind, grade, text=text, how=how, reason=reason)


def expiring(version: Version, person: Person, function: str, how: How, ended: datetime) -> Choice:
    """To note that a consent ended by itself at an instant."""
    grade = person.standings[function].grade
    text = shown.ending(version, function, Kind.EXPIRED, how.language)
    return _choice(person, function, Kind.EXPIRED, grade, text=text, how=how, reason="expired", until=ended)


def opting_out(version: Version, person: Person, name: str, how: How) -> Choice:
    """To opt out. It is heard at any time and of anybody, whatever the policy offers."""
    matter = opt_out_matter(name)
    text = prompts.opting_out(version.policy, name, how.language)
    return _choice(person, matter, Kind.OPTED_OUT, "none", text=text, how=how)


def opting_in(version: Version, person: Person, name: str, how: How) -> Choice:
    """To opt in. Raises RefusedError as `giving` does, also for a child whose parent must opt in by law."""
    matter = opt_out_matter(name)
    grade = graded(version.policy, person.facts, how.actor, "separate")
    if name in _SOLD:
        grade = _of_parent(version.policy, person, how.actor, grade)
    _refuse_too_soon(version.policy, person, matter, how)
    text = prompts.opting_in(version.policy, name, how.language)
    return _choice(person, matter, Kind.OPTED_IN, grade, text=text, how=how)


def ends_at(policy: Policy, function: str, at: datetime) -> datetime | None:
    """When a consent given at an instant ends by itself."""
    lasts: Period | None = policy.functions[function].expires if function in policy.functions else None
    if lasts is None:
        return None
    laws = [name for name in policy.regimes if name in regimes()]
    return due(at, lasts, zone=regime(laws[0]).zone if laws else UTC).at


def _refuse_too_soon(policy: Policy, person: Person, matter: str, how: How) -> None:
    """A yes that answers a prompt counts only if the prompt was allowed; one of the person's own always does."""
    if is_prompt(how.interface) and not is_open(person.standings.get(matter)):
        _refuse(asking(policy, person.standings, matter, how.at), matter)


def _refuse(found: Asking, matter: str) -> None:
    if not found.allowed and found.not_before is not None:
        said = f"`{matter[:100]}` may not be asked about before {found.not_before:%Y-%m-%d}: clause `{found.clause}`"
        hint = "wait; whoever comes by themselves may choose at any time"
        raise RefusedError("consent.asked-too-soon", said, hint=hint)


def _of_parent(policy: Policy, person: Person, actor: Actor, grade: Grade) -> Grade:
    """California's parents opt in for their children below an age (a figure of the regime)."""
    if "us-ca" not in policy.regimes:
        return grade
    limit = figure("us-ca", "child.age").amount
    if below_fact(limit) not in person.facts:
        return grade
    if not actor.is_verified_guardian:
        said = f"figure `regimes.us-ca.child.age` asks for a parent's consent below {limit}"
        raise RefusedError("consent.guardian-needed", said, hint="ask the parent, and verify that they are one")
    return "guardian-verified"


def _choice(
    person: Person,
    matter: str,
    kind: Kind,
    grade: Grade,
    *,
    text: str,
    how: How,
    reason: str | None = None,
    until: datetime | None = None,
) -> Choice:
    return Choice(
        person.subject,
        matter,
        kind,
        grade,
        text,
        how.language,
        interface_of(how.interface),
        how.actor.kind,
        how.actor.verification,
        reason,
        until,
    )
