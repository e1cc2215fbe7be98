"""The PDF: tagged, whole, the same every time, and nothing that a policy says becomes markup."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.notice.policies import TINY, full, kaiconn, texts, tiny
from troth.base.errors import InputError, UnavailableError
from troth.notice.model import Outline, Section
from troth.notice.outline import outline
from troth.notice.pdf import data, pdf
from troth.policy.model import Policy
from troth.policy.read import from_value

FONTS = Path("/usr/share/fonts/opentype/noto")
"""Where Debian's `fonts-noto-cjk` puts them."""

set_pages = pytest.mark.skipif(
    importlib.util.find_spec("typst") is None or not FONTS.is_dir(), reason="needs typst and fonts-noto-cjk"
)


def made(policy: Policy, language: str) -> bytes:
    return pdf(policy, language, version="x:1", published=date(2026, 3, 2), fonts=(FONTS,))


def words(value: Any) -> list[str]:
    """Every text in what the template is given."""
    if isinstance(value, dict):
        return [text for child in value.values() for text in words(child)]
    if isinstance(value, list):
        return [text for child in value for text in words(child)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_is_given_every_text_of_the_policy(language: str) -> None:
    given = " ".join(words(data(outline(full(), language, version="x:1"), date(2026, 3, 2)))).lower()
    for text in texts(full().value, language):
        assert text.lower() in given


def test_what_the_template_is_given_is_plain_json() -> None:
    given = data(outline(kaiconn(), "zh", version="x:1"), date(2026, 3, 2))
    assert json.loads(json.dumps(given)) == given
    assert given["date"] == [2026, 3, 2]


@set_pages
@pytest.mark.parametrize("policy", [full(), tiny()], ids=lambda one: one.name)
def test_the_pdf_is_tagged_and_conforms_to_pdf_ua(policy: Policy) -> None:
    found = made(policy, "en")
    assert found.startswith(b"%PDF-")
    assert b"StructTreeRoot" in found
    assert b"pdfuaid" in found
    assert policy.title["en"].encode() in found


@set_pages
def test_the_same_document_is_the_same_bytes() -> None:
    assert made(full(), "zh") == made(full(), "zh")
    assert made(full(), "zh") != made(full(), "en")


def headings(document: Outline) -> list[str]:
    def below(sections: tuple[Section, ...]) -> list[str]:
        return [text for one in sections for text in (f"{one.number} {one.heading}".strip(), *below(one.sections))]

    return below(document.sections)


@set_pages
def test_every_section_has_its_heading_in_the_order_of_the_document() -> None:
    typst = importlib.import_module("typst")
    template = importlib.import_module("troth.notice.pdf")._template()
    document = outline(full(), "en", version="x:1")
    found = typst.query(
        template,
        "heading",
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(data(document, date(2026, 3, 2)))},
    )
    told = ["".join(words(one["body"])).replace("text", "", 1) for one in json.loads(found)]
    contents, *others = told
    assert contents == "Contents"
    assert others == headings(document)


@set_pages
@pytest.mark.parametrize("hostile", ["#panic()", "= x", "*b*", "$x$", "]", "@ref", "<label>", "\\", "`", '"', "//"])
def test_nothing_that_a_policy_says_is_read_as_markup(hostile: str) -> None:
    policy = from_value({**TINY, "title": {"en": hostile}, "statements": {"note": {"en": f"a {hostile} b"}}})
    assert made(policy, "en").startswith(b"%PDF-")


@set_pages
def test_a_font_without_the_signs_is_said_to_lack_them(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        pdf(full(), "zh", version="x:1", fonts=(tmp_path,))
    assert caught.value.code == "notice.pdf-failed"
    assert "fonts-noto-cjk" in caught.value.hint


def test_without_the_typesetter_there_is_no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(UnavailableError) as caught:
        pdf(tiny(), "en", version="x:1", fonts=(FONTS,))
    assert caught.value.code == "notice.no-typst"


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(InputError):
        pdf(tiny(), "fr", version="x:1", fonts=(FONTS,))
