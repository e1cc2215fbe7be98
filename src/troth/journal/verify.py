"""Verifies an exported log from its files alone, as a stranger would: no database, no trust in who exported it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from troth.base.errors import IntegrityError
from troth.journal import checkpoint, cosignature, merkle, tiles
from troth.journal.checkpoint import Checkpoint
from troth.journal.cosignature import Witness
from troth.journal.merkle import HASH_SIZE, Growing
from troth.journal.model import Verified, Verifier
from troth.journal.tiles import Bundle, Tile

Read = Callable[[str], bytes]
"""Gives one file of the export by its path; raises FileNotFoundError when there is none."""


def verify_export(
    read: Read,
    keys: Collection[str],
    witnesses: Collection[str] = (),
    least: int = 0,
    *,
    seen: str | None = None,
) -> Verified:
    """Check the signature, every entry against the root, and every tile; all keys are verifier strings.

    At least so many of the `witnesses` must have cosigned; the log must still contain the checkpoint `seen` before.
    Raises IntegrityError naming the file and the fault: `journal.file-missing`, `journal.bad-tile`,
    `journal.entry-altered`, `journal.root-differs`, `journal.regressed`, or what reading the checkpoint found.
    """
    signed = _text(_file(read, tiles.CHECKPOINT_PATH))
    believed = [Verifier.parse(key) for key in keys]
    claimed = checkpoint.verify(signed, believed)
    cosignature.demand(signed, [Witness.parse(each) for each in witnesses], least)
    before = None if seen is None else checkpoint.verify(seen, believed)
    if before is not None and before.size > claimed.size:
        raise _regressed(before, f"has `{claimed.size}` entries")
    entries = _Entries(read, claimed.size, before)
    entries.judge(claimed)
    for tile in tiles.tiles(claimed.size):
        if tile.level and _file(read, tile.path) != entries.content(tile):
            raise _bad_tile(tile.path, "does not hold the hashes of the tiles below it")
    return Verified(claimed.size, 1)


class _Entries:
    """One walk over all entries beside the tiles of their hashes."""

    def __init__(self, read: Read, size: int, before: Checkpoint | None) -> None:
        self._read, self._size, self._before = read, size, before
        self._tree = Growing()
        self._upper: dict[int, list[bytes]] = {}
        self._differs: tuple[int, Bundle, Tile] | None = None
        self._before_root = merkle.EMPTY_ROOT if before and not before.size else None
        for bundle, tile in _pairs(size):
            self._walk(bundle, tile)

    def _walk(self, bundle: Bundle, tile: Tile) -> None:
        stored = _file(self._read, tile.path)
        if len(stored) != tile.size:
            raise _bad_tile(tile.path, f"is not `{tile.size}` bytes long")
        for offset, leaf in enumerate(_leaves(self._read, bundle)):
            made = self._tree.add(merkle.leaf_hash(leaf))
            if made[0][1] != stored[offset * HASH_SIZE : (offset + 1) * HASH_SIZE] and self._differs is None:
                self._differs = (self._tree.size - 1, bundle, tile)
            for node, value in made[tiles.LEVELS :: tiles.LEVELS]:
                self._upper.setdefault(node.level // tiles.LEVELS, []).append(value)
            if self._before is not None and self._tree.size == self._before.size:
                self._before_root = self._tree.root()

    def judge(self, claimed: Checkpoint) -> None:
        """Raise the fault of the entries or of the tiles of their hashes, if there is one."""
        if self._tree.root() != claimed.root:
            raise self._blame(claimed)
        if self._differs is not None:
            raise _bad_tile(self._differs[2].path, f"holds another hash for entry `{self._differs[0]}`")
        if self._before is not None and self._before_root != self._before.root:
            raise _regressed(self._before, "has other entries there")

    def content(self, tile: Tile) -> bytes:
        """What a tile above the lowest level must hold."""
        first = tile.number * tiles.WIDTH
        return b"".join(self._upper[tile.level][first : first + tile.width])

    def _blame(self, claimed: Checkpoint) -> IntegrityError:
        """Either the entries or the tiles may still lead to the signed root; then the others are altered."""
        if self._differs is not None and _root_of_tiles(self._read, self._size) == claimed.root:
            index, bundle, _ = self._differs
            return IntegrityError("journal.entry-altered", f"entry `{index}` in `{bundle.path}` is not what was hashed")
        return IntegrityError("journal.root-differs", "the entries do not lead to the signed root")


def _pairs(size: int) -> Iterator[tuple[Bundle, Tile]]:
    for bundle in tiles.bundles(size):
        yield bundle, Tile(0, bundle.number, bundle.width)


def _root_of_tiles(read: Read, size: int) -> bytes:
    tree = Growing()
    for _, tile in _pairs(size):
        stored = _file(read, tile.path)
        for start in range(0, tile.size, HASH_SIZE):
            tree.add(stored[start : start + HASH_SIZE])
    return tree.root()


def _leaves(read: Read, bundle: Bundle) -> list[bytes]:
    leaves = tiles.decode(_file(read, bundle.path), bundle.path)
    if len(leaves) != bundle.width:
        raise _bad_tile(bundle.path, f"does not hold `{bundle.width}` entries")
    return leaves


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


def _bad_tile(path: str, what: str) -> IntegrityError:
    return IntegrityError("journal.bad-tile", f"`{path}` {what}", hint="get the file from the log again")


def _regressed(before: Checkpoint, what: str) -> IntegrityError:
    return IntegrityError(
        "journal.regressed",
        f"the log no longer contains the `{before.size}` entries that were seen before; it {what}",
        hint="keep both checkpoints: together they prove it",
    )
