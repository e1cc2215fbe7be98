"""What the script on a website is told: what to ask, in which words, and what to clear when the answer is no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from troth.base.canonical import digest
from troth.base.errors import InputError
from troth.base.text import LANGUAGES, Language, Text, said
from troth.consent.asking.prompt import prompt
from troth.consent.optouts.optout import OPT_OUTS, SIGNALLED
from troth.policy.model import Policy, Technology
from troth.versions.model import Version
from troth.web.banner.matters import Question, always_on, honours_signal, on_consent, questions, serves
from troth.web.banner.words import COOKIE, COOKIE_LABEL, WORDS

Layer = Literal["first", "again", "each"]
"""Where a choice was made: with the two buttons for all; with those for all that is new; by its own switch."""


@dataclass(frozen=True)
class Configuration:
    """One policy version as the banner asks about it; `notice` is the address of the whole text.

    `rules` is the hash of the policy, `audience` whose rules of it these are (None: everybody else's).
    """

    rules: str
    audience: str | None
    notice: str
    version: Version = field(compare=False, repr=False)

    @property
    def policy(self) -> Policy:
        """The policy that the questions come from."""
        return self.version.policy

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """What visitors are asked, by matter."""
        return questions(self.policy)

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """The languages that both the policy and the banner speak, in the policy's order."""
        return tuple(one for spoken in self.policy.languages for one in LANGUAGES if one == spoken)

    @cached_property
    def value(self) -> dict[str, Any]:
        """All of it as JSON; its `hash` covers everything else."""
        told = {
            "policy": self.version.name,
            "audience": self.audience,
            "version": self.version.id,
            "languages": list(self.languages),
            "notice": self.notice,
            "words": {one: self._words(one) for one in self.languages},
            "signal": honours_signal(self.policy),
            "matters": [self._matter(each) for each in self.questions.values()],
            "stored": [_stored(each, serves(each, self.questions)) for each in on_consent(self.policy)],
            "always": [*(self._always(each) for each in always_on(self.policy)), self._own_cookie()],
        }
        return {**told, "hash": digest({**told, "rules": self.rules})}

    @property
    def hash(self) -> str:
        """What a visitor was shown, in one word: two configurations with the same hash say the same."""
        return str(self.value["hash"])

    def first_layer(self, language: Language, names: Iterable[str], layer: Layer) -> str:
        """The text of the first layer as it stands on the screen when it asks about the matters `names`."""
        words = self.value["words"][language]
        listed = [said(self.questions[name].matter.label, language) for name in sorted(names)]
        return "\n".join([words["title"], words[layer], *listed])

    def own_switch(self, language: Language, name: str) -> str:
        """The text beside the switch of one matter."""
        return prompt(self.policy, name, language)

    def by_signal(self, language: Language) -> str:
        """What a visitor is told when the browser's signal was honoured."""
        words = self.value["words"][language]
        return "\n".join([words["signal"], words["signal-text"]])

    @cached_property
    def signalled(self) -> tuple[str, ...]:
        """The matters that the browser's signal refuses."""
        return tuple(name for name, each in self.questions.items() if each.by_signal)

    def _words(self, language: Language) -> Mapping[str, str]:
        known = WORDS[language]
        labels = [said(OPT_OUTS[name], language) for name in SIGNALLED]
        named = {
            "first": known["first"].format(controller=said(self.policy.controller.name, language)),
            "signal-text": known["signal-text"].format(matters=known["between"].join(labels)),
        }
        return {**known, **named}

    def _matter(self, question: Question) -> dict[str, Any]:
        matter = question.matter
        return {
            "name": matter.name,
            "label": self._text(matter.label),
            "shown": {one: self.own_switch(one, matter.name) for one in self.languages},
            "about": question.about,
            "alone": question.alone,
            "signal": question.by_signal,
        }

    def _always(self, technology: Technology) -> dict[str, Any]:
        return {"label": self._text(technology.label), "names": list(technology.names)}

    def _own_cookie(self) -> dict[str, Any]:
        return {"label": self._text(COOKIE_LABEL), "names": [COOKIE]}

    def _text(self, text: Text) -> dict[str, str]:
        return {one: said(text, one) for one in self.languages}


def configuration(version: Version, audience: str | None, base_url: str) -> Configuration:
    """How the banner asks about a version, kept in memory by the policy's hash.

    Raises:
        InputError: `policy.unknown-rule-set`; `banner.no-language` for a policy in languages that the banner lacks.
    """
    narrowed = version.for_audience(audience)
    made = _kept(Configuration(narrowed.hash, narrowed.audience, f"{base_url.rstrip('/')}/policy", narrowed))
    if not made.languages:
        hint = f"the banner speaks {', '.join(LANGUAGES)}"
        raise InputError("banner.no-language", f"the policy `{version.name}` has no language of the banner", hint=hint)
    return made


@lru_cache(maxsize=32)
def _kept(made: Configuration) -> Configuration:
    return made


def _stored(technology: Technology, names: tuple[str, ...]) -> dict[str, Any]:
    return {"kind": technology.kind, "names": list(technology.names), "for": list(names)}
