from __future__ import annotations

import re

import pytest

from tests.examples.example import example
from tests.notice.policies import FULL, full, kaiconn
from tests.notice.reading import read
from tests.notice.test_outline import lines, sections, written
from troth.notice.clauses import name_of
from troth.notice.model import Facts, Outline, Paragraph, Table, plain
from troth.notice.outline import outline
from troth.notice.render import page
from troth.notice.speech import speech
from troth.notice.writer import Writer
from troth.policy.model import Policy
from troth.policy.read import from_value

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
NAMES = ("generic", "kaiconn", "nanolux", "nanonebula", "smallrig")
EXAMPLES = pytest.mark.parametrize("name", NAMES)


def named(policy: Policy, path: str, language: str = "en") -> str:
    return plain(name_of(Writer(policy, speech(language)), path))


def other_terms(document: Outline) -> str:
    """What stands under the statements: the texts of all its blocks."""
    one = next(each for each in sections(document) if each.anchor == "statements")
    return "\n".join(plain(line) for line in lines(Outline("", document.language, (), one.blocks, ())))


@pytest.mark.parametrize(
    ("path", "en", "zh"),
    [
        ("functions.run.needs", "running the platform: information needed", "平台正常运行（必要信息）"),
        ("recipients.getui.self_start", "igexin SDK: starting by itself", "个推 SDK（自启动）"),
        ("permissions.boot", "boot broadcast", "开机启动广播"),
        ("stop.then", "If the service ends: what becomes of the information", "停止运营（信息的处理）"),
        ("minors.bands.child", "Minors", "我们如何处理未成年人的个人信息"),
    ],
)
def test_a_clause_is_named_by_its_label_and_field_or_by_its_section(path: str, en: str, zh: str) -> None:
    assert named(kaiconn(), path) == en
    assert named(kaiconn(), path, "zh") == zh


def test_a_text_is_named_by_its_beginning() -> None:
    assert named(kaiconn(), "definitions.service").startswith("What our words mean: “a named client app")
    assert named(kaiconn(), "definitions.service").endswith("…”")
    assert len(named(kaiconn(), "definitions.service", "zh")) < 40


@EXAMPLES
@LANGUAGES
def test_no_reader_is_shown_the_path_of_a_clause(name: str, language: str) -> None:
    policy = example(name).policy
    told = other_terms(outline(policy, language, version="x:1"))
    assert [one for one in (*policy.open, *policy.differs) if "." in one and one in told] == []
    assert not re.search(r"\b(functions|flows|recipients|statements|rights)\.[a-z]", told)


@EXAMPLES
@LANGUAGES
def test_every_link_into_the_document_leads_to_something_that_is_there(name: str, language: str) -> None:
    html = read(page(example(name).policy, language, version="x:1"))
    lost = {href for href in html.links() if href.startswith("#") and href[1:] not in html.ids()}
    assert lost == set()


@LANGUAGES
def test_what_one_language_alone_says_is_marked_where_it_stands(language: str) -> None:
    mark = {"zh": "【仅见于{}文本】", "en": "[in the {} text only]"}[language]
    english, chinese = {"zh": ("英语", "中文"), "en": ("English", "Chinese")}[language]
    document = written(kaiconn(), language)
    blocks = [block for one in sections(document) for block in one.blocks]
    rows = [row for block in blocks if isinstance(block, Table) for row in block.rows]
    (marketing,) = (row for row in rows if row.anchor == "functions.marketing-events")
    assert plain(marketing.cells[0][-1].line) == mark.format(english)
    facts = [fact for block in blocks if isinstance(block, Facts) for fact in block.entries]
    (shared,) = (fact for fact in facts if fact.anchor == "flows.share.marketing")
    assert plain(shared.told[-1].line) == mark.format(english)
    (start,) = (
        one for row in rows for cell in row.cells for one in cell if one.anchor == "recipients.getui.self_start"
    )
    assert plain(start.line).endswith(mark.format(chinese))
    whole = [plain(line) for line in lines(document)]
    assert sum("[in the" in line or "【仅见于" in line for line in whole) == 3


def test_a_section_that_one_language_alone_has_is_marked_at_its_head() -> None:
    document = written(from_value({**FULL, "only_in": {"en": ["rights.access"]}}), "en")
    (access,) = (one for one in sections(document) if one.anchor == "rights.access")
    assert isinstance(access.blocks[0], Paragraph)
    assert plain(access.blocks[0].line) == "[in the English text only]"


def test_what_all_languages_say_is_not_marked() -> None:
    value = {key: part for key, part in FULL.items() if key != "only_in"}
    assert not [line for line in lines(written(from_value(value), "en")) if "text only]" in plain(line)]
    assert [line for line in lines(written(full(), "en")) if "text only]" in plain(line)]
