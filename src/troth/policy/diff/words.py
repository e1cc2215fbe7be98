"""A difference in plain sentences, Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from troth.base.errors import InputError
from troth.base.period import parse_period
from troth.base.text import LANGUAGES, said
from troth.policy.diff.model import Change, Consequences, Diff
from troth.policy.diff.phrases import CHANNELS, SAID, TONGUES
from troth.policy.yaml_reader import Json


def words(diff: Diff, language: str) -> tuple[str, ...]:
    """One sentence a change in the order of paths, then what follows. Raises InputError `policy.no-language`."""
    if language not in SAID:
        known = " or ".join(f"`{one}`" for one in LANGUAGES)
        raise InputError("policy.no-language", f"changes are not told in `{language}`", hint=f"ask for {known}")
    say = _Say(language)
    if not diff.changes:
        return (say("same"),)
    return (*(say.change(change) for change in diff.changes), *_consequences(diff, say))


def _consequences(diff: Diff, say: _Say) -> Iterator[str]:
    for follows in diff.consequences:
        yield say.told(follows)
        yield say.accepted(follows)
    if not diff.consequences:
        yield say("none")
    for key, paths in (
        ("consent", diff.consent_again),
        ("unclassified", diff.unclassified),
        ("event", diff.events),
        ("left-open", diff.left_open),
    ):
        for path in paths:
            yield say(key, clause=path)


class _Say:
    """One language of the sentences."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._phrases = SAID[language]

    def __call__(self, key: str, **values: str) -> str:
        return self._phrases[key].format(**values)

    def change(self, change: Change) -> str:
        """What changes at one clause, and by which entries it is major."""
        told = self._change(change)
        if not change.major:
            return told
        why = self._join(f"`{path}`" for path in change.major_by)
        return told + self("major", why=why)

    def told(self, follows: Consequences) -> str:
        """Who is told of what is major, how and when."""
        return self(
            "tell" if follows.tell else "unsaid",
            whom=self._whom(follows),
            channels=self._join(CHANNELS[self.language].get(each, each) for each in follows.tell),
            notice=self("notice", period=follows.notice.words(self.language)) if follows.notice else "",
            when=self("when", text=said(follows.when, self.language)) if follows.when else "",
        )

    def accepted(self, follows: Consequences) -> str:
        """Whether they must accept the new version."""
        key = "accept" if follows.accept_again else "silence"
        somebody = follows.audiences or follows.but
        return self(f"{key}-some", whom=self._whom(follows)) if somebody else self(key)

    def _whom(self, follows: Consequences) -> str:
        for key, named in (("audiences", follows.audiences), ("but", follows.but)):
            if named:
                return self(key, names=self._join(f"`{name}`" for name in named))
        return self("everybody")

    def _change(self, change: Change) -> str:
        clause = change.clause
        if change.sort == "changed" and (change.gained or change.lost):
            return self._listed(change)
        old, new = self._value(change.old), self._value(change.new)
        if change.sort == "changed" and old == new and (elsewhere := self._elsewhere(change)):
            return elsewhere
        if change.sort == "changed":
            return self("changed" if old and new else "differs", clause=clause, old=old, new=new)
        value = new if change.sort == "added" else old
        return self(change.sort, clause=clause, value=self("value", value=value) if value else "")

    def _elsewhere(self, change: Change) -> str:
        """What changes in a text that stays the same in this language, if there is such a text."""
        old, new = change.old, change.new
        if not (isinstance(old, dict) and isinstance(new, dict) and _is_text(old) and _is_text(new)):
            return ""
        other = next((each for each in LANGUAGES if old.get(each) and new.get(each) and old[each] != new[each]), None)
        if other is None:
            return ""
        was, now = (self("quote", text=str(text[other])) for text in (old, new))
        return self("changed-in", tongue=TONGUES[self.language][other], clause=change.clause, old=was, new=now)

    def _listed(self, change: Change) -> str:
        gained, lost = (self._join(map(self._value, names)) for names in (change.gained, change.lost))
        more = self("gained", names=gained) if gained else ""
        less = self("lost", names=lost) if lost else ""
        return self("listed", clause=change.clause, gained=more, lost=(self("join") if more and less else "") + less)

    def _join(self, parts: Iterator[str] | map[str]) -> str:
        return self("comma").join(parts)

    def _value(self, value: Json) -> str:
        """A text in quotation marks, a record by its name, anything else as it is written."""
        if isinstance(value, bool):
            return self("yes" if value else "no")
        if isinstance(value, list):
            return self._join(map(self._value, value))
        if not isinstance(value, dict):
            return self._word(str(value)) if value is not None else ""
        texts = value if _is_text(value) else next((each for each in value.values() if _is_text(each)), None)
        return self("quote", text=said(_text(texts), self.language)) if isinstance(texts, dict) else ""

    def _word(self, value: str) -> str:
        """A length of time as it is said, anything else as it is written."""
        try:
            return parse_period(value).words(self.language)
        except InputError:
            return f"`{value}`"


def _is_text(value: Json) -> bool:
    """Whether a value is a text by language rather than a record or a family."""
    if not isinstance(value, dict) or not value:
        return False
    return value.keys() <= set(LANGUAGES) and all(isinstance(text, str) for text in value.values())


def _text(value: Mapping[str, Json]) -> dict[str, str]:
    return {language: str(text) for language, text in value.items()}
