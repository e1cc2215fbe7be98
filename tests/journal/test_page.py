"""The reference page says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from troth.journal.model import Signer

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "journal.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "troth"

NO_FAULTS = {"journal.checkpoint", "journal.key-rotated"}
"""A file and a kind of entry that are written like faults."""


def test_every_fault_of_the_journal_is_on_the_page() -> None:
    raised = {
        code
        for path in (SOURCE / "journal").glob("*.py")
        for code in re.findall(
            r'(?:IntegrityError|UnavailableError|Problem)\(\s*"(journal\.[a-z-]+)"', path.read_text(encoding="utf-8")
        )
    }
    assert len(raised) > 10
    assert {code for code in raised if f"`{code}`" not in PAGE} == set()
    assert set(re.findall(r"`(journal\.[a-z-]+)`", PAGE)) <= raised | NO_FAULTS


def test_every_kind_that_the_founding_packages_write_is_on_the_page() -> None:
    written = {
        kind
        for package in ("subjects", "versions", "consent", "decision")
        for path in (SOURCE / package).glob("*.py")
        for kind in re.findall(r'append\(work, "([a-z.-]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(written) >= 5
    assert {kind for kind in written if f"`{kind}`" not in PAGE} == set()


def test_a_checkpoint_looks_as_the_page_shows() -> None:
    shown = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    origin, size, root, blank, signature = shown[1].rstrip("\n").split("\n")
    assert Signer.from_seed(origin, bytes(32)).origin == origin
    assert size.isdecimal()
    assert len(root) == 44
    assert blank == ""
    assert signature.startswith(f"— {origin} ")
