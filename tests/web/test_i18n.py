"""The catalogues say the same things in both languages, and exactly what the pages ask them for."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import nodes

import troth.web
from troth.base.text import LANGUAGES, Language
from troth.decision.model import Outcome as Decided
from troth.drill.model import STATES
from troth.policy.lint.model import SEVERITIES
from troth.policy.model import Basis
from troth.requests.deciding.eyes import ACTS
from troth.requests.deciding.fees import CODES
from troth.requests.deciding.reviewing import Verdict
from troth.requests.desk.attention import Todo
from troth.requests.desk.bulk import BULK_ACTS
from troth.requests.kinds import Kind
from troth.requests.machine import Event, State
from troth.requests.model import Note
from troth.requests.proof.evidence import Sort
from troth.requests.proof.parties import PROOFS, WHO
from troth.requests.telling.letters import About
from troth.requests.telling.recipients import ANSWERS
from troth.requests.texts import Role
from troth.stores.mailbox.model import Act, Outcome
from troth.subjects.identifier import KINDS
from troth.web.failures import SHOWN
from troth.web.i18n import LOCALES, Words, catalogue, chosen
from troth.web.pages import TEMPLATES

ZONE = ZoneInfo("Asia/Shanghai")
WEB = Path(troth.web.__file__).parent
FIGURES = ("volume", "answers", "refusals", "ages")
MEMBERS: Mapping[str, Sequence[str]] = {
    "request.kind": list(Kind),
    "request.state": list(State),
    "ask.effect": list(Kind),
    "party": WHO,
    "proof": PROOFS,
    "show": PROOFS,
    "behalf.who": WHO,
    "behalf.who-text": WHO,
    "behalf.person": WHO,
    "identity.party": WHO,
    "evidence.sort": get_args(Sort),
    "texts.role": get_args(Role),
    "request.means": list(State),
    "act": ACTS,
    "bulk.act": BULK_ACTS,
    "figures.name": FIGURES,
    "figures.text": FIGURES,
    "given": ["reason", "text", "ground", "part", "proof", "evidence"],
    "identifier": KINDS,
    "letters.about": get_args(About),
    "todo": list(Todo),
    "todo.text": list(Todo),
    "request.event": [*get_args(Note), *Event],
    "fee": sorted(CODES),
    "verdict": get_args(Verdict),
    "decided": get_args(Decided),
    "recipient.answer": ANSWERS,
    "basis": get_args(Basis),
    "lint.severity": SEVERITIES,
    "drill.state": STATES,
    "deadline.source": ["policy", "law"],
    "left": ["fine", "soon", "late"],
    "transfer.state": ["waiting", "sent", "failed"],
    "task.act": get_args(Act),
    "task.text": get_args(Act),
    "task.number": ["look", "erase", "correct"],
    "task.outcome": get_args(Outcome),
    "error.title": [str(status) for status in SHOWN],
    "error.text": [str(status) for status in SHOWN],
    "changes.state": ["ready", "review", "accepted", "refused", "done"],
    "correct.hint": ["phone", "email", "other"],
    "correct.fault": ["empty", "long", "same", "phone", "email", "unfit", "taken"],
    "code.fault": ["shape", "subjects.code-wrong", "subjects.code-expired", "subjects.code-spent"],
}
OPEN_FAMILIES = (
    "blocked.",
    "error.code.",
    "console.fault.",
    "identity.fault.",
    "document.fault.",
    "behalf.fault.",
    "channel.",
)
AT = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)


def asked_in_templates() -> Iterator[tuple[str, str]]:
    """Every key that a template asks for: the function's name and its first argument."""
    for name in TEMPLATES.list_templates(extensions=["html"]):
        assert TEMPLATES.loader
        source, _, _ = TEMPLATES.loader.get_source(TEMPLATES, name)
        for call in TEMPLATES.parse(source).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in {"t", "count", "choice"}:
                yield from ((call.node.name, key) for key in constants(call.args[0]))


def constants(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        yield node.value
    else:
        assert isinstance(node, nodes.CondExpr), "a key stands in the template as it is, or is one of two"
        assert node.expr2 is not None
        yield from constants(node.expr1)
        yield from constants(node.expr2)


def asked_in_code() -> Iterator[tuple[str, str]]:
    for path in WEB.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                value = call.args[0].value
                if name in {"words", "choice", "count", "member"} and isinstance(value, str):
                    yield name, value


def asked() -> tuple[set[str], set[str]]:
    """Keys, and families of keys."""
    found = [*asked_in_templates(), *asked_in_code()]
    families = {key for name, key in found if name in {"choice", "member"}}
    return {key for name, key in found if name not in {"choice", "member"}}, families


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_missing(language: Language) -> None:
    keys, families = asked()
    assert len(keys) > 100, "the search itself must find them"
    needed = keys | {f"{family}.{member}" for family, members in MEMBERS.items() for member in members}
    assert needed - set(catalogue(language).messages) == set()
    assert families - {name.rstrip(".") for name in OPEN_FAMILIES} == set(MEMBERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_unused(language: Language) -> None:
    keys, _ = asked()
    used = keys | {f"{family}.{member}" for family, members in MEMBERS.items() for member in members}
    spare = {key for key in catalogue(language).messages if not key.startswith(OPEN_FAMILIES)} - used
    assert spare == set()


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("zh").messages) == set(catalogue("en").messages)


@pytest.mark.parametrize("key", sorted(catalogue("zh").messages))
def test_a_message_has_the_same_names_to_fill_in_in_both_languages_and_is_not_empty(key: str) -> None:
    names = {
        language: {
            name
            for form in catalogue(language).messages[key]
            for _, name, _, _ in string.Formatter().parse(form)
            if name
        }
        for language in LANGUAGES
    }
    assert names["zh"] == names["en"]
    for language in LANGUAGES:
        assert all(form.strip() for form in catalogue(language).messages[key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_name_each_key_once(language: Language) -> None:
    text = (WEB / "locale" / f"{language}.po").read_text(encoding="utf-8")
    keys = [line for line in text.splitlines() if line.startswith("msgid ")]
    assert len(keys) == len(set(keys))
    with (WEB / "locale" / f"{language}.po").open("rb") as file:
        assert str(read_po(file, locale=LOCALES[language]).locale) == LOCALES[language]


@pytest.mark.parametrize("family", OPEN_FAMILIES)
def test_every_code_that_has_words_of_its_own_occurs_in_the_code(family: str) -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in WEB.parent.rglob("*.py"))
    codes = {key.removeprefix(family) for key in catalogue("en").messages if key.startswith(family)} - {"other"}
    assert codes
    assert {code for code in codes if f'"{code}"' not in source} == set()


@pytest.mark.parametrize(
    ("number", "english", "chinese"), [(0, "0 rows", "0 条"), (1, "1 row", "1 条"), (12345, "12,345 rows", "12,345 条")]
)
def test_numbers_are_counted_in_the_forms_of_the_language(number: int, english: str, chinese: str) -> None:
    assert Words("en", ZONE).count("data.rows", number) == english
    assert Words("zh", ZONE).count("data.rows", number) == chinese


def test_times_are_told_in_the_policys_zone() -> None:
    assert Words("en", ZONE).moment(AT) == "2 March 2026, 09:05"
    assert Words("zh", ZONE).moment(AT) == "2026年3月2日 09:05"
    assert Words("zh", ZONE).moment(AT + timedelta(hours=16)) == "2026年3月3日 01:05"


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(days=6), "6 days", "6天"),
        (timedelta(hours=30), "30 hours", "30小时"),
        (timedelta(days=-2, minutes=-1), "2 days", "2天"),
        (timedelta(hours=47, minutes=59), "47 hours", "47小时"),
        (timedelta(minutes=90), "90 minutes", "90分钟"),
        (timedelta(seconds=10), "0 minutes", "0分钟"),
    ],
)
def test_no_length_is_told_longer_than_it_is(length: timedelta, english: str, chinese: str) -> None:
    assert Words("en", ZONE).length(length) == english
    assert Words("zh", ZONE).length(length).replace(" ", "") == chinese


@pytest.mark.parametrize(
    ("asked_for", "remembered", "accepted", "expected"),
    [
        ("en", "zh", "zh-CN", "en"),
        (None, "en", "zh-CN", "en"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "fr, en;q=0.3, zh-Hans;q=0.7", "zh"),
        (None, None, "zh;q=0, en", "en"),
        ("fr", "de", "en-GB", "en"),
        (None, None, "fr", None),
        (None, None, None, None),
    ],
)
def test_the_language_is_the_one_asked_for_then_remembered_then_accepted(
    asked_for: str | None, remembered: str | None, accepted: str | None, expected: str | None
) -> None:
    assert chosen(asked_for, remembered, accepted) == expected


@given(st.text(alphabet="enzh-;,=q0.19 \t*", max_size=40))
def test_no_header_breaks_the_choice_of_language(header: str) -> None:
    assert chosen(None, None, header) in (*LANGUAGES, None)


@given(st.sampled_from(LANGUAGES), st.text(max_size=20))
def test_what_the_url_asks_for_wins_over_every_header(language: Language, header: str) -> None:
    assert chosen(language, None, header) == language
