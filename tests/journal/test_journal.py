"""The journal on real databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.errors import ConflictError, InputError, IntegrityError
from troth.base.work import Begin, Work
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, service, tables, verify
from troth.journal.merkle import Node
from troth.journal.model import Signer, Verified
from troth.journal.nodes import reader

SIGNER = Signer.from_seed("log.kaiconn.example", bytes(range(32)))
NEXT_SIGNER = Signer.from_seed("log.kaiconn.example", bytes(range(1, 33)))
KEYS = [SIGNER.vkey]


def fill(work: Work, count: int) -> None:
    for number in range(count):
        service.append(work, "thing.happened", {"number": number})


def filled(begin: Begin, count: int) -> None:
    with begin() as work:
        fill(work, count)
        service.checkpoint(work, SIGNER)


def codes(begin: Begin) -> list[str]:
    with begin() as work:
        return [problem.code for problem in service.audit(work)]


def test_entries_read_back_in_order(begin: Begin, clock: SettableClock) -> None:
    filled(begin, 5)
    with begin() as work:
        held = service.entries(work, 1, 3)
        assert service.size(work) == 5
    assert [entry.index for entry in held] == [1, 2, 3]
    assert held[0].leaf == b'{"at":"2026-03-02T01:00:00Z","kind":"thing.happened","refs":{"number":1},"v":1}'
    assert held[0].hash == merkle.leaf_hash(held[0].leaf)
    assert (held[0].kind, held[0].at) == ("thing.happened", clock.now())


def test_an_entry_is_gone_when_its_transaction_rolls_back(begin: Begin) -> None:
    filled(begin, 3)

    def interrupted() -> None:
        with begin() as work:
            fill(work, 4)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    with begin() as work:
        assert service.size(work) == 3
        fill(work, 2)
    assert codes(begin) == []


def test_stored_hashes_give_the_root_and_proofs_of_the_leaves(begin: Begin) -> None:
    filled(begin, 41)
    with begin() as work:
        leaves = [entry.hash for entry in service.entries(work, 0, 41)]
        tree = merkle.Growing()
        roots = [tree.root()]
        for leaf in leaves:
            tree.add(leaf)
            roots.append(tree.root())
        for size in range(1, 42):
            assert merkle.root(size, reader(work)) == roots[size]
        for index in (0, 1, 20, 40):
            proof = service.inclusion(work, index, 41)
            merkle.check_inclusion(leaves[index], index, 41, proof, roots[41])
        for old in (0, 1, 8, 27, 41):
            merkle.check_consistency(old, 41, roots[old], roots[41], service.consistency(work, old, 41))


def test_appending_reads_and_writes_a_logarithmic_number_of_hashes(begin: Begin, engine: sa.Engine) -> None:
    filled(begin, 63)
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with begin() as work:
        service.append(work, "thing.happened", {})
    statements = [text for text in seen if text.startswith(("SELECT", "INSERT"))]
    assert len(statements) <= 6
    with begin() as work:
        assert work.db.scalar(sa.select(sa.func.count()).select_from(tables.node)) == 63


def test_proofs_beyond_the_journal_are_refused(begin: Begin) -> None:
    filled(begin, 3)
    with begin() as work:
        with pytest.raises(InputError, match="never held"):
            service.inclusion(work, 0, 4)
        with pytest.raises(InputError, match="never held"):
            service.consistency(work, 1, 4)
        with pytest.raises(InputError, match="not within"):
            service.inclusion(work, 3, 3)
        fill(work, 5)
        for index in range(9):  # the last entry is the one that is not there, so no hash of it is needed
            with pytest.raises(InputError, match="never held"):
                service.inclusion(work, index, 9)
        with pytest.raises(InputError, match="never held"):
            service.consistency(work, 9, 9)


def test_the_empty_journal_can_be_signed_and_verified(begin: Begin) -> None:
    with begin() as work:
        assert service.latest_checkpoint(work) is None
        signed = service.checkpoint(work, SIGNER)
        assert checkpoints.read(signed).root == merkle.EMPTY_ROOT
        assert service.verify(work, KEYS) == Verified(0, 1)


def test_signing_again_without_new_entries_gives_the_same_checkpoint(begin: Begin) -> None:
    with begin() as work:
        fill(work, 3)
        first = service.checkpoint(work, SIGNER)
        assert service.checkpoint(work, SIGNER) == first == service.latest_checkpoint(work)
        fill(work, 1)
        assert service.checkpoint(work, SIGNER) != first
        assert service.verify(work, KEYS) == Verified(4, 2)


def test_keys_rotate(begin: Begin) -> None:
    with begin() as work:
        fill(work, 3)
        old, new = service.checkpoint(work, SIGNER), service.checkpoint(work, NEXT_SIGNER)
        assert old != new
        assert checkpoints.read(old) == checkpoints.read(new)
        assert service.verify(work, [SIGNER.vkey, NEXT_SIGNER.vkey]).checkpoints == 2
        with pytest.raises(IntegrityError, match="no known key"):
            service.verify(work, [NEXT_SIGNER.vkey])


Tamper = Callable[[Work], object]
TAMPERINGS: dict[str, tuple[Tamper, str]] = {
    "a leaf is altered": (
        lambda work: work.db.execute(
            tables.entry.update().where(tables.entry.c.number == 5).values(leaf=b'{"kind":"thing.happened"}')
        ),
        "journal.entry-altered",
    ),
    "a leaf and its hash are altered": (
        lambda work: work.db.execute(
            tables.entry.update()
            .where(tables.entry.c.number == 5)
            .values(leaf=_leaf_five(), hash=merkle.leaf_hash(_leaf_five()))
        ),
        "journal.node-altered",
    ),
    "the kind beside a leaf is altered": (
        lambda work: work.db.execute(tables.entry.update().where(tables.entry.c.number == 5).values(kind="else.where")),
        "journal.entry-altered",
    ),
    "a leaf is no JSON": (
        lambda work: work.db.execute(
            tables.entry.update().where(tables.entry.c.number == 5).values(leaf=b"x", hash=merkle.leaf_hash(b"x"))
        ),
        "journal.entry-altered",
    ),
    "an entry is removed": (
        lambda work: work.db.execute(tables.entry.delete().where(tables.entry.c.number == 5)),
        "journal.gap",
    ),
    "the first entry is removed": (
        lambda work: work.db.execute(tables.entry.delete().where(tables.entry.c.number == 0)),
        "journal.gap",
    ),
    "a stored hash is altered": (
        lambda work: work.db.execute(
            tables.node.update().where(tables.node.c.place == Node(1, 2).place).values(hash=bytes(32))
        ),
        "journal.node-altered",
    ),
    "a stored hash is removed": (
        lambda work: work.db.execute(tables.node.delete().where(tables.node.c.place == Node(2, 0).place)),
        "journal.node-missing",
    ),
    "a hash is stored for entries that are not there": (
        lambda work: work.db.execute(tables.node.insert().values(place=Node(1, 900).place, hash=bytes(32))),
        "journal.node-altered",
    ),
    "the end is cut off": (lambda work: _cut(work, 7), "journal.truncated"),
    "a checkpoint is removed": (
        lambda work: work.db.execute(tables.checkpoint.delete().where(tables.checkpoint.c.number == 1)),
        "journal.gap",
    ),
    "a checkpoint is damaged": (
        lambda work: work.db.execute(tables.checkpoint.update().values(note="nothing")),
        "journal.bad-checkpoint",
    ),
    "a checkpoint claims another root": (
        lambda work: work.db.execute(
            tables.checkpoint.update().where(tables.checkpoint.c.number == 2).values(note=_claim(10))
        ),
        "journal.root-differs",
    ),
    "a checkpoint goes back": (
        lambda work: work.db.execute(
            tables.checkpoint.update().where(tables.checkpoint.c.number == 2).values(note=_claim(2), size=2)
        ),
        "journal.regressed",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found_and_named(begin: Begin, what: str) -> None:
    filled(begin, 4)
    filled(begin, 6)
    with begin() as work:
        assert service.verify(work, KEYS) == Verified(10, 2)
    tamper, code = TAMPERINGS[what]
    with begin() as work:
        tamper(work)
    assert code in codes(begin)
    with begin() as work, pytest.raises(IntegrityError):
        service.verify(work, KEYS)


def _leaf_five() -> bytes:
    return b'{"at":"2026-03-02T01:00:00Z","kind":"thing.happened","refs":{"number":55},"v":1}'


def _claim(size: int) -> str:
    return checkpoints.sign(size, bytes(32), SIGNER)


def _cut(work: Work, size: int) -> None:
    """Remove the end as somebody would who knows how the tables hang together."""
    work.db.execute(tables.entry.delete().where(tables.entry.c.number >= size))
    spans = {Node(level, number).place: (number + 1) << level for level in range(1, 6) for number in range(40)}
    for place in work.db.scalars(sa.select(tables.node.c.place)).all():
        if spans[place] > size:
            work.db.execute(tables.node.delete().where(tables.node.c.place == place))


def test_a_forged_checkpoint_is_found_by_its_signature(begin: Begin) -> None:
    filled(begin, 4)
    with begin() as work:
        root = merkle.root(4, reader(work))
        forged = checkpoints.sign(4, root, Signer.from_seed("log.kaiconn.example", bytes(32)))
        work.db.execute(tables.checkpoint.update().values(note=forged))
        assert service.audit(work) == ()
        with pytest.raises(IntegrityError) as raised:
            service.verify(work, KEYS)
    assert raised.value.code == "journal.unknown-key"


def test_a_checkpoint_never_regresses(begin: Begin) -> None:
    filled(begin, 10)
    with begin() as work:
        _cut(work, 7)
    with begin() as work, pytest.raises(IntegrityError) as raised:
        service.checkpoint(work, SIGNER)
    assert raised.value.code == "journal.regressed"


def test_a_rewritten_history_is_never_signed(begin: Begin) -> None:
    filled(begin, 10)
    with begin() as work:
        _cut(work, 7)
        fill(work, 20)
    with begin() as work, pytest.raises(IntegrityError) as raised:
        service.checkpoint(work, SIGNER)
    assert raised.value.code == "journal.regressed"
    assert codes(begin) == ["journal.root-differs"]


def test_a_hash_that_is_gone_is_named_when_a_proof_needs_it(begin: Begin) -> None:
    filled(begin, 4)
    with begin() as work:
        work.db.execute(tables.node.delete())
        with pytest.raises(IntegrityError) as raised:
            service.inclusion(work, 0, 4)
    assert raised.value.code == "journal.node-missing"


def test_a_large_journal_is_audited_page_by_page(begin: Begin) -> None:
    filled(begin, 520)
    with begin() as work:
        assert service.verify(work, KEYS) == Verified(520, 1)
        c = tables.entry.c
        work.db.execute(tables.entry.update().where(c.number == 511).values(hash=bytes(32)))
        assert [problem.code for problem in service.audit(work)] == ["journal.entry-altered"]


def test_writers_wait_for_each_other(begin: Begin, engine: sa.Engine, clock: SettableClock) -> None:
    rounds, writers = 10, 4
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for number in range(rounds):
                with engine.begin() as connection:
                    service.append(Work(connection, clock.now(), bytes), "thing.happened", {"number": number})
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with begin() as work:
        assert service.size(work) == rounds * writers
        service.checkpoint(work, SIGNER)
        assert service.verify(work, KEYS).size == rounds * writers


class Export:
    """An export in memory, read as a stranger would."""

    def __init__(self, work: Work) -> None:
        self.files: dict[str, bytes] = {}
        service.export(work, self.files.__setitem__)

    def read(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise FileNotFoundError(path) from None


def exported(begin: Begin) -> Export:
    with begin() as work:
        return Export(work)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 300])
def test_an_export_verifies_from_its_files_alone(begin: Begin, size: int) -> None:
    filled(begin, size)
    export = exported(begin)
    assert verify.verify_export(export.read, KEYS) == Verified(size, 1)
    if size == 300:
        assert set(export.files) == {
            "checkpoint",
            "tile/0/000",
            "tile/0/001.p/44",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/44",
        }


def test_an_export_ends_at_its_checkpoint_and_writes_that_last(begin: Begin) -> None:
    filled(begin, 3)
    with begin() as work:
        fill(work, 5)
    export = exported(begin)
    assert verify.verify_export(export.read, KEYS).size == 3
    assert list(export.files)[-1] == "checkpoint"


def test_an_export_needs_a_checkpoint(begin: Begin) -> None:
    with begin() as work:
        fill(work, 1)
    with pytest.raises(ConflictError, match="never been signed"):
        exported(begin)


def test_an_export_lies_in_plain_files(begin: Begin, tmp_path: Path) -> None:
    filled(begin, 257)

    def write(path: str, content: bytes) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)

    with begin() as work:
        service.export(work, write)
    assert verify.verify_export(lambda path: (tmp_path / path).read_bytes(), KEYS).size == 257


def test_a_missing_file_is_named(begin: Begin) -> None:
    filled(begin, 3)
    for path in ("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"):
        export = exported(begin)
        del export.files[path]
        with pytest.raises(IntegrityError, match=path):
            verify.verify_export(export.read, KEYS)


def test_a_bundle_with_fewer_entries_is_named(begin: Begin) -> None:
    filled(begin, 3)
    export = exported(begin)
    export.files["tile/entries/000.p/3"] = b""
    with pytest.raises(IntegrityError, match="does not hold `3` entries"):
        verify.verify_export(export.read, KEYS)


@pytest.fixture(scope="module")
def export(databases: Databases) -> Iterator[Export]:
    """One export for many flipped bits."""
    for engine in databases.sqlite():
        with engine.begin() as connection:
            work = Work(connection, datetime(2026, 3, 2, tzinfo=UTC), bytes)
            fill(work, 260)
            service.checkpoint(work, SIGNER)
            yield Export(work)


@given(st.data())
def test_any_flipped_bit_fails(export: Export, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(export.files)))
    bit = data.draw(st.integers(0, len(export.files[path]) * 8 - 1))
    altered = bytearray(export.files[path])
    altered[bit // 8] ^= 1 << bit % 8

    def read(wanted: str) -> bytes:
        return bytes(altered) if wanted == path else export.read(wanted)

    with pytest.raises(IntegrityError):
        verify.verify_export(read, KEYS)
