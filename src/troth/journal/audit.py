"""Re-derives the whole journal in the own database from its leaves and says what does not agree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import IntegrityError, Problem
from troth.base.work import Work
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, tables
from troth.journal.merkle import Growing, Node
from troth.journal.nodes import find_nodes

_PAGE = 500  # entries read at once

_HINT = "restore the own database from a backup that verifies, and find out who wrote to it"


def audit(work: Work) -> tuple[Problem, ...]:
    """All faults of the journal, in the order of the entries, then of the checkpoints; none when it is sound.

    Signatures are not looked at: that takes keys (`service.verify`).
    """
    claims = work.db.execute(sa.select(tables.checkpoint).order_by(tables.checkpoint.c.number)).all()
    roots: dict[int, bytes] = {0: merkle.EMPTY_ROOT}
    sizes = {row.size for row in claims}
    problems = list(_entries(work, sizes, roots))
    return (*problems, *_checkpoints(claims, roots))


def _entries(work: Work, sizes: set[int], roots: dict[int, bytes]) -> Iterator[Problem]:
    """Faults of entries and stored hashes; fills `roots` for the `sizes` asked for."""
    tree = Growing()
    inner = 0
    latest: datetime | None = None
    while page := _page(work, tree.size):
        derived: dict[Node, bytes] = {}
        for row in page:
            if row.number != tree.size:
                yield Problem("journal.gap", f"entry `{tree.size}` is missing", _HINT)
                return
            yield from _entry(row)
            if latest is not None and row.at < latest:
                yield Problem("journal.time-backwards", f"entry `{row.number}` is older than the one before it", _HINT)
            latest = row.at
            derived.update(tree.add(merkle.leaf_hash(bytes(row.leaf)))[1:])
            if tree.size in sizes:
                roots[tree.size] = tree.root()
        yield from _nodes(work, derived)
        inner += len(derived)
    if (work.db.scalar(sa.select(sa.func.count()).select_from(tables.node)) or 0) > inner:
        yield Problem("journal.node-altered", "hashes are stored for entries that are not there", _HINT)


def _page(work: Work, start: int) -> Sequence[sa.Row[int, str, datetime, bytes, bytes]]:
    c = tables.entry.c
    query = sa.select(c.number, c.kind, c.at, c.leaf, c.hash).where(c.number >= start).order_by(c.number).limit(_PAGE)
    return work.db.execute(query).all()


def _entry(row: sa.Row[int, str, datetime, bytes, bytes]) -> Iterator[Problem]:
    leaf = bytes(row.leaf)
    if merkle.leaf_hash(leaf) != bytes(row.hash) or _said(leaf) != (row.kind, row.at):
        yield Problem("journal.entry-altered", f"entry `{row.number}` is not what was hashed", _HINT)


def _said(leaf: bytes) -> tuple[str, datetime] | None:
    """Kind and instant as the leaf says them; None when it is no leaf of ours."""
    try:
        value = json.loads(leaf)
        return value["kind"], datetime.fromisoformat(value["at"])
    except (ValueError, KeyError, TypeError):
        return None


def _nodes(work: Work, derived: dict[Node, bytes]) -> Iterator[Problem]:
    stored = find_nodes(work, derived)
    for node, value in derived.items():
        if node not in stored:
            yield Problem("journal.node-missing", f"the hash `{node.level}/{node.number}` is not stored", _HINT)
        elif stored[node] != value:
            yield Problem("journal.node-altered", f"the hash `{node.level}/{node.number}` is wrong", _HINT)


def _checkpoints(claims: Sequence[sa.Row[int, int, str, datetime]], roots: dict[int, bytes]) -> Iterator[Problem]:
    before = 0
    for expected, row in enumerate(claims, start=1):
        if row.number != expected:
            yield Problem("journal.gap", f"checkpoint `{expected}` is missing", _HINT)
            return
        try:
            claimed = checkpoints.read(row.note)
        except IntegrityError as fault:
            yield Problem("journal.bad-checkpoint", f"checkpoint `{row.number}` cannot be read: {fault.message}", _HINT)
            continue
        which = f"checkpoint `{row.number}`"
        if claimed.size < before or claimed.size != row.size:
            yield Problem("journal.regressed", f"{which} is for fewer entries than one before it", _HINT)
        elif claimed.size not in roots:
            yield Problem("journal.truncated", f"{which} is for `{claimed.size}` entries; some are gone", _HINT)
        elif claimed.root != roots[claimed.size]:
            yield Problem("journal.root-differs", f"{which} claims another root than the entries have", _HINT)
        before = max(before, claimed.size)
