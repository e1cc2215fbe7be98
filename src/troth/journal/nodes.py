"""Looks stored hashes up: those of leaves lie with the entries, all others in the table of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from troth.base.errors import IntegrityError
from troth.base.work import Work
from troth.journal import tables
from troth.journal.merkle import Node, Reader


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
    wanted = set(nodes)
    leaves = [node.number for node in wanted if node.level == 0]
    inner = [(node.level, node.number) for node in wanted if node.level]
    found: dict[Node, bytes] = {}
    if leaves:
        c = tables.entry.c
        for row in work.db.execute(sa.select(c.number, c.hash).where(c.number.in_(leaves))):
            found[Node(0, row.number)] = bytes(row.hash)
    if inner:
        n = tables.node.c
        for row in work.db.execute(sa.select(tables.node).where(sa.tuple_(n.level, n.number).in_(inner))):
            found[Node(row.level, row.number)] = bytes(row.hash)
    return found


def missing(node: Node) -> IntegrityError:
    """The fault of a hash that should be stored and is not."""
    return IntegrityError("journal.node-missing", f"the hash `{node.level}/{node.number}` is not stored")
