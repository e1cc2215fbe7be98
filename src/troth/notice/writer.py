"""What the writers of all sections share: the policy, the speech, and how items and the like are named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, get_args

from troth.base.period import Period
from troth.base.text import Text
from troth.notice.model import Block, Bullets, Fact, Line, Paragraph, Section, Span, plain, strong, told
from troth.notice.speech import Speech
from troth.policy.model import Basis, Channel, Grade, Policy, Start

T = TypeVar("T")

_CHANNELS: tuple[str, ...] = get_args(Channel)


@dataclass(frozen=True)
class Writer:
    """Writes one policy in one language. Members of a family are told in the order of their ids: two policies that
    mean the same are the same document, in whatever order they were declared."""

    policy: Policy
    speech: Speech

    def item(self, name: str) -> Line:
        """An item, a category or `all`; emphasised if it is sensitive."""
        if name == "all":
            return self.speech.say("items.all")
        known = self.policy.items.get(name) or self.policy.categories[name]
        label = self.speech.text(known.label)
        return strong(label) if known.sensitive else label

    def items(self, names: Iterable[str]) -> Line:
        """Several items as a list."""
        return self.speech.listed(self.item(name) for name in names)

    def purposes(self, names: Iterable[str]) -> Line:
        """Several purposes as a list."""
        return self.speech.listed(self.speech.text(self.policy.purposes[name].label) for name in names)

    def functions(self, names: Iterable[str]) -> Line:
        """Several functions as a list."""
        return self.speech.listed(self.speech.text(self.policy.functions[name].label) for name in names)

    def recipients(self, names: Iterable[str]) -> Line:
        """Several recipients as a list, each a link to its own line."""
        return self.speech.listed(
            (Span(plain(self.speech.text(self.policy.recipients[name].name)), href=f"#recipients.{name}"),)
            for name in names
        )

    def basis(self, basis: Basis, grade: Grade) -> Line:
        """The legal basis; consent with its grade, emphasised where it must be given separately."""
        if basis != "consent" or grade == "none":
            return (Span(self.speech.word("basis", basis)),)
        line = (Span(self.speech.word("consent", grade)),)
        return strong(line) if grade in {"separate", "guardian-verified"} else line

    def facts_of(self, names: Iterable[str]) -> Line:
        """What must hold about the person first."""
        return self.speech.listed(self._fact(name) for name in names)

    def _fact(self, name: str) -> Line:
        if name.startswith("consent."):
            function, _, grade = name.removeprefix("consent.").rpartition(".")
            label = self.speech.text(self.policy.functions[function].label)
            return self.speech.say("after.consent", function=label, grade=self.speech.word("consent", grade))
        if name.startswith("objected."):
            purpose = self.policy.purposes[name.removeprefix("objected.")]
            return self.speech.say("after.objected", purpose=self.speech.text(purpose.label))
        return (Span(self.speech.word("fact", name)),)

    def channels(self, names: Iterable[Channel], *, email: str | None = None) -> Line:
        """Ways to reach us, with the number or address where the policy gives one; `email` goes before its general
        one."""
        contacts = self.policy.controller.contacts
        known = {"phone": contacts.phone, "email": email or contacts.email, "website": contacts.website}
        return self.speech.listed(self._channel(name, known.get(name)) for name in sorted(names, key=_CHANNELS.index))

    def _channel(self, name: Channel, address: str | None) -> Line:
        word = self.speech.word("channel", name)
        return self.speech.say("rights.channel", channel=word, address=address) if address else (Span(word),)

    def deadline(
        self, period: Period | None, start: Start, vaguely: Text | None, *, of: str = "request"
    ) -> tuple[Line, ...]:
        """A deadline with its start, or the words that stand in its place, or nothing; `of` says what starts it."""
        key = f"within.{start}" if of == "request" else f"within.{of}"
        stated = [self.speech.say(key, period=self.speech.period(period))] if period else []
        return (*stated, *some(vaguely, self.speech))

    def texts(self, path: str, texts: Mapping[str, Text], *, emphasised: bool = False) -> Bullets:
        """A family of texts as a list, each at its own clause."""
        items = self.each(path, texts)
        return Bullets(tuple(Paragraph(strong(one.line), one.anchor) for one in items) if emphasised else items, path)

    def each(self, path: str, texts: Mapping[str, Text]) -> tuple[Paragraph, ...]:
        """The texts of a family, each at its own clause."""
        return tuple(Paragraph(self.speech.text(text), f"{path}.{name}") for name, text in by_id(texts))

    def introduced(self, key: str, path: str, texts: Mapping[str, Text]) -> Iterator[Block]:
        """A family of texts after the phrase that introduces it, or nothing."""
        if texts:
            yield Paragraph(self.speech.say(key))
            yield self.texts(path, texts)

    def family(self, path: str, heading: str, texts: Mapping[str, Text], *, emphasised: bool = False) -> Section:
        """A family of texts as a section of its own."""
        bullets = Bullets(self.texts(path, texts, emphasised=emphasised).items)
        return Section(path, self.speech.plain(heading), (bullets,) if texts else ())

    def fact(self, key: str, lines: Iterable[Line | Paragraph], anchor: str | None = None) -> Iterator[Fact]:
        """A term from the catalogue with what is told of it, or nothing when nothing is."""
        paragraphs = told(*lines)
        if paragraphs:
            yield Fact(self.speech.say(key), paragraphs, anchor)


def by_id(family: Mapping[str, T]) -> list[tuple[str, T]]:
    """The members of a family in the order of their ids."""
    return sorted(family.items())


def some(text: Text | None, speech: Speech) -> tuple[Line, ...]:
    """The line of a text that may be absent."""
    return (speech.text(text),) if text else ()


def ordered_ends(ends: Iterable[str]) -> list[str]:
    """What becomes of data, the strongest first."""
    return sorted(ends, key=("erase", "anonymise", "restrict").index)
