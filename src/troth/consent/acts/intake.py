"""Choices as programs send them: by the hundred, each for somebody else, each checked as if it came alone.

They are taken in order, so a choice sees those before it. One that is refused is refused alone; the others stand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from troth.base.errors import ConflictError, InputError, TrothError
from troth.base.work import Work
from troth.consent import rules
from troth.consent.actor import SELF, Actor
from troth.consent.acts.batch import Keys, Past, keys_of, pages, past_of, write_all
from troth.consent.asking import shown
from troth.consent.bound.bindings import bindings_of
from troth.consent.ledger import Choice, draw, texts_of
from troth.consent.model import Event, Standing, fold
from troth.consent.rules import How, Person
from troth.journal.lock import one_writer
from troth.subjects import facts
from troth.subjects.audience import audience_among
from troth.subjects.identifier import Identifier
from troth.subjects.service import find_all
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.model import Version


class Act(StrEnum):
    """What a person does with a consent."""

    GIVE = "give"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    OPT_OUT = "opt-out"
    OPT_IN = "opt-in"


@dataclass(frozen=True)
class Asked:
    """A choice as it arrives. `who` is a subject's id or what finds them.

    `policy` may be left out where there is one only; `version` is the id of the one that the person was shown, where
    the sender wants to be sure that it is the one that binds them. `grade` is for giving. `function` names the opt-out
    where the act is one.
    """

    who: str | Identifier
    function: str
    act: Act
    language: str
    interface: str
    grade: str | None = None
    actor: Actor = SELF
    policy: str | None = None
    version: str | None = None


def make_all(work: Work, vault: Vault, asked: Sequence[Asked]) -> tuple[Event | TrothError, ...]:
    """Record the choices that may be made; the others' errors are in their places. Few statements for any number.

    What a choice may raise is what `consent.service` raises for it, and InputError `consent.unknown-person`,
    `consent.no-grade`, `versions.none`, `versions.unknown`, `versions.ambiguous`; ConflictError
    `consent.other-version`.
    """
    one_writer(work)
    desk = _open(work, vault, asked)
    drawn = [desk.taken(one) for one in asked]
    events = iter(write_all(work, desk.keys, desk.before, [one for one in drawn if isinstance(one, Event)], desk.texts))
    return tuple(one if isinstance(one, TrothError) else next(events) for one in drawn)


@dataclass(frozen=True)
class _Desk:
    """What is known of everybody who is asked about, read once; `past` grows with what is drawn."""

    work: Work
    keys: Keys
    found: Mapping[Identifier, str]
    facts: Mapping[str, frozenset[str]]
    before: Past
    past: Past
    standings: Mapping[str, dict[str, Standing]]
    versions: _Versions
    texts: dict[str, str] = field(default_factory=dict)
    bound: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def taken(self, asked: Asked) -> Event | TrothError:
        """The event that the choice makes, or why it is refused."""
        try:
            subject = self._subject(asked.who)
            version = self._binding(asked, subject)
            person = Person(subject, self.standings[subject], self.facts[subject])
            asking, choice = _ACTS[asked.act](self, version, person, asked)
            event, texts = draw(self.work, asking, choice), texts_of(asking, choice)
        except TrothError as error:
            return error
        self.texts.update(texts)
        events = self.past.setdefault((subject, event.function), [])
        events.append(event)
        self.standings[subject].update(fold(events))
        return event

    def how(self, asked: Asked) -> How:
        """How somebody chooses."""
        return How(self.work.at, asked.language, asked.interface, asked.actor)

    def asking(self, version: Version, person: Person, function: str) -> Version:
        """A version that asks for a consent that was given: `version`, or the one that it was given under."""
        if function in shown.asked(version):
            return version
        standing = person.standings[function].event
        given = next(event for event in self.past[person.subject, function] if event.id == standing)
        return self._narrowed(self.versions.get(given.version), person.subject)

    def _subject(self, who: str | Identifier) -> str:
        subject = who if isinstance(who, str) else self.found.get(who)
        if subject is None:
            hint = "make them known first: `troth subject register`"
            raise InputError("consent.unknown-person", "nobody is known by that identifier", hint=hint)
        key = self.keys[subject]
        if isinstance(key, TrothError):
            raise key
        return subject

    def _binding(self, asked: Asked, subject: str) -> Version:
        """The version that holds for the person, with the rules of their audience alone."""
        current = self.versions.current(asked.policy)
        held = self._held(current, subject)
        if asked.version is not None and self.versions.get(asked.version).id != held.id:
            hint = "show them that one, or let them accept yours"
            raise ConflictError("consent.other-version", f"version `{held.id}` binds the person", hint=hint)
        return self._narrowed(held, subject)

    def _narrowed(self, version: Version, subject: str) -> Version:
        return version.for_audience(audience_among(self.facts[subject], version.policy))

    def _held(self, current: Version, subject: str) -> Version:
        """What `in_force_for` says, read once for everybody who is asked about."""
        if current.name not in self.bound:
            self.bound[current.name] = bindings_of(self.work, current, list(self.keys)).versions
        held = self.bound[current.name].get(subject)
        return current if held is None else self.versions.get(held)


class _Versions:
    """Reads each version once for a batch."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._current: dict[str | None, Version] = {}
        self._by_id: dict[str, Version] = {}

    def current(self, name: str | None) -> Version:
        if name not in self._current:
            self._current[name] = versions.current(self._work, name)
        return self._current[name]

    def get(self, version_id: str) -> Version:
        if version_id not in self._by_id:
            self._by_id[version_id] = versions.get(self._work, version_id)
        return self._by_id[version_id]


def _open(work: Work, vault: Vault, asked: Sequence[Asked]) -> _Desk:
    named = [one.who for one in asked if isinstance(one.who, Identifier)]
    found = {key: one for some in pages(named) for key, one in find_all(work, vault, some).items()}
    people = list(dict.fromkeys([*(one.who for one in asked if isinstance(one.who, str)), *found.values()]))
    past = past_of(work, people)
    return _Desk(
        work,
        keys_of(work, vault, people),
        found,
        facts.facts_of(work, people),
        {key: list(events) for key, events in past.items()},
        past,
        _standings(past, people),
        _Versions(work),
    )


def _standings(past: Past, people: Sequence[str]) -> Mapping[str, dict[str, Standing]]:
    standings: dict[str, dict[str, Standing]] = {one: {} for one in people}
    for (subject, _), events in past.items():
        standings[subject].update(fold(events))
    return standings


def _give(desk: _Desk, version: Version, person: Person, asked: Asked) -> tuple[Version, Choice]:
    if asked.grade is None:
        raise InputError("consent.no-grade", "giving needs a grade", hint="say how clearly the person agreed")
    return version, rules.giving(version, person, asked.function, asked.grade, desk.how(asked))


def _refuse(desk: _Desk, version: Version, person: Person, asked: Asked) -> tuple[Version, Choice]:
    return version, rules.refusing(version, person, asked.function, desk.how(asked))


def _withdraw(desk: _Desk, version: Version, person: Person, asked: Asked) -> tuple[Version, Choice]:
    rules.standing_at(person, asked.function, desk.work.at)
    asking = desk.asking(version, person, asked.function)
    return asking, rules.withdrawing(asking, person, asked.function, desk.how(asked))


def _opt_out(desk: _Desk, version: Version, person: Person, asked: Asked) -> tuple[Version, Choice]:
    return version, rules.opting_out(version, person, asked.function, desk.how(asked))


def _opt_in(desk: _Desk, version: Version, person: Person, asked: Asked) -> tuple[Version, Choice]:
    return version, rules.opting_in(version, person, asked.function, desk.how(asked))


_ACTS: Mapping[Act, Callable[[_Desk, Version, Person, Asked], tuple[Version, Choice]]] = {
    Act.GIVE: _give,
    Act.REFUSE: _refuse,
    Act.WITHDRAW: _withdraw,
    Act.OPT_OUT: _opt_out,
    Act.OPT_IN: _opt_in,
}
