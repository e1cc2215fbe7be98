"""C2SP tlog-tiles: the log as static files that anybody may mirror and check.

`tile/<L>/<N>` holds 256 hashes of subtrees with 256**L leaves each, `tile/entries/<N>` 256 leaves, each after its
length in two bytes, big-endian. The last of a row may be narrower: `….p/<W>`. Not here: reading or writing files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from troth.base.errors import IntegrityError
from troth.journal.merkle import HASH_SIZE, Node

WIDTH = 256
LEVELS = 8  # binary levels of the tree that one level of tiles spans
CHECKPOINT_PATH = "checkpoint"
MAX_LEAF = 2**16 - 1
_LENGTH_SIZE = 2
_GROUP = 1000


@dataclass(frozen=True)
class Tile:
    """The `number`-th tile of `level`, `width` hashes wide (256 when full)."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        """Where the tile lies."""
        return f"tile/{self.level}/{_place(self.number, self.width)}"

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.width * HASH_SIZE

    def full_at(self, size: int) -> bool:
        """Whether a log of `size` entries has the tile whole."""
        return (self.number + 1) * (WIDTH << self.level * LEVELS) <= size

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes whose hashes the tile holds, in order."""
        first = self.number * WIDTH
        return tuple(Node(self.level * LEVELS, first + offset) for offset in range(self.width))


@dataclass(frozen=True)
class Bundle:
    """The `number`-th bundle of entries, `width` of them (256 when full)."""

    number: int
    width: int

    @property
    def path(self) -> str:
        """Where the bundle lies."""
        return f"tile/entries/{_place(self.number, self.width)}"

    def full_at(self, size: int) -> bool:
        """Whether a log of `size` entries has the bundle whole."""
        return (self.number + 1) * WIDTH <= size


def tiles(size: int) -> Iterator[Tile]:
    """Every tile of a log of `size` entries, level by level."""
    level, hashes = 0, size
    while hashes:
        for number, width in _widths(hashes):
            yield Tile(level, number, width)
        level, hashes = level + 1, hashes // WIDTH


def bundles(size: int) -> Iterator[Bundle]:
    """Every bundle of a log of `size` entries."""
    for number, width in _widths(size):
        yield Bundle(number, width)


def encode(leaves: Sequence[bytes]) -> bytes:
    """A bundle's content. A leaf longer than 65 535 bytes cannot be written; admission keeps them far shorter."""
    return b"".join(len(leaf).to_bytes(_LENGTH_SIZE, "big") + leaf for leaf in leaves)


def decode(content: bytes, path: str) -> list[bytes]:
    """The leaves of a bundle. Raises IntegrityError `journal.bad-tile` when it is cut short; `path` names it."""
    leaves = []
    position = 0
    while position < len(content):
        start = position + _LENGTH_SIZE
        position = start + int.from_bytes(content[position:start], "big")
        if start > len(content) or position > len(content):
            raise IntegrityError("journal.bad-tile", f"`{path}` is cut short", hint="get the file from the log again")
        leaves.append(content[start:position])
    return leaves


def _widths(hashes: int) -> Iterator[tuple[int, int]]:
    full, rest = divmod(hashes, WIDTH)
    for number in range(full):
        yield number, WIDTH
    if rest:
        yield full, rest


def _place(number: int, width: int) -> str:
    groups = [f"{number % _GROUP:03}"]
    while number := number // _GROUP:
        groups.append(f"x{number % _GROUP:03}")
    path = "/".join(reversed(groups))
    return path if width == WIDTH else f"{path}.p/{width}"
