"""Takes what a visitor chose into the ledger: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.text import Language
from troth.base.work import Work
from troth.consent import rules
from troth.consent.acts.acting import person_at
from troth.consent.acts.batch import record_all
from troth.consent.ledger import Choice, event_by_id
from troth.consent.model import Status
from troth.consent.optouts.optout import opt_out_matter
from troth.consent.optouts.signal import honour
from troth.consent.rules import How, Person
from troth.journal.lock import one_writer
from troth.subjects.audience import belong
from troth.subjects.service import register
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.web.banner.configuration import Configuration, Layer
from troth.web.banner.matters import honours_signal, refused_by
from troth.web.banner.visitor import Stand, find_profile, pseudonym, stand, to_ask

Word = Literal["given", "refused", "withdrawn"]

_INTERFACES: Final[Mapping[Layer, str]] = {
    "first": "banner/first",
    "again": "banner/again",
    "each": "banner/each",
}
"""As the ledger calls where a choice was made: what begins with `banner` answers a question of ours."""

_UNASKED: Final = "website/settings"
"""Where a visitor changes by their own switch what we did not ask about."""


@dataclass(frozen=True)
class Answer:
    """What a visitor chose, as their browser tells it. `shown` is the hash of the configuration that asked.

    `profile` is the pseudonym that an earlier answer was given; `signal` whether the browser sends its opt-out.
    """

    profile: str | None
    choices: Mapping[str, Word]
    layer: Layer
    language: Language
    shown: str | None
    signal: bool


def take(work: Work, vault: Vault, asked: Configuration, answer: Answer) -> Stand:
    """Record the choices, and those that the browser's signal makes.

    A withdrawal of what was never agreed to is recorded as a refusal: nobody's "no" is turned away. One that was
    recorded before is told again and not written again.

    Raises:
        InputError: `banner.nothing` for an answer without choices, `banner.not-asked` for a matter that the banner
            does not ask about, `banner.unknown-language`.
        ConflictError: `banner.stale` when the visitor was shown something else than is asked now.
        RefusedError: `banner.bundled` for agreeing to everything at once where a consent of its own is needed,
            `banner.signal` for agreeing to what the browser's signal refuses; `consent.asked-too-soon`,
            `consent.barred`, `consent.guardian-needed`.
    """
    check(asked, answer)
    signal = answer.signal and honours_signal(asked.policy)
    if not answer.choices and not signal:
        return stand(work, vault, asked, answer.profile)
    one_writer(work)
    profile, subject = _known(work, vault, asked, answer.profile)
    person = person_at(work, subject, work.at)
    desk = _Desk(asked, answer, person, to_ask(work, asked, person.standings), work.at)
    choices = [*desk.chosen(), *(desk.signalled() if signal else desk.opted_in())]
    events = {event.function: event for event in record_all(work, vault, asked.version, choices)}
    if signal:
        honour(work, vault, asked.version, profile=subject, language=answer.language)
    known = {name: event for name, one in desk.repeated.items() if (event := event_by_id(work, one))}
    return replace(stand(work, vault, asked, profile), events=known | events, signal=signal)


def check(asked: Configuration, answer: Answer) -> None:
    """Raise as `take` does for an answer that cannot be recorded, whoever gives it."""
    if answer.language not in asked.languages:
        hint = f"use one of {', '.join(asked.languages)}"
        raise InputError("banner.unknown-language", f"the banner does not ask in `{answer.language}`", hint=hint)
    if not answer.choices and not answer.signal:
        raise InputError("banner.nothing", "nothing was chosen", hint="send `choices`, `gpc`, or both")
    unknown = sorted(set(answer.choices) - set(asked.questions))
    if unknown:
        hint = f"it asks about {', '.join(f'`{one}`' for one in asked.questions) or 'nothing'}"
        raise InputError("banner.not-asked", f"the banner does not ask about `{unknown[0][:100]}`", hint=hint)
    if answer.choices and answer.shown != asked.hash:
        raise ConflictError("banner.stale", "something else was shown than is asked now", hint="load it anew and ask")
    for name, word in answer.choices.items():
        if word == "given":
            _check_given(asked, answer, name)


def _check_given(asked: Configuration, answer: Answer, name: str) -> None:
    question = asked.questions[name]
    if question.alone and answer.layer != "each":
        hint = "let the visitor agree by the switch of that matter"
        raise RefusedError("banner.bundled", f"`{name}` needs a consent of its own", hint=hint)
    if question.by_signal and answer.signal:
        hint = "the visitor can switch the signal off in the browser"
        raise RefusedError("banner.signal", f"the browser's signal refuses `{name}`", hint=hint)


def _known(work: Work, vault: Vault, asked: Configuration, profile: str | None) -> tuple[str, str]:
    """The profile and its subject. One that we did not make is never taken over: the browser gets a new one."""
    subject = find_profile(work, vault, profile)
    if profile is None or subject is None:
        profile = work.new_id("brw")
        subject = register(work, vault, [pseudonym(profile)])
    belong(work, vault, subject, versions.get(work, asked.version.id).policy, asked.audience)
    return profile, subject


@dataclass(frozen=True)
class _Desk:
    """Turns one answer into entries of the ledger, by the ledger's own rules."""

    asked: Configuration
    answer: Answer
    person: Person
    ask: tuple[str, ...]
    at: datetime

    def chosen(self) -> Iterator[Choice]:
        """What the visitor chose, with the text that was on the screen, but for what was recorded before."""
        for name, word in sorted(self.answer.choices.items()):
            if name in self.repeated:
                continue
            unasked = self.answer.layer == "each" and name not in self.ask
            interface = _UNASKED if unasked else _INTERFACES[self.answer.layer]
            yield replace(self._choice(name, word, interface), shown=self._shown(name))

    @property
    def repeated(self) -> Mapping[str, str]:
        """The event of each withdrawal that is in the ledger already: a browser that lost our answer sends it again."""
        standings = self.person.standings
        return {
            name: standings[name].event
            for name, word in self.answer.choices.items()
            if word == "withdrawn" and name in standings and standings[name].status is Status.WITHDRAWN
            if name not in self.ask
        }

    def signalled(self) -> Iterator[Choice]:
        """A no to each matter that the browser's signal refuses, unless it is off already."""
        shown = self.asked.by_signal(self.answer.language)
        for name in self.asked.signalled:
            known = name in self.answer.choices or name in self.person.standings
            if not known or self.person.valid(name, self.at):
                yield replace(self._choice(name, "withdrawn", "banner/signal"), shown=shown)

    def opted_in(self) -> Iterator[Choice]:
        """Who agrees by their own switch to what an opt-out of theirs still stops, takes that opt-out back by it."""
        how = How(self.at, self.answer.language, _UNASKED)
        given = [name for name, word in self.answer.choices.items() if word == "given"]
        for opt_out in sorted({one for name in given for one in refused_by(self.asked.policy, name)}):
            standing = self.person.standings.get(opt_out_matter(opt_out))
            if standing is not None and standing.no is not None:
                yield rules.opting_in(self.asked.version, self.person, opt_out, how)

    def _choice(self, name: str, word: Word, interface: str) -> Choice:
        version, how = self.asked.version, How(self.at, self.answer.language, interface)
        if word == "given":
            return rules.giving(version, self.person, name, self.asked.questions[name].matter.grade, how)
        if word == "withdrawn" and self.person.valid(name, self.at):
            return rules.withdrawing(version, self.person, name, how)
        return rules.refusing(version, self.person, name, how)

    def _shown(self, name: str) -> str:
        if self.answer.layer == "each":
            return self.asked.own_switch(self.answer.language, name)
        return self.asked.first_layer(self.answer.language, self.answer.choices, self.answer.layer)
