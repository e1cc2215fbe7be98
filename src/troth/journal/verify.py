"""Verifies an exported log from its files alone, as a stranger would: no database, no trust in who exported it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from troth.base.errors import IntegrityError
from troth.journal import checkpoint, merkle, tiles
from troth.journal.merkle import Growing, Node
from troth.journal.model import Verified, Verifier

Read = Callable[[str], bytes]
"""Gives one file of the export by its path; raises FileNotFoundError when there is none."""


def verify_export(read: Read, keys: Collection[str]) -> Verified:
    """Check the signature, every entry against the root, and every tile; `keys` are verifier strings.

    Raises IntegrityError naming the fault: `journal.file-missing`, `journal.bad-tile`, `journal.root-differs`, or
    what reading the checkpoint found.
    """
    signed = _text(_file(read, tiles.CHECKPOINT_PATH))
    claimed = checkpoint.verify(signed, [Verifier.parse(key) for key in keys])
    tree = Growing()
    derived: dict[Node, bytes] = {}
    for leaf in _leaves(read, claimed.size):
        derived.update((node, value) for node, value in tree.add(merkle.leaf_hash(leaf)) if _is_in_tile(node))
    if tree.root() != claimed.root:
        raise IntegrityError("journal.root-differs", "the entries do not lead to the signed root")
    for tile in tiles.tiles(claimed.size):
        if _file(read, tile.path) != b"".join(derived[node] for node in tile.nodes):
            raise IntegrityError("journal.bad-tile", f"`{tile.path}` does not hold the hashes of its entries")
    return Verified(claimed.size, 1)


def _leaves(read: Read, size: int) -> Iterator[bytes]:
    for bundle in tiles.bundles(size):
        leaves = tiles.decode(_file(read, bundle.path))
        if len(leaves) != bundle.width:
            raise IntegrityError("journal.bad-tile", f"`{bundle.path}` does not hold `{bundle.width}` entries")
        yield from leaves


def _is_in_tile(node: Node) -> bool:
    return node.level % tiles.LEVELS == 0


def _file(read: Read, path: str) -> bytes:
    try:
        return read(path)
    except FileNotFoundError:
        raise IntegrityError("journal.file-missing", f"`{path}` is not in the export") from None


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise IntegrityError("journal.bad-note", "the checkpoint is not text") from None
