"""Exported files: brought up step by step, spoiled in every way, and read by the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journal import stranger
from tests.journal.test_cosignature import ONE, body
from tests.journal.witness import TestWitness, served
from tests.support.application import Outbox, application
from tests.support.databases import Databases
from troth.app.application import Application
from troth.app.keyring.signing import remembered, sign
from troth.app.logfiles import LogFolder, export_to
from troth.app.witness import ask
from troth.base.clock import SettableClock
from troth.base.errors import IntegrityError, UnavailableError
from troth.base.work import Begin, Entropy
from troth.cli.main import run
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, service, tables
from troth.journal.model import Signer
from troth.journal.verify import verify_export


@pytest.fixture
def app(engine: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Application:
    home = tmp_path / "home"
    home.mkdir()
    return application(engine, home, clock, entropy, Outbox())


def grow(app: Application, count: int) -> str:
    with app.begin() as work:
        service.append_all(work, [("a.b", {"n": number}) for number in range(count)])
    return sign(app)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_export_that_is_brought_up_is_the_export_made_at_once(app: Application, tmp_path: Path) -> None:
    step_by_step, at_once = tmp_path / "steps", tmp_path / "once"
    for count in (0, 3, 250, 3, 1, 300, 0):
        grow(app, count)
        size, _ = export_to(app, step_by_step)
        key = app.signer.vkey
        assert verify_export(LogFolder(step_by_step).read, [key]).size == size
        assert len(stranger.leaves(files_in(step_by_step), key)) == size
    export_to(app, at_once)
    steps, once = files_in(step_by_step), files_in(at_once)
    assert once.items() <= steps.items()
    assert {path for path in steps if path not in once} <= {"tile/1/000.p/1"}  # a checkpoint of 256 needs it still


def test_full_files_are_written_once(app: Application, tmp_path: Path) -> None:
    grow(app, 600)
    assert export_to(app, tmp_path / "log") == (600, 3 + 3 + 1 + 1)
    whole = tmp_path / "log" / "tile" / "0" / "000"
    before = whole.stat().st_ino
    grow(app, 200)
    assert export_to(app, tmp_path / "log") == (800, 2 + 2 + 1 + 1)
    assert whole.stat().st_ino == before
    assert not list((tmp_path / "log").rglob("*.draft"))
    assert not (tmp_path / "log" / "tile" / "0" / "002.p").exists()


def test_a_folder_with_another_log_is_not_written_over(app: Application, tmp_path: Path) -> None:
    grow(app, 4)
    folder = LogFolder(tmp_path / "log")
    folder.write("checkpoint", checkpoints.sign(2, bytes(32), Signer.from_seed("else.example", bytes(32))).encode())
    with pytest.raises(IntegrityError) as raised:
        export_to(app, tmp_path / "log")
    assert raised.value.code == "journal.another-log"
    folder.write("checkpoint", checkpoints.sign(2, bytes(32), app.signer).encode())
    with pytest.raises(IntegrityError) as raised:
        export_to(app, tmp_path / "log")
    assert raised.value.code == "journal.regressed"


def test_a_disk_that_is_full_is_said(app: Application, tmp_path: Path) -> None:
    grow(app, 4)
    (tmp_path / "log").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError) as raised:
        export_to(app, tmp_path / "log")
    assert raised.value.code == "journal.cannot-write"


def swap(folder: Path, *paths: str) -> None:
    """Exchange the files pair by pair."""
    for one, other in zip(paths[::2], paths[1::2], strict=True):
        first, second = (folder / one).read_bytes(), (folder / other).read_bytes()
        (folder / one).write_bytes(second)
        (folder / other).write_bytes(first)


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(bytes(content))


SPOILINGS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a tile is corrupted": (lambda log: flip(log / "tile/0/001", 33), "journal.bad-tile", "tile/0/001` holds another"),
    "a tile is missing": (lambda log: (log / "tile/0/000").unlink(), "journal.file-missing", "tile/0/000"),
    "a tile is cut": (
        lambda log: (log / "tile/0/000").write_bytes(bytes(8191)),
        "journal.bad-tile",
        "tile/0/000` is not `8192` bytes",
    ),
    "an upper tile is corrupted": (lambda log: flip(log / "tile/1/000.p/2", 5), "journal.bad-tile", "tile/1/000.p/2"),
    "a partial is of another width": (
        lambda log: (log / "tile/entries/002.p/88").rename(log / "tile/entries/002.p/87"),
        "journal.file-missing",
        "tile/entries/002.p/88",
    ),
    "a partial is short": (
        lambda log: (log / "tile/entries/002.p/88").write_bytes((log / "tile/entries/002.p/88").read_bytes()[:-90]),
        "journal.bad-tile",
        "tile/entries/002.p/88",
    ),
    "an entry is altered": (
        lambda log: flip(log / "tile/entries/001", -2),
        "journal.entry-altered",
        "entry `511` in `tile/entries/001`",
    ),
    "two bundles are exchanged": (
        lambda log: swap(log, "tile/entries/000", "tile/entries/001"),
        "journal.entry-altered",
        "entry `0` in",
    ),
    "two bundles and their tiles are exchanged": (
        lambda log: swap(log, "tile/entries/000", "tile/entries/001", "tile/0/000", "tile/0/001"),
        "journal.root-differs",
        "signed root",
    ),
    "the checkpoint is of another log": (
        lambda log: (log / "checkpoint").write_text(
            checkpoints.sign(600, bytes(32), Signer.from_seed("else.example", bytes(32)))
        ),
        "journal.another-log",
        "else.example",
    ),
    "the checkpoint is no text": (lambda log: (log / "checkpoint").write_bytes(b"\xff"), "journal.bad-note", "text"),
}


@pytest.mark.parametrize("what", SPOILINGS)
def test_a_spoiled_export_is_refused_and_the_fault_is_named(
    what: str, tmp_path: Path, log_of_600: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, code, words = SPOILINGS[what]
    spoil(log_of_600)
    vkey = (tmp_path / "vkey").read_text()
    assert run(["journal", "verify", str(log_of_600), "--key", vkey]) == 4
    said = capsys.readouterr().err
    assert code in said
    assert words in said


@pytest.fixture
def log_of_600(databases: Databases, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> Iterator[Path]:
    (tmp_path / "home").mkdir()
    for engine in databases.sqlite():
        app = application(engine, tmp_path / "home", clock, entropy, Outbox())
        grow(app, 600)
        export_to(app, tmp_path / "log")
        (tmp_path / "vkey").write_text(app.signer.vkey)
        yield tmp_path / "log"


def test_the_command_verifies_folders_proofs_and_remembered_checkpoints(
    app: Application, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "early").write_text(grow(app, 5))
    grow(app, 300)
    export_to(app, tmp_path / "log")
    key = ["--key", app.signer.vkey]
    assert run(["journal", "verify", str(tmp_path / "log"), *key, "--seen", str(tmp_path / "early")]) == 0
    assert "305 entries verify" in capsys.readouterr().out
    with app.begin() as work:
        (tmp_path / "one.tlog-proof").write_text(str(service.prove(work, 300)))
    assert run(["journal", "verify", str(tmp_path / "one.tlog-proof"), *key, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entry"] == 300
    assert run(["journal", "verify", str(tmp_path / "log")]) == 2
    (tmp_path / "late").write_text(grow(app, 9))
    assert run(["journal", "verify", str(tmp_path / "log"), *key, "--seen", str(tmp_path / "late")]) == 4
    assert "journal.regressed" in capsys.readouterr().err
    fork = checkpoints.sign(5, bytes(32), app.signer)
    (tmp_path / "fork").write_text(fork)
    assert run(["journal", "verify", str(tmp_path / "log"), *key, "--seen", str(tmp_path / "fork")]) == 4
    assert "has other entries there" in capsys.readouterr().err


@given(st.data())
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_an_export_verifies_exactly_when_the_database_does(begin: Begin, data: st.DataObject) -> None:
    """Somebody who can write to the database changes one thing, or nothing."""
    signer = Signer.from_seed("log.example", bytes(32))
    with begin() as work:
        for table in (tables.node, tables.checkpoint, tables.entry):
            work.db.execute(table.delete())
        service.append_all(work, [("a.b", {"n": number}) for number in range(260)])
        service.checkpoint(work, signer)
        number = data.draw(st.integers(0, 259))
        leaf = data.draw(st.sampled_from([b'{"kind":"a.b"}', b"x", service.entries(work, number, 1)[0].leaf]))
        with_hash = data.draw(st.booleans())
        values: dict[str, bytes] = {"leaf": leaf} | ({"hash": merkle.leaf_hash(leaf)} if with_hash else {})
        work.db.execute(tables.entry.update().where(tables.entry.c.number == number).values(values))
        files: dict[str, bytes] = {}
        service.export(work, files.__setitem__)
        assert _holds(lambda: verify_export(files.__getitem__, [signer.vkey])) == _holds(
            lambda: service.verify(work, [signer.vkey])
        )


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except IntegrityError:
        return False
    return True


def test_a_witness_over_the_wire_cosigns_what_continues_what_it_saw(app: Application) -> None:
    witness = TestWitness("witness.example/w", bytes([7] * 32), {app.signer.origin: app.signer.vkey})
    with served(witness) as url:
        for count in (0, 1, 5, 300, 0, 17):
            grow(app, count)
            signed = ask(app, url, witness.vkey)
            assert witness.latest[app.signer.origin][0] == checkpoints.read(signed).size
            with app.begin() as work:
                assert service.latest_checkpoint(work) == signed
                service.verify(work, [app.signer.vkey], [witness.vkey], 1)


def test_a_witness_that_knows_more_than_we_remember_is_asked_again(app: Application) -> None:
    witness = TestWitness("witness.example/w", bytes([7] * 32), {app.signer.origin: app.signer.vkey})
    with served(witness) as url:
        grow(app, 5)
        ask(app, url, witness.vkey)
        with app.begin() as work:
            work.db.execute(tables.cosignature.delete())
        grow(app, 4)
        assert witness.vkey.partition("+")[0] in ask(app, url, witness.vkey)


def test_a_witness_never_cosigns_two_histories(app: Application) -> None:
    witness = TestWitness("witness.example/w", bytes([7] * 32), {app.signer.origin: app.signer.vkey})
    with served(witness) as url:
        grow(app, 5)
        witness.latest[app.signer.origin] = (3, bytes(32))
        with pytest.raises(IntegrityError) as raised:
            ask(app, url, witness.vkey)
        assert raised.value.code == "journal.witness-refused"
        witness.latest[app.signer.origin] = (9, bytes(32))
        with pytest.raises(IntegrityError, match="seen `9` entries"):
            ask(app, url, witness.vkey)


def test_a_witness_that_lies_or_is_gone_is_said(app: Application) -> None:
    witness = TestWitness("witness.example/w", bytes([7] * 32), {app.signer.origin: app.signer.vkey}, spoil=True)
    grow(app, 5)
    with served(witness) as url:
        with pytest.raises(IntegrityError) as raised:
            ask(app, url, witness.vkey)
        assert raised.value.code == "journal.bad-signature"
        witness.logs.clear()
        with pytest.raises(IntegrityError, match="does not know this log"):
            ask(app, url, witness.vkey)
        with pytest.raises(UnavailableError):
            ask(app, "http://127.0.0.1:1/w", witness.vkey)
    with app.begin() as work:
        assert ONE.name not in (service.latest_checkpoint(work) or "")
        assert body(service.latest_checkpoint(work) or "")


def test_what_was_signed_is_remembered_outside_the_database(app: Application) -> None:
    home = app.settings.home
    assert remembered(home) is None
    first = grow(app, 5)
    assert remembered(home) == first
    second = grow(app, 5)
    assert remembered(home) == second
    assert sign(app) == second


def test_a_database_that_lost_its_end_is_never_signed_again(app: Application) -> None:
    """The database is sound by itself: a backup from before, or a write-ahead log whose end is gone."""
    grow(app, 5)
    with app.begin() as work:
        kept = [dict(row._mapping) for row in work.db.execute(sa.select(tables.node))]
        checkpoint = dict(work.db.execute(sa.select(tables.checkpoint)).one()._mapping)
    grow(app, 4)
    with app.begin() as work:
        work.db.execute(tables.entry.delete().where(tables.entry.c.number >= 5))
        work.db.execute(tables.node.delete())
        work.db.execute(tables.node.insert(), kept)
        work.db.execute(tables.checkpoint.delete())
        work.db.execute(tables.checkpoint.insert(), checkpoint)
        assert service.verify(work, [app.signer.vkey]).size == 5
    for other in ([], [("other.history", {"n": number}) for number in range(20)]):
        with app.begin() as work:
            service.append_all(work, other)
        with pytest.raises(IntegrityError) as raised:
            sign(app)
        assert raised.value.code == "journal.regressed"
