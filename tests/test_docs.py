"""The docs are tests: links lead somewhere, generated pages are current, commands print what is shown."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.docs import play
from tests.support.warm import warm_commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(<?([^)#\s<>]+)(#[^)]*)?>?\)")


def _generators() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generators", ROOT / "scripts" / "docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_GENERATED = _generators().GENERATED


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_the_docs_leads_to_a_file(page: Path) -> None:
    links = [match[1] for match in _LINK.finditer(page.read_text(encoding="utf-8"))]
    local = [link for link in links if not link.startswith(("http:", "https:", "mailto:", "tel:", "fax:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_page_of_the_docs_is_reached_from_their_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in seen:
            continue
        seen.add(page)
        if page.is_dir():
            waiting += page.glob("*.md")
        elif page.suffix == ".md":
            waiting += [page.parent / match[1] for match in _LINK.finditer(page.read_text(encoding="utf-8"))]
            waiting = [one for one in waiting if one.exists()]
    assert [page for page in (ROOT / "docs").rglob("*.md") if page.resolve() not in seen] == []


@pytest.mark.parametrize("name", _GENERATED)
def test_generated_pages_are_current(name: str) -> None:
    made = _GENERATED[name]()
    kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert made == kept, "run `make docs`"


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with warm_commands(tmp_path_factory.mktemp("warm")) as folder:
        yield folder


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "how-to").glob("*.md")), ids=lambda page: page.stem)
def test_a_page_of_instructions_does_what_it_shows(page: Path, tmp_path: Path, commands: Path) -> None:
    shows_commands = "```console" in page.read_text(encoding="utf-8")
    assert (play(page, tmp_path, commands) > 0) is shows_commands


def test_no_file_of_the_repository_names_a_registry_or_a_local_path() -> None:
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org", "/wo" + "rk/"]
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept = [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]
    texts = [
        path
        for path in kept
        if path.suffix in {".py", ".md", ".txt", ".toml", ".yaml", ".sh", ".in", ".html", ".css", ".po", ""}
    ]
    found = [
        (path.name, host)
        for path in texts
        for host in hosts
        if host in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert found == []
