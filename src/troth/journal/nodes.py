"""Looks stored hashes up: those of leaves lie with the entries, all others in the table of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlalchemy as sa

from troth.base.errors import IntegrityError
from troth.base.work import Work
from troth.journal import tables
from troth.journal.merkle import Node, Reader

_ENTRY, _NODE = tables.entry.c, tables.node.c
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
    for known, key, value in ((leaves, _ENTRY.number, _ENTRY.hash), (inner, _NODE.place, _NODE.hash)):
        for some in _pages(list(known)):
            for row in work.db.execute(sa.select(key, value).where(key.in_(some))):
                found[known[row[0]]] = bytes(row[1])
    return found


def _pages(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def missing(node: Node) -> IntegrityError:
    """The fault of a hash that should be stored and is not."""
    return IntegrityError("journal.node-missing", f"the hash `{node.level}/{node.number}` is not stored")
