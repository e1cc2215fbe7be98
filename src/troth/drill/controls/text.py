"""Controls over what the notice says."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date

from troth.base.month import Month
from troth.drill.controls.model import Control
from troth.drill.model import BrokenError, Promise, expect
from troth.drill.sandbox import Sandbox
from troth.notice.speech import speech
from troth.policy.clauses import clause
from troth.policy.lint import lint

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_TAG = re.compile(r"<[^>]+>")


def notice_says(promise: Promise, sandbox: Sandbox) -> str:
    """What the promise's clauses say stands in the notice of every language, word for word; so does `contains`."""
    policy = sandbox.version.policy
    number = 0
    for language in policy.languages:
        shown = _visible(sandbox, language)
        wanted = [text for path in promise.clauses for text in texts(clause(policy, path), language)]
        wanted += (promise.given.get("contains") or {}).get(language, ())
        expect(bool(wanted), f"the clauses say nothing in {language}")
        for text in wanted:
            expect(_squeezed(text) in shown, f"the notice in {language} does not say `{text}`")
        number += len(wanted)
    return f"{number} texts stand in the notices in {', '.join(policy.languages)} of {sandbox.version.id}"


def sections_present(promise: Promise, sandbox: Sandbox) -> str:
    """Each anchor of `anchors` is in the notice of every language, and its contents list leads there."""
    anchors = promise.given.get("anchors") or ()
    expect(bool(anchors), "no section is named")
    for language in sandbox.version.policy.languages:
        text = _page(sandbox, language)
        for anchor in anchors:
            expect(f'id="{anchor}"' in text, f"the notice in {language} has no section `{anchor}`")
            expect(f'href="#{anchor}"' in text, f"the contents list in {language} does not lead to `{anchor}`")
    return f"{len(anchors)} announced sections are there, in {len(sandbox.version.policy.languages)} languages"


def languages_compared(_promise: Promise, sandbox: Sandbox) -> str:
    """Each clause that the languages put differently is found by lint, and the notices say how they differ."""
    policy = sandbox.version.policy
    apart = {*policy.differs, *(path for paths in policy.only_in.values() for path in paths)}
    expect(len(policy.languages) > 1, "there is one language only, so nothing can be compared")
    expect(bool(apart), "no clause is said to differ between the languages")
    found = {one.clause for one in lint(policy) if one.rule == "languages-differ"}
    expect(apart <= found, f"lint does not show that the languages differ in `{', '.join(sorted(apart - found))}`")
    for language in policy.languages:
        shown = _visible(sandbox, language)
        for path, said in policy.differs.items():
            expect(_squeezed(said[language]) in shown, f"the notice in {language} does not say how `{path}` differs")
    prevails = f"`{policy.prevails}` prevails" if policy.prevails else "none is said to prevail"
    return f"lint shows all {len(apart)} clauses in which {', '.join(policy.languages)} differ; {prevails}"


def texts(value: object, language: str) -> list[str]:
    """The texts that a clause shows in `language`, however deep they lie in it; a day as the notice writes days."""
    if isinstance(value, str):
        return [_dated(value, language)]
    if not isinstance(value, Mapping):
        return []
    if language in value and isinstance(value[language], str):
        return [value[language]]
    return [text for child in value.values() if isinstance(child, Mapping) for text in texts(child, language)]


def _dated(value: str, language: str) -> str:
    """A day or a month as the notice writes it; another text as it is."""
    if _DAY.fullmatch(value):
        return speech(language).date(date.fromisoformat(value))
    if _MONTH.fullmatch(value):
        return speech(language).date(Month.fromisoformat(f"{value}-01"))
    return value


def _page(sandbox: Sandbox, language: str) -> str:
    if language not in sandbox.version.policy.languages:
        raise BrokenError(f"the policy does not exist in `{language}`")
    return sandbox.notice(language)


def _visible(sandbox: Sandbox, language: str) -> str:
    return _squeezed(html.unescape(_TAG.sub(" ", _page(sandbox, language))))


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()


CONTROLS = (
    Control(
        "notice-says",
        {"zh": "告知书用每种语言写明了应写的内容。", "en": "The notice says what it should, in each language."},
        notice_says,
        takes=("contains",),
    ),
    Control(
        "sections-present",
        {"zh": "目录列出的每一节都在告知书里。", "en": "Every section that is announced is in the notice."},
        sections_present,
        needs=("anchors",),
    ),
    Control(
        "languages-compared",
        {
            "zh": "各语言版本逐条对照,差异之处均被指出。",
            "en": "The languages are held against each other, and every difference is shown.",
        },
        languages_compared,
    ),
)
