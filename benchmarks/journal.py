"""What the tree costs, and how fast proofs, exports and their verification are."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.harness import Figure, Measure
from troth.app.database import open_engine
from troth.app.tables import declare_all
from troth.base.schema import metadata
from troth.base.work import Work
from troth.journal import admission, merkle, service, tables, verify
from troth.journal.model import Signer
from troth.journal.nodes import reader

SIZE = int(os.environ.get("TROTH_BENCH_ENTRIES", "1000000"))
_BATCH = 1000
_PROOFS = 300
_AT = datetime(2026, 3, 2, tzinfo=UTC)
_SIGNER = Signer.from_seed("bench.example/log", bytes(32))


def growing() -> Iterable[Figure]:
    """So many entries in batches of a thousand, with the tree and without, by turns; CPU time, for both wait alike."""
    with tempfile.TemporaryDirectory() as folder, _engine(folder, "tree") as tree, _engine(folder, "rows") as rows:
        spent = {"tree": 0.0, "rows": 0.0}
        for start in range(0, SIZE, _BATCH):
            spent["tree"] += _timed(lambda start=start: _with_tree(tree, start))
            spent["rows"] += _timed(lambda start=start: _rows_only(rows, start))
        ratio = spent["tree"] / spent["rows"]
        told = f"{SIZE / spent['tree']:.0f}/s against {SIZE / spent['rows']:.0f}/s for {SIZE} rows"
        yield Figure("journal.append_tree", ratio, "×", 2, told)
        yield from _proving(tree)
        yield from _giving(tree)


def _proving(engine: sa.Engine) -> Iterator[Figure]:
    draw = random.Random(1)
    with engine.begin() as connection:
        work = Work(connection, _AT, random.randbytes)
        root = merkle.root(SIZE, reader(work))
        chosen = [draw.randrange(SIZE) for _ in range(_PROOFS)]
        leaves = [service.entries(work, index, 1)[0].hash for index in chosen]
        service.inclusion(work, 0, SIZE)  # statements are compiled once a process
        proofs = []
        took = _timed(lambda: proofs.extend(service.inclusion(work, index, SIZE) for index in chosen))
        checked = _timed(
            lambda: [
                merkle.check_inclusion(leaf, index, SIZE, proof, root)
                for leaf, index, proof in zip(leaves, chosen, proofs, strict=True)
            ]
        )
    yield Figure("journal.prove", took / _PROOFS * 1000, "ms", 1, f"inclusion among {SIZE}, from the database")
    yield Figure("journal.check", checked / _PROOFS * 1000, "ms", 1, "20 SHA-256 of 65 bytes")


def _giving(engine: sa.Engine) -> Iterator[Figure]:
    files: dict[str, bytes] = {}
    with engine.begin() as connection:
        work = Work(connection, _AT, random.randbytes)
        service.checkpoint(work, _SIGNER)
        took = _timed(lambda: service.export(work, files.__setitem__))
    again = _timed(lambda: verify.verify_export(files.__getitem__, [_SIGNER.vkey]))
    yield Figure("journal.export", took, "s", None, f"{SIZE} entries, {len(files)} files")
    yield Figure("journal.verify_export", again, "s", None, f"{SIZE} entries from their files alone")


def _with_tree(engine: sa.Engine, start: int) -> None:
    with engine.begin() as connection:
        service.append_all(Work(connection, _AT, random.randbytes), _told(start))


def _rows_only(engine: sa.Engine, start: int) -> None:
    """The same rows as an auditor's table would have them: leaf and hash, no tree."""
    with engine.begin() as connection:
        leaves = [(kind, admission.leaf(kind, _AT, refs)) for kind, refs in _told(start)]
        values = [
            {"number": number, "kind": kind, "at": _AT, "leaf": leaf, "hash": merkle.leaf_hash(leaf)}
            for number, (kind, leaf) in enumerate(leaves, start=start)
        ]
        connection.execute(tables.entry.insert(), values)


def _told(start: int) -> list[tuple[str, dict[str, str | int]]]:
    return [
        (
            "consent.given",
            {
                "event": f"evt-{number:016x}",
                "subject": f"hmac-sha256:{number:064x}",
                "function": "newsletter",
                "grade": "separate",
                "version": "kaiconn:1",
            },
        )
        for number in range(start, start + _BATCH)
    ]


def _timed(act: object) -> float:
    assert callable(act)
    started = time.process_time()
    act()
    return time.process_time() - started


@contextmanager
def _engine(folder: str, name: str) -> Iterator[sa.Engine]:
    declare_all()
    engine = open_engine(f"sqlite:///{Path(folder) / name}.db")
    with engine.begin() as connection:
        metadata.create_all(connection)
    try:
        yield engine
    finally:
        engine.dispose()


BENCHMARKS: dict[str, Measure] = {
    "journal.append_tree,journal.prove,journal.check,journal.export,journal.verify_export": growing,
}
