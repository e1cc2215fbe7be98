from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tests.examples.example import example
from tests.notice.policies import FULL, full, kaiconn, retold, tiny
from tests.notice.reading import read
from troth.notice.markdown import _line, markdown
from troth.notice.model import Span
from troth.notice.outline import outline
from troth.policy.model import Policy
from troth.policy.read import from_value

READER = MarkdownIt("commonmark").enable("table")

MARKS = "# |- |+ |1. |2) |> |***|__|`|```|[a](b)|![|<b>|<script>|\\|~~|&amp;|===|---|    "
HOSTILE = st.lists(
    st.sampled_from([*MARKS.split("|"), "|", "\n\n"])
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6),
    min_size=1,
    max_size=4,
).map("".join)


@pytest.mark.parametrize("policy", [kaiconn(), full(), tiny()], ids=lambda one: one.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_markdown_holds_the_same_anchors_and_headings_as_the_outline(policy: Policy, language: str) -> None:
    document = outline(policy, language, version="x:1", published=date(2026, 3, 2))
    found = read(READER.render(markdown(policy, language, version="x:1", published=date(2026, 3, 2))))
    assert found.ids() == list(document.anchors())
    assert found.tags().count("h2") == len(document.sections)
    assert document.title in found.text()


def test_emphasis_tables_and_links_are_marked() -> None:
    found = read(READER.render(markdown(full(), "en", version="x:1")))
    assert "30 working days" in "".join(found.strong)
    assert found.tags().count("table") == 6
    assert {"href": "mailto:privacy@full.example"} in found.all("a")


EXAMPLES = [
    (name, language)
    for name in ("generic", "kaiconn", "nanolux", "nanonebula", "smallrig")
    for language in ("zh", "en")
]


@pytest.mark.parametrize(("name", "language"), EXAMPLES)
def test_no_asterisk_of_emphasis_is_left_to_read(name: str, language: str) -> None:
    written = markdown(example(name).policy, language, version=f"{name}:1")
    assert "****" not in written
    assert "**" not in read(READER.render(written)).text()


def test_emphasis_around_emphasis_is_one() -> None:
    line = (Span("under ", strong=True), Span("18", strong=True, href="#a"), Span(" no ", strong=True), Span("x"))
    assert _line(line) == "**under [18](<#a>) no** x"
    assert _line((Span(" ", strong=True), Span("y"))) == " y"


def tags_when_told(words: str, language: str) -> list[str]:
    """The elements of the document whose policy says `words` in place of every text."""
    policy = from_value(retold(FULL, lambda _: words))
    return read(READER.render(markdown(policy, language, version="x:1"))).tags()


@settings(max_examples=40, deadline=None)
@given(HOSTILE, st.sampled_from(["zh", "en"]))
def test_no_text_of_a_policy_is_ever_markdown(hostile: str, language: str) -> None:
    assert tags_when_told(f"{hostile}T", language) == tags_when_told("xT", language)
