from __future__ import annotations

import re
from pathlib import Path

from troth.regimes import figures, regimes
from troth.regimes.page import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "regimes.md"


def test_the_reference_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(), "write docs/reference/regimes.md again from troth.regimes.page.page()"


def test_every_figure_has_its_line_on_the_page() -> None:
    for name in regimes():
        section = page().split(f"## `{name}`")[1].split("\n## ")[0]
        named = re.findall(r"^\| `([^`]+)` \|", section, flags=re.MULTILINE)
        assert named == [one.name for one in figures(name)]


def test_every_line_of_a_table_has_the_same_columns() -> None:
    rows = [one for one in page().splitlines() if one.startswith("|")]
    assert {one.count("|") for one in rows} == {10}


def test_counting_is_told_only_of_what_is_time() -> None:
    assert "| `child.age` | < 14 years of age |" in page()
    assert (
        "rolls to the next working day (`weekdays`); pauses for identity; may be extended: `request.extend`" in page()
    )
    assert "proposed, not in force" in page()
