from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.base.errors import IntegrityError
from troth.journal import tiles
from troth.journal.merkle import Node


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 67, 256, "tile/0/067"),
        (0, 1067, 256, "tile/0/x001/067"),
        (2, 1234067, 256, "tile/2/x001/x234/067"),
        (0, 273, 112, "tile/0/273.p/112"),
        (1, 1, 17, "tile/1/001.p/17"),
    ],
)
def test_paths_are_those_of_tlog_tiles(level: int, number: int, width: int, path: str) -> None:
    assert tiles.Tile(level, number, width).path == path
    if level == 0:
        assert tiles.Bundle(number, width).path == path.replace("tile/0", "tile/entries")


def test_the_example_of_the_specification_has_its_tiles() -> None:
    # C2SP tlog-tiles: a log of 70 000 entries has 273 full tiles and one of 112 at level 0, one full and one of 17
    # at level 1, and one of width 1 at level 2.
    made = list(tiles.tiles(70_000))
    assert [tile.path for tile in made if tile.width < 256] == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert sum(tile.level == 0 for tile in made) == 274
    assert [tile.path for tile in made if tile.level == 1] == ["tile/1/000", "tile/1/001.p/17"]
    assert [bundle.path for bundle in tiles.bundles(70_000)][-1] == "tile/entries/273.p/112"


def test_an_empty_log_has_no_files() -> None:
    assert not list(tiles.tiles(0))
    assert not list(tiles.bundles(0))


def test_a_tile_names_the_nodes_that_it_holds() -> None:
    assert tiles.Tile(1, 2, 3).nodes == (Node(8, 512), Node(8, 513), Node(8, 514))


@given(st.lists(st.binary(max_size=400), max_size=30))
def test_a_bundle_reads_back(leaves: list[bytes]) -> None:
    assert tiles.decode(tiles.encode(leaves), "tile/entries/000") == leaves


def test_a_bundle_has_two_byte_big_endian_lengths() -> None:
    assert tiles.encode([b"ab", b""]) == b"\x00\x02ab\x00\x00"


@pytest.mark.parametrize("cut", [b"\x00", b"\x00\x02a", b"\x00\x01a\x00"])
def test_a_bundle_that_is_cut_short_is_refused(cut: bytes) -> None:
    with pytest.raises(IntegrityError, match="cut short"):
        tiles.decode(cut, "tile/entries/000")
