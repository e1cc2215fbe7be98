"""A difference in plain sentences, Chinese and English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from troth.base.errors import InputError
from troth.base.period import parse_period
from troth.base.text import LANGUAGES, said
from troth.policy.yaml_reader import Json

if TYPE_CHECKING:
    from troth.policy.diff.model import Change, Consequences, Diff

_SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "same": "Nothing changes.",
        "added": "New: `{clause}`{value}.",
        "removed": "No longer there: `{clause}`{value}.",
        "changed": "`{clause}` was {old}, and is now {new}.",
        "differs": "`{clause}` changes.",
        "listed": "`{clause}` changes:{gained}{lost}.",
        "gained": " new is {names}",
        "lost": " left out is {names}",
        "join": ";",
        "value": ", {value}",
        "major": " A major change: {why}.",
        "none": "None of this is a major change by the policy's own list.",
        "tell": "Because of the major changes, {whom} must be told by {channels}{notice}{when}.",
        "unsaid": "Because of the major changes, {whom} must be told; the policy does not say how{notice}{when}.",
        "everybody": "everybody",
        "audiences": "everybody under the rules {names}",
        "notice": ", {period} ahead",
        "when": " ({text})",
        "accept": "The new version applies to nobody before they accept it.",
        "silence": "Nobody need accept anew: this policy takes silence after the notice for acceptance.",
        "consent": "`{clause}` must ask for consent again: what was agreed to no longer covers it.",
        "unclassified": "Whether `{clause}` (a major change by the policy's list) applies must be judged by a person.",
        "event": "`{clause}` is an event outside the text; no comparison shows whether it happened.",
        "comma": ", ",
        "quote": "“{text}”",
        "yes": "yes",
        "no": "no",
    },
    "zh": {
        "same": "没有任何变化。",
        "added": "新增：`{clause}`{value}。",
        "removed": "删除：`{clause}`{value}。",
        "changed": "`{clause}`由{old}改为{new}。",
        "differs": "`{clause}`有变化。",
        "listed": "`{clause}`有变化：{gained}{lost}。",
        "gained": "增加{names}",
        "lost": "去掉{names}",
        "join": "；",
        "value": "，{value}",
        "major": "属于重大变更：{why}。",
        "none": "按照政策自己的清单，以上都不是重大变更。",
        "tell": "因有重大变更，须以{channels}告知{whom}{notice}{when}。",
        "unsaid": "因有重大变更，须告知{whom}，但政策未说明以何种方式{notice}{when}。",
        "everybody": "所有人",
        "audiences": "适用{names}规则的所有人",
        "notice": "，提前{period}",
        "when": "（{text}）",
        "accept": "新版本须经本人接受后才对其适用。",
        "silence": "无需重新接受：按照本政策，告知之后的沉默视为接受。",
        "consent": "`{clause}`须重新征得同意：原来的同意已不能涵盖现在的处理。",
        "unclassified": "`{clause}`列为重大变更，是否适用须由人判断。",
        "event": "`{clause}`是文本之外的事件，比较文本无法得知其是否发生。",
        "comma": "、",
        "quote": "“{text}”",
        "yes": "是",
        "no": "否",
    },
}

_CHANNELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "popup": "a pop-up",
        "push": "a push message",
        "email": "e-mail",
        "homepage": "a notice on the home page",
        "announcement": "a public announcement",
    },
    "zh": {"popup": "弹窗", "push": "推送通知", "email": "电子邮件", "homepage": "首页公示", "announcement": "公告"},
}


def words(diff: Diff, language: str) -> tuple[str, ...]:
    """One sentence a change in the order of paths, then what follows. Raises InputError `policy.no-language`."""
    if language not in _SAID:
        known = " or ".join(f"`{one}`" for one in LANGUAGES)
        raise InputError("policy.no-language", f"changes are not told in `{language}`", hint=f"ask for {known}")
    say = _Say(language)
    if not diff.changes:
        return (say("same"),)
    return (*(say.change(change) for change in diff.changes), *_consequences(diff, say))


def _consequences(diff: Diff, say: _Say) -> Iterator[str]:
    follows = diff.consequences
    if diff.major:
        yield say.told(follows)
        yield say("accept") if follows.accept_again else say("silence")
    else:
        yield say("none")
    for key, paths in (
        ("consent", follows.consent_again),
        ("unclassified", diff.unclassified),
        ("event", diff.events),
    ):
        for path in paths:
            yield say(key, clause=path)


class _Say:
    """One language of the sentences."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._phrases = _SAID[language]

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
        names = self._join(f"`{name}`" for name in follows.audiences)
        return self(
            "tell" if follows.tell else "unsaid",
            whom=self("audiences", names=names) if names else self("everybody"),
            channels=self._join(_CHANNELS[self.language].get(each, each) for each in follows.tell),
            notice=self("notice", period=follows.notice.words(self.language)) if follows.notice else "",
            when=self("when", text=said(follows.when, self.language)) if follows.when else "",
        )

    def _change(self, change: Change) -> str:
        clause = change.clause
        if change.sort == "changed" and (change.gained or change.lost):
            return self._listed(change)
        old, new = self._value(change.old), self._value(change.new)
        if change.sort == "changed":
            return self("changed" if old and new else "differs", clause=clause, old=old, new=new)
        value = new if change.sort == "added" else old
        return self(change.sort, clause=clause, value=self("value", value=value) if value else "")

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
    return value.keys() <= _TONGUES and all(isinstance(text, str) for text in value.values())


def _text(value: Mapping[str, Json]) -> dict[str, str]:
    return {language: str(text) for language, text in value.items()}


_TONGUES: frozenset[str] = frozenset(LANGUAGES)
