"""The story, played as a newcomer plays it: in a process of its own, to the end, and killed at every act."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from troth.demo.acts import ACTS
from troth.demo.world import EMAIL, PHONE

ROOT = Path(__file__).resolve().parents[2]
LAST = f"story: {len(ACTS)} acts held, 0 broken"


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "troth.demo", "--no-serve", "--folder", str(folder)]


def _play(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(folder), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


def _kinds(folder: Path) -> Counter[str]:
    with sqlite3.connect(folder / "home" / "troth.db") as own:
        found = Counter(kind for (kind,) in own.execute("SELECT kind FROM journal_entry"))
    own.close()
    return found


def _destroyed(folder: Path) -> tuple[int, int]:
    """How many people had their key destroyed, and how many keys were: letters have some of their own."""
    with sqlite3.connect(folder / "home" / "troth.db") as own:
        keys = "SELECT count(*) FROM subject WHERE shredded_at IS NOT NULL"
        (people,) = own.execute(f"{keys} AND id IN (SELECT subject FROM request)").fetchone()
        (every,) = own.execute(keys).fetchone()
    own.close()
    return people, every


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("story") / "demo"
    return folder, _play(folder)


def test_every_act_holds_and_the_last_line_says_so(told: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, played = told
    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.rstrip().splitlines()[-1] == LAST


def test_the_readme_shows_what_the_story_really_prints(told: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    shown = re.search(r"```text\n(Troth keeps.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    assert _steady(shown[1]) == _steady(told[1].stdout)


def _steady(text: str) -> list[str]:
    """The output without what differs from run to run: seconds, random references, digests, sizes, entries."""
    text = re.sub(r"\(\d+\.\d s\)", "(… s)", text)
    text = re.sub(r"\bK-[0-9A-Z]{4}-[0-9A-Z]{2}\b", "K-…", text)
    text = re.sub(r"sha256:[0-9a-f]+", "sha256:…", text)
    text = re.sub(r"\b\d{6}\b", "……", text)
    text = re.sub(r"ZIP of [\d,]+ bytes", "ZIP of … bytes", text)
    text = re.sub(r"\d+ entries verify", "… entries verify", text)  # letters and notices are noted when they are sent
    return [line.rstrip() for line in text.strip().splitlines()]


def test_nothing_that_is_printed_or_logged_names_a_sample_person(
    told: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, played = told
    said = played.stdout + played.stderr
    logs = [path for path in folder.rglob("*") if path.suffix in {".log", ".json"} and path.is_file()]
    said += "".join(path.read_text(encoding="utf-8") for path in logs)
    assert {path.name for path in logs} >= {"story.json"}
    values = _personal_values(folder / "company.db") | {PHONE, EMAIL}
    assert len(values) > 5000
    assert [value for value in values if value in said] == []


def _personal_values(company: Path) -> set[str]:
    """Every text of a customer's row that could name them: long enough not to be a word of ours by chance."""
    with sqlite3.connect(company) as database:
        cursor = database.execute("SELECT * FROM customers")
        names = [column[0] for column in cursor.description]
        kept = [place for place, name in enumerate(names) if name not in {"id", "created_at", "language", "city"}]
        found = {str(row[place]) for row in cursor for place in kept if row[place] is not None}
    database.close()
    return {value for value in found if len(value) > 4}


def test_the_person_is_gone_from_every_file_of_the_own_database(
    told: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    home = told[0] / "home"
    for path in home.glob("troth.db*"):
        content = path.read_bytes()
        assert PHONE.encode() not in content
        assert EMAIL.encode() not in content


@pytest.mark.long
def test_a_second_story_in_the_same_folder_starts_afresh_and_holds(
    told: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    folder, _ = told
    again = _play(folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.rstrip().splitlines()[-1] == LAST


@pytest.mark.parametrize(
    "acts",
    [pytest.param((6,), id="one"), pytest.param(range(1, len(ACTS) + 1), id="every", marks=pytest.mark.long)],
)
def test_killed_in_an_act_and_started_again_it_completes_with_nothing_done_twice(
    told: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path, acts: Sequence[int]
) -> None:
    folder = tmp_path / "demo"
    for number in acts:
        _kill_in_act(folder, number)
    last = _play(folder)
    assert last.returncode == 0, last.stdout + last.stderr
    assert last.stdout.rstrip().splitlines()[-1] == LAST
    once = _kinds(told[0])
    killed = _kinds(folder)
    for kind in ("policy.published", "request.opened", "request.fulfilled", "request.certified"):
        assert killed[kind] == once[kind], kind
    # Keys of letters are destroyed, too, when the letters are sent, and that comes when it likes: people's are compared
    # with people's, and every entry with one key.
    people, keys = _destroyed(folder)
    assert people == _destroyed(told[0])[0] > 0
    assert killed["subject.shredded"] == keys
    assert json.loads((folder / "story.json").read_text())["held"] == len(ACTS)


def _kill_in_act(folder: Path, number: int) -> None:
    """Start the story and kill it some way into the act, another way in each; `SIGKILL` leaves no time to tidy up."""
    command = _command(folder)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(f"[{number}/"):
                break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.06 * number)
        process.kill()
        process.wait()


def test_a_story_on_the_sample_company_erases_nobody_elses_rows(
    told: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    engine = sa.create_engine(f"sqlite:///{told[0] / 'company.db'}", poolclass=sa.NullPool)
    with engine.connect() as company:
        assert company.scalar(sa.text("SELECT count(*) FROM customers")) == 2000
