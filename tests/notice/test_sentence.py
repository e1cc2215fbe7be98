from __future__ import annotations

import pytest

from troth.notice.model import Bullets, Fact, Facts, Line, Paragraph, Row, Section, Span, Table, told
from troth.notice.sentence import begun


def headed(line: Line) -> list[str]:
    """The first words of a line wherever one can begin."""
    paragraph = Paragraph(line)
    blocks = (
        paragraph,
        Bullets((paragraph,)),
        Facts((Fact(line, (paragraph,)),)),
        Table("caption", ("column",), (Row((told(line),)),)),
    )
    first, bullets, facts, table = begun(Section("a", "heading", blocks)).blocks
    assert isinstance(first, Paragraph)
    assert isinstance(bullets, Bullets)
    assert isinstance(facts, Facts)
    assert isinstance(table, Table)
    entry = facts.entries[0]
    found = (first.line, bullets.items[0].line, entry.term, entry.told[0].line, table.rows[0].cells[0][0].line)
    return [one[0].text for one in found]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("mobile number", "Mobile number"),
        ("real-name check", "Real-name check"),
        ("crashes, and more", "Crashes, and more"),
        ("iPhone model", "iPhone model"),
        ("sha256:00", "sha256:00"),
        ("kaiconn:1", "kaiconn:1"),
        ("Android ID", "Android ID"),
        ("手机号码", "手机号码"),
        ("6 months", "6 months"),
    ],
)
def test_a_line_begins_with_a_capital_unless_its_word_has_a_form_of_its_own(written: str, shown: str) -> None:
    assert set(headed((Span(written), Span(" and more")))) == {shown}


def test_only_the_beginning_takes_a_capital() -> None:
    section = begun(Section("a", "the heading", (Paragraph((Span("one "), Span("two", strong=True))),)))
    assert section.heading == "The heading"
    assert section.blocks == (Paragraph((Span("One "), Span("two", strong=True))),)


def test_an_address_is_left_as_it_is_but_a_name_that_leads_within_the_page_is_not() -> None:
    assert set(headed((Span("privacy", href="mailto:privacy@shop.example"),))) == {"privacy"}
    assert set(headed((Span("partner", href="#recipients.partner"),))) == {"Partner"}


def test_inner_sections_begin_so_too() -> None:
    inner = Section("b", "inner heading")
    assert begun(Section("a", "outer", sections=(inner,))).sections[0].heading == "Inner heading"
