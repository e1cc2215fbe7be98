"""What every visitor of every page pays for the banner."""

from __future__ import annotations

import gzip
import re
from importlib import resources

import pytest

MOST = {"banner.js": 11_000, "banner.css": 5_000}  # bytes, compressed: the sizes that were promised
AIM = {"banner.js": 5_500, "banner.css": 2_500}  # about half: what it is


def content(name: str) -> bytes:
    return (resources.files("troth.web.banner") / name).read_bytes()


@pytest.mark.parametrize("name", list(MOST))
def test_the_files_are_as_small_as_promised_without_being_squeezed(name: str) -> None:
    size = len(gzip.compress(content(name), 9, mtime=0))
    assert 500 < size <= AIM[name] <= MOST[name]


def test_the_script_needs_no_leave_that_a_strict_site_withholds() -> None:
    script = content("banner.js").decode()
    for forbidden in ("eval(", "Function(", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", ".style"):
        assert forbidden not in script, forbidden
    assert not re.search(r"setAttribute\(\s*'style'", script)


def test_neither_file_loads_anything_from_anybody_else() -> None:
    assert not re.search(
        r"https?:(?!'\s*\?)", content("banner.js").decode().replace("location.protocol === 'https:'", "")
    )
    assert not re.search(r"url\(|@import|https?:", content("banner.css").decode())
