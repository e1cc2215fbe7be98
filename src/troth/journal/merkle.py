"""RFC 6962 hashing and proofs, pure: hashes in, hashes out, and one error type.

A tree of `size` leaves is made of *nodes*: complete subtrees, each known by its level (0 is a leaf) and its number
from the left. Storing every node once makes a root or a proof cost a logarithmic number of lookups; which nodes are
wanted is worked out first (`Node` lists), so that a database is asked once.

Everything here that verifies raises IntegrityError and nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from troth.base.errors import InputError, IntegrityError

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

_LEAF_PREFIX = b"\x00"  # RFC 6962 § 2.1: the prefixes keep a leaf from being passed off as a node
_NODE_PREFIX = b"\x01"


class Node(NamedTuple):
    """A complete subtree: `number`-th from the left of those with 2**level leaves."""

    level: int
    number: int

    @property
    def place(self) -> int:
        """Where it stands when the whole tree is read from left to right: even for leaves, odd for all others."""
        return ((2 * self.number + 1) << self.level) - 1


Range = tuple[int, int]
"""Leaves from the first number up to, not including, the second."""

Reader = Callable[[Iterable[Node]], Mapping[Node, bytes]]
"""Looks up stored nodes, all at once."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(_LEAF_PREFIX + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(_NODE_PREFIX + left + right).digest()


def range_nodes(leaves: Range) -> tuple[Node, ...]:
    """The complete subtrees that make up a subtree of RFC 6962's recursion, left to right."""
    start, end = leaves
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return tuple(nodes)


def join(hashes: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees given left to right; of none, the root of the empty tree."""
    if not hashes:
        return EMPTY_ROOT
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


def root(size: int, read: Reader) -> bytes:
    """The root of the first `size` leaves."""
    return _hashes([(0, size)], read)[0]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """PATH(index, D[size]) of RFC 6962 § 2.1.1 as ranges of leaves, nearest first."""
    if not 0 <= index < size:
        raise InputError("journal.no-such-entry", f"entry `{index}` is not within the first `{size}` entries")
    start, end = 0, size
    ranges: list[Range] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """PROOF(old, D[new]) of RFC 6962 § 2.1.2 as ranges of leaves; empty when there is nothing to prove."""
    if not 0 <= old <= new:
        raise InputError("journal.no-such-size", f"size `{old}` is not between 0 and `{new}`")
    start, end = 0, new
    ranges: list[Range] = []
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # the old tree's right edge is not a subtree whose hash the verifier already has: its root
        ranges.append((start, end))
    return ranges[::-1]


def inclusion_proof(index: int, size: int, read: Reader) -> tuple[bytes, ...]:
    """The hashes that prove entry `index` within the first `size` entries."""
    return _hashes(inclusion_ranges(index, size), read)


def consistency_proof(old: int, new: int, read: Reader) -> tuple[bytes, ...]:
    """The hashes that prove that the tree of `new` entries only adds to the tree of `old`."""
    return _hashes(consistency_ranges(old, new), read)


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Verify that the leaf with hash `leaf` is entry `index` of the tree of `size` with root `expected`.

    RFC 9162 § 2.1.3.2. Raises IntegrityError when the proof does not lead to that root.
    """
    if not 0 <= index < size:
        raise _bad_proof("the entry lies outside the tree")
    position, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _bad_proof("the proof is too long")
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or result != expected:
        raise _bad_proof("the proof does not lead to the signed root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Verify that the tree of `new` leaves only adds to the tree of `old`.

    RFC 9162 § 2.1.4.2. Raises IntegrityError when it does not.
    """
    if not 0 <= old <= new:
        raise _bad_proof("the older tree is larger than the newer")
    if old in (0, new):
        _check_trivial(old, new, old_root, new_root, proof)
        return
    path = [old_root, *proof] if _is_power_of_two(old) else list(proof)
    if not path:
        raise _bad_proof("the proof is empty")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise _bad_proof("the proof is too long")
        if position & 1 or position == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or before != old_root or after != new_root:
        raise _bad_proof("the proof does not join the two roots")


class Growing:
    """A tree that is fed its leaves in order and keeps only its right edge; for whoever re-derives a whole log."""

    def __init__(self, edge: Iterable[tuple[Node, bytes]] = ()) -> None:
        """Begin empty, or with the complete subtrees (`range_nodes`) of the leaves that are there already."""
        self._edge = list(edge)
        self.size = sum(1 << node.level for node, _ in self._edge)

    def add(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Take in the next leaf's hash; gives the nodes that it completes, the leaf itself first."""
        node = (Node(0, self.size), leaf)
        made = [node]
        level, number = 0, self.size
        while number & 1:  # a right-hand child completes its parent
            level, number = level + 1, number >> 1
            node = (Node(level, number), node_hash(self._edge.pop()[1], node[1]))
            made.append(node)
        self._edge.append(node)
        self.size += 1
        return made

    def root(self) -> bytes:
        """The root of what has been added so far."""
        return join([value for _, value in self._edge])


def _hashes(ranges: Sequence[Range], read: Reader) -> tuple[bytes, ...]:
    wanted = [range_nodes(leaves) for leaves in ranges]
    stored = read([node for nodes in wanted for node in nodes])
    return tuple(join([stored[node] for node in nodes]) for nodes in wanted)


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0


def _check_trivial(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise _bad_proof("the proof is too long")
    if old == new and old_root != new_root:
        raise _bad_proof("two roots are claimed for one size")
    if old == 0 and old_root != EMPTY_ROOT:
        raise _bad_proof("the empty tree has another root")


def _bad_proof(why: str) -> IntegrityError:
    return IntegrityError("journal.bad-proof", why, hint="get the proof and the checkpoint from the log again")
