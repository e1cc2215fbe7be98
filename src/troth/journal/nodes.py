"""Looks stored hashes up: those of leaves lie with the entries, all others in the table of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from troth.base.errors import IntegrityError
from troth.base.work import Work
from troth.journal import tables
from troth.journal.merkle import Node, Reader

# The statements are built once: proofs are asked for one by one.
_WANTED: sa.BindParameter[Sequence[int]] = sa.bindparam("wanted", expanding=True)
_LEAVES = sa.select(tables.entry.c.number, tables.entry.c.hash).where(tables.entry.c.number.in_(_WANTED))
_INNER = sa.select(tables.node.c.place, tables.node.c.hash).where(tables.node.c.place.in_(_WANTED))
_AT_ONCE = 500  # values in one list of a statement; every database takes that many


def reader(work: Work) -> Reader:
    """A reader of this journal; asking it for a hash that is not stored raises `journal.node-missing`."""

    def read(nodes: Iterable[Node]) -> Mapping[Node, bytes]:
        wanted = set(nodes)
        stored = find_nodes(work, wanted)
        for node in sorted(wanted - stored.keys()):
            raise missing(node)
        return stored

    return read


def find_nodes(work: Work, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """Those of `nodes` that are stored."""
    leaves: dict[int, Node] = {}
    inner: dict[int, Node] = {}
    for node in nodes:
        (inner if node.level else leaves)[node.place if node.level else node.number] = node
    found: dict[Node, bytes] = {}
    for known, query in ((leaves, _LEAVES), (inner, _INNER)):
        for some in _pages(list(known)):
            found |= {known[row[0]]: bytes(row[1]) for row in work.db.execute(query, {"wanted": some}).all()}
    return found


def _pages(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def missing(node: Node) -> IntegrityError:
    """The fault of a hash that should be stored and is not."""
    return IntegrityError("journal.node-missing", f"the hash `{node.level}/{node.number}` is not stored")
