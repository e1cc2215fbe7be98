from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notice.policies import FULL, full, kaiconn, retold, tiny
from tests.notice.reading import Read, read
from troth.notice.render import css, page, render
from troth.policy.model import Policy
from troth.policy.read import from_value

POLICIES = pytest.mark.parametrize("policy", [kaiconn(), full(), tiny()], ids=lambda one: one.name)
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])

HOSTILE = st.lists(
    st.sampled_from(
        [
            "<script>",
            "</p>",
            "</main>",
            "<img src=x onerror=alert(1)>",
            '"',
            "'",
            "&lt;",
            "&",
            "<!--",
            "]]>",
            "{{ 7*7 }}",
            "x",
        ]
    )
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
).map("".join)


def paged(policy: Policy, language: str, stylesheet: str | None = None) -> Read:
    others = {"zh": "/zh", "en": "/en"}
    html = page(policy, language, version="x:1", published=date(2026, 3, 2), stylesheet=stylesheet, others=others)
    return read(html)


@POLICIES
@LANGUAGES
def test_every_link_into_the_page_resolves(policy: Policy, language: str) -> None:
    found = paged(policy, language)
    inner = [one.removeprefix("#") for one in found.links() if one.startswith("#")]
    assert inner
    assert set(inner) <= set(found.ids())


@POLICIES
@LANGUAGES
def test_no_two_elements_share_an_id(policy: Policy, language: str) -> None:
    ids = paged(policy, language).ids()
    assert len(ids) == len(set(ids))


@POLICIES
@LANGUAGES
def test_the_contents_list_names_every_section_and_right(policy: Policy, language: str) -> None:
    html = render(policy, language, version="x:1")
    listed = read(html[html.index("<nav") : html.index("</nav>") + len("</nav>")]).links()
    headed = [one for one in re.findall(r'<h[2-6] id="([^"]+)"', html) if one != "contents"]
    assert [one.removeprefix("#") for one in listed] == headed


@POLICIES
@LANGUAGES
def test_headings_never_skip_a_level(policy: Policy, language: str) -> None:
    levels = [int(one[1]) for one in paged(policy, language).tags() if re.fullmatch(r"h[1-6]", one)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@LANGUAGES
def test_a_screen_reader_finds_its_way(language: str) -> None:
    found = paged(full(), language)
    assert found.all("html") == [{"lang": language}]
    assert found.tags().count("main") == found.tags().count("article") == 1
    assert found.all("a")[0] == {"class": "skip", "href": "#text"}
    assert all(one.get("aria-label") or one.get("aria-labelledby") for one in found.all("nav"))
    assert all(one["aria-labelledby"] in found.ids() for one in found.all("section") if "aria-labelledby" in one)
    assert found.tags().count("table") == found.tags().count("caption") == found.all("table").__len__()
    assert {one.get("scope") for one in found.all("th")} == {"row", "col"}
    assert all(one.get("tabindex") == "0" for one in found.all("div") if one.get("role") == "region")


@POLICIES
@LANGUAGES
def test_a_strict_content_security_policy_can_be_kept(policy: Policy, language: str) -> None:
    found = paged(policy, language, stylesheet="/static/notice.css")
    assert not {"script", "style", "iframe", "object", "img", "form"} & set(found.tags())
    assert not [
        name for _, attributes in found.elements for name in attributes if name.startswith("on") or name == "style"
    ]
    assert {"rel": "stylesheet", "href": "/static/notice.css"} in found.all("link")


def test_without_an_address_the_style_is_inside_the_page() -> None:
    html = page(tiny(), "en", version="tiny:1")
    assert css() in html
    assert read(html).all("link") == []


def test_the_fragment_is_one_article_without_style() -> None:
    found = read(render(full(), "zh", version="full:3"))
    assert found.elements[0] == ("article", {"class": "notice", "lang": "zh"})
    assert found.tags().count("article") == 1
    assert not {"html", "body", "style", "main"} & set(found.tags())


def test_the_page_leads_to_the_other_languages() -> None:
    found = paged(full(), "en")
    assert [(one["hreflang"], one["href"]) for one in found.all("link")] == [("zh", "/zh"), ("en", "/en")]
    assert {"href": "/zh", "lang": "zh", "hreflang": "zh"} in found.all("a")
    assert "中文" in found.text()


def test_version_and_fingerprint_and_dates_stand_at_the_head() -> None:
    dated = from_value({key: part for key, part in full().value.items() if key != "unstated"})
    head = read(render(dated, "en", version="full:3", published=date(2026, 3, 2))).text()[:600]
    for one in ("1 March 2026", "1 April 2026", "2 March 2026", "full:3", dated.hash):
        assert one in head
    assert "2026年3月1日" in render(dated, "zh", version="full:3")


def test_a_date_that_the_text_does_not_state_is_not_shown_as_one() -> None:
    head = read(render(full(), "en", version="full:3")).text()[:600]
    assert "not stated" in head.casefold()
    assert "1 March 2026" not in head
    assert "原文未写明" in render(full(), "zh", version="full:3")


def test_the_same_policy_gives_the_same_page() -> None:
    again = from_value(full().value)
    assert page(again, "zh", version="full:1") == page(full(), "zh", version="full:1")


@settings(max_examples=40, deadline=None)
@given(HOSTILE, st.sampled_from(["zh", "en"]))
def test_no_text_of_a_policy_is_ever_markup(hostile: str, language: str) -> None:
    policy = from_value(retold(FULL, lambda _: f"T{hostile}T"))
    harmless = from_value(retold(FULL, lambda _: "TxT"))
    found, expected = (read(page(one, language, version="x:1")) for one in (policy, harmless))
    assert found.tags() == expected.tags()
    assert [sorted(attributes) for _, attributes in found.elements] == [
        sorted(attributes) for _, attributes in expected.elements
    ]
    assert "".join(f"T{hostile}T".split()) in "".join(found.text().split())


@settings(max_examples=15, deadline=None)
@given(HOSTILE)
def test_no_version_name_is_ever_markup(hostile: str) -> None:
    assert read(page(tiny(), "en", version=hostile)).tags() == read(page(tiny(), "en", version="x")).tags()


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "wash"])
def test_every_colour_of_text_can_be_read_on_every_ground(scheme: int, ground: str) -> None:
    themes = re.findall(r":root \{([^}]*--paper[^}]*)\}", css())
    colours = dict(re.findall(r"--(\w+): (#\w+);", themes[scheme]))
    assert {"paper", "wash", "ink", "soft", "link", "focus"} <= colours.keys()
    for name, least in (("ink", 7.0), ("soft", 4.5), ("link", 4.5), ("focus", 3.0)):
        light, dark = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= least, name


def test_in_tables_and_lists_bold_is_left_to_what_matters() -> None:
    bold = re.findall(r"([^{}]+)\{[^}]*font-weight: (?:bold|[5-9]00)", css())
    assert [one.strip() for one in bold] == ["caption", "thead th"]


def test_the_style_serves_dark_rooms_paper_and_narrow_screens() -> None:
    for one in ("prefers-color-scheme: dark", "@media print", "max-width", ":focus-visible"):
        assert one in css()
    assert "url(" not in css()
    assert "@import" not in css()
