from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal import naive
from troth.base.errors import InputError, IntegrityError
from troth.journal import merkle
from troth.journal.merkle import Growing, Node

SIZES = 300
COMPARED = {*range(1, 40), 63, 64, 65, 100}  # sizes whose proofs are compared hash by hash: the naive tree is slow
DATA = [f"entry {number}".encode() for number in range(SIZES)]


class Memory:
    """All nodes of a growing tree; also counts how often it was asked."""

    def __init__(self, data: Iterable[bytes]) -> None:
        self.nodes: dict[Node, bytes] = {}
        self.asked = 0
        tree = Growing()
        for each in data:
            self.nodes.update(tree.add(merkle.leaf_hash(each)))

    def __call__(self, nodes: Iterable[Node]) -> Mapping[Node, bytes]:
        self.asked += 1
        return {node: self.nodes[node] for node in nodes}


MEMORY = Memory(DATA)
ROOTS = [naive.root(DATA[:size]) for size in range(SIZES + 1)]


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(0, MEMORY) == merkle.EMPTY_ROOT


def test_certificate_transparency_vectors_give_the_published_roots() -> None:
    # The eight leaves and the roots that the Certificate Transparency reference implementation tests with.
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    tree = Growing()
    for leaf, root in zip(leaves, roots, strict=True):
        tree.add(merkle.leaf_hash(bytes.fromhex(leaf)))
        assert tree.root().hex() == root


def test_roots_of_all_sizes_agree_with_the_naive_tree() -> None:
    tree = Growing()
    for size in range(SIZES + 1):
        assert merkle.root(size, MEMORY) == ROOTS[size] == tree.root()
        if size < SIZES:
            tree.add(merkle.leaf_hash(DATA[size]))


def test_inclusion_proofs_of_all_sizes_are_the_naive_ones_and_verify() -> None:
    for size in range(1, SIZES + 1):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, MEMORY)
            merkle.check_inclusion(merkle.leaf_hash(DATA[index]), index, size, proof, ROOTS[size])
            if size in COMPARED:
                assert list(proof) == naive.path(index, DATA[:size])


def test_consistency_proofs_of_all_sizes_are_the_naive_ones_and_verify() -> None:
    for new in range(SIZES + 1):
        for old in {0, 1, new // 3, new // 2, 2 ** (new.bit_length() - 1) if new else 0, new - 1, new} & set(
            range(new + 1)
        ):
            proof = merkle.consistency_proof(old, new, MEMORY)
            merkle.check_consistency(old, new, ROOTS[old], ROOTS[new], proof)
            if old and new in COMPARED:
                assert list(proof) == naive.proof(old, DATA[:new])


def test_a_proof_asks_the_store_once() -> None:
    memory = Memory(DATA)
    merkle.inclusion_proof(77, SIZES, memory)
    merkle.consistency_proof(77, SIZES, memory)
    assert memory.asked == 2


def test_a_leaf_completes_the_nodes_of_which_it_is_the_last() -> None:
    tree = Growing()
    made = [[node for node, _ in tree.add(merkle.leaf_hash(each))] for each in DATA[:8]]
    assert made[0] == [Node(0, 0)]
    assert made[7] == [Node(0, 7), Node(1, 3), Node(2, 1), Node(3, 0)]


@given(st.integers(0, 5), st.integers(0, 9), st.integers(0, 5), st.integers(0, 9))
def test_no_two_nodes_share_a_place(level: int, number: int, other_level: int, other_number: int) -> None:
    one, other = Node(level, number), Node(other_level, other_number)
    assert (one.place == other.place) == (one == other)
    assert one.place % 2 == (1 if level else 0)


sizes = st.integers(1, SIZES)


@given(sizes, st.data())
def test_any_flipped_bit_of_an_inclusion_proof_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    parts = [merkle.leaf_hash(DATA[index]), ROOTS[size], *merkle.inclusion_proof(index, size, MEMORY)]
    altered = _flip(parts, data)
    with pytest.raises(IntegrityError, match="does not lead"):
        merkle.check_inclusion(altered[0], index, size, altered[2:], altered[1])


@given(sizes, st.data())
def test_any_flipped_bit_of_a_consistency_proof_fails(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    parts = [ROOTS[old], ROOTS[new], *merkle.consistency_proof(old, new, MEMORY)]
    altered = _flip(parts, data)
    with pytest.raises(IntegrityError):
        merkle.check_consistency(old, new, altered[0], altered[1], altered[2:])


@given(sizes, st.data())
def test_a_proof_that_is_longer_or_shorter_fails(size: int, data: st.DataObject) -> None:
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    leaf, included = merkle.leaf_hash(DATA[index]), merkle.inclusion_proof(index, size, MEMORY)
    joined = merkle.consistency_proof(old, size, MEMORY)
    with pytest.raises(IntegrityError):
        merkle.check_inclusion(leaf, index, size, (*included, leaf), ROOTS[size])
    with pytest.raises(IntegrityError):
        merkle.check_consistency(old, size, ROOTS[old], ROOTS[size], (*joined, leaf))
    if included:
        with pytest.raises(IntegrityError):
            merkle.check_inclusion(leaf, index, size, included[:-1], ROOTS[size])
    if joined:
        with pytest.raises(IntegrityError):
            merkle.check_consistency(old, size, ROOTS[old], ROOTS[size], joined[:-1])


@given(sizes, st.data())
def test_a_proof_for_another_place_fails(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, MEMORY)
    if other != index:
        with pytest.raises(IntegrityError):
            merkle.check_inclusion(merkle.leaf_hash(DATA[index]), other, size, proof, ROOTS[size])


def test_a_proof_that_ends_below_the_root_of_the_claimed_size_fails() -> None:
    proof = merkle.inclusion_proof(0, 4, MEMORY)
    merkle.check_inclusion(merkle.leaf_hash(DATA[0]), 0, 4, proof, ROOTS[4])
    with pytest.raises(IntegrityError):
        merkle.check_inclusion(merkle.leaf_hash(DATA[0]), 0, 8, proof, ROOTS[4])


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_entries_outside_the_tree_have_no_proof(index: int, size: int) -> None:
    with pytest.raises(InputError):
        merkle.inclusion_proof(index, size, MEMORY)
    with pytest.raises(IntegrityError, match="outside"):
        merkle.check_inclusion(bytes(32), index, size, (), bytes(32))


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_a_tree_is_not_consistent_with_a_larger_one(old: int, new: int) -> None:
    with pytest.raises(InputError):
        merkle.consistency_proof(old, new, MEMORY)
    with pytest.raises(IntegrityError, match="larger"):
        merkle.check_consistency(old, new, bytes(32), bytes(32), ())


def test_what_needs_no_proof_is_still_checked() -> None:
    merkle.check_consistency(0, 5, merkle.EMPTY_ROOT, ROOTS[5], ())
    with pytest.raises(IntegrityError, match="empty tree"):
        merkle.check_consistency(0, 5, ROOTS[1], ROOTS[5], ())
    with pytest.raises(IntegrityError, match="two roots"):
        merkle.check_consistency(5, 5, ROOTS[4], ROOTS[5], ())
    with pytest.raises(IntegrityError, match="too long"):
        merkle.check_consistency(0, 5, merkle.EMPTY_ROOT, ROOTS[5], (ROOTS[1],))
    with pytest.raises(IntegrityError, match="empty"):
        merkle.check_consistency(3, 5, ROOTS[3], ROOTS[5], ())


def _flip(parts: list[bytes], data: st.DataObject) -> list[bytes]:
    which = data.draw(st.integers(0, len(parts) - 1))
    bit = data.draw(st.integers(0, 255))
    altered = bytearray(parts[which])
    altered[bit // 8] ^= 1 << bit % 8
    return [*parts[:which], bytes(altered), *parts[which + 1 :]]
