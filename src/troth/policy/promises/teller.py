"""Puts what a clause declares into a sentence, in each language of the policy that Troth speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from troth.base.period import Period
from troth.base.text import LANGUAGES, Text, said
from troth.policy.model import Policy
from troth.policy.promises.model import Derived
from troth.policy.promises.words import CONSENTS, FACTS, Pair

Part = Callable[[str], str]
"""What stands in a place of a sentence, by language."""

_ENDS = " 。.;；,，"


@dataclass(frozen=True)
class Teller:
    """Tells the promises of one policy."""

    policy: Policy

    def promise(self, clause: str, control: str | None, zh: str, en: str, **parts: Part) -> Derived:
        """The promise of `clause`: `zh` and `en` are the same sentence with the same places."""
        topic = clause.partition(".")[0]
        return Derived(clause, topic, {each: _told(each, zh, en, parts) for each in self._languages}, control)

    def own(self, clause: str, control: str | None, text: Text) -> Derived:
        """The promise of a clause that is a sentence already."""
        return self.promise(clause, control, "{text}。", "{text}.", text=plain(text))

    def items(self, names: Iterable[str]) -> Part:
        """Items and categories by their labels; `all` is all personal data."""
        return listed(self._item(name) for name in sorted(names))

    def purposes(self, names: Iterable[str]) -> Part:
        """Purposes by their labels."""
        return listed(plain(self.policy.purposes[name].label) for name in sorted(names))

    def recipients(self, names: Iterable[str]) -> Part:
        """Recipients by their names."""
        return listed(plain(self.policy.recipients[name].name) for name in sorted(names))

    def functions(self, names: Iterable[str]) -> Part:
        """Functions by their labels."""
        return listed(plain(self.policy.functions[name].label) for name in sorted(names))

    def facts(self, names: Iterable[str]) -> Part:
        """What must hold first."""
        return listed(self._fact(name) for name in sorted(names))

    @property
    def _languages(self) -> tuple[str, ...]:
        return tuple(each for each in self.policy.languages if each in LANGUAGES) or self.policy.languages[:1]

    def _item(self, name: str) -> Part:
        if name == "all":
            return pair(("全部个人信息", "all personal information"))
        known = self.policy.items.get(name) or self.policy.categories[name]
        return plain(known.label)

    def _fact(self, name: str) -> Part:
        if name in FACTS:
            return pair(FACTS[name])
        family, _, rest = name.partition(".")
        if family == "objected":
            return _about(self.purposes([rest]), "您已反对“{}”", "you have objected to “{}”")
        function, _, grade = rest.rpartition(".")
        given = pair(CONSENTS[grade])
        asked = self.functions([function])
        return lambda language: _either(language, "已就“{0}”取得{1}", "{1} to “{0}” was given").format(
            asked(language), given(language)
        )


def plain(text: Text) -> Part:
    """What the policy itself says, without the stop at its end."""
    return lambda language: said(text, language).strip(_ENDS) or said(text, language)


def plains(texts: Mapping[str, Text]) -> Part:
    """Several texts of the policy, one after the other."""
    parts = [plain(texts[name]) for name in sorted(texts)]
    return lambda language: _either(language, "；", "; ").join(part(language) for part in parts)


def pair(words: Pair) -> Part:
    """A word that exists in both languages."""
    return lambda language: _either(language, *words)


def words(table: Mapping[str, Pair], members: Iterable[str]) -> Part:
    """Members of a closed list."""
    return listed(pair(table[member]) for member in sorted(members))


def alternatives(table: Mapping[str, Pair], members: Iterable[str]) -> Part:
    """Members of a closed list of which one is enough."""
    parts = [pair(table[member]) for member in sorted(members)]
    return lambda language: _either(language, "或", " or ").join(part(language) for part in parts)


def listed(parts: Iterable[Part]) -> Part:
    """Several parts as a list in a sentence."""
    kept = list(parts)
    return lambda language: _either(language, "、", ", ").join(part(language) for part in kept)


def period(length: Period) -> Part:
    """A length of time as people say it."""
    return length.words


def number(value: object) -> Part:
    """The same in every language."""
    return lambda _language: str(value)


def _told(language: str, zh: str, en: str, parts: Mapping[str, Part]) -> str:
    told = _either(language, zh, en).format(**{name: part(language) for name, part in parts.items()})
    first = told.partition(" ")[0]
    return told[0].upper() + told[1:] if first.islower() else told  # `iPhone` keeps its form


def _about(part: Part, zh: str, en: str) -> Part:
    return lambda language: _either(language, zh, en).format(part(language))


def _either(language: str, zh: str, en: str) -> str:
    return zh if language == "zh" else en
