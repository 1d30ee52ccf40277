"""Tiles and entry bundles (C2SP tlog-tiles v0.1.0)."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import (
    Frontier,
    leaf_hash,
    root,
    stored_consistency_path,
    stored_inclusion_path,
    stored_root,
    verify_consistency,
    verify_inclusion,
)
from hanse.mechanisms.journal.tiles import (
    ENTRIES,
    ENTRY_BYTES_MAX,
    Tile,
    entry_bundle,
    hash_tile,
    node_reader,
    parse_entry_bundle,
    parse_hash_tile,
    parse_tile_path,
    require_entry,
    tile_width,
    tiles_of,
)
from tests.journal.journal_keys import case_bytes, vector_cases

SIZE = 70_000


@pytest.mark.parametrize("case", vector_cases("tile_paths.json"), ids=lambda case: case["name"])
def test_tile_paths(case: dict[str, Any]) -> None:
    path = case_bytes(case).decode()
    if case["code"] is None:
        tile = Tile(case["level"], case["index"], case["width"])
        assert parse_tile_path(path) == tile
        assert tile.path == path
        return
    with pytest.raises(Problem) as refused:
        parse_tile_path(path)
    assert refused.value.code == case["code"]


@given(st.integers(-1, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_any_tile_is_found_by_its_path(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert parse_tile_path(tile.path) == tile


@given(st.text("0123456789x/.ptileanrs", max_size=30))
def test_any_path_has_one_reading_or_none(text: str) -> None:
    for attempt in (text, f"tile/{text}", f"tile/0/{text}", f"tile/entries/{text}"):
        try:
            tile = parse_tile_path(attempt)
        except Problem:
            continue
        assert tile.path == attempt


def test_a_tree_of_70000_has_the_tiles_of_the_standard() -> None:
    """PEERS 4.2: 273 full and 112 at level 0, 1 full and 17 at level 1, 1 at level 2."""
    tiles = list(tiles_of(SIZE))
    full = Counter(tile.level for tile in tiles if tile.width == 256)
    partial = {tile.level: (tile.index, tile.width) for tile in tiles if tile.width < 256}
    assert full == {ENTRIES: 273, 0: 273, 1: 1}
    assert partial == {ENTRIES: (273, 112), 0: (273, 112), 1: (1, 17), 2: (0, 1)}
    assert len(set(tiles)) == len(tiles)


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above() -> None:
    assert list(tiles_of(256)) == [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


@given(st.integers(0, 200_000), st.integers(0, 2_000))
def test_growth_gives_the_tiles_that_are_new_or_wider(old: int, more: int) -> None:
    before, after = set(tiles_of(old)), set(tiles_of(old + more))
    assert set(tiles_of(old + more, old)) == after - before


@given(st.integers(0, 2**63 - 1))
def test_widths_follow_the_formula_of_the_standard(size: int) -> None:
    for level in range(9):
        full, partial = divmod(size // 256**level, 256)
        if full:
            assert tile_width(level, full - 1, size) == 256
        assert tile_width(level, full, size) == partial
        assert tile_width(level, full + 1, size) == 0


@pytest.fixture(scope="module")
def big_tree() -> tuple[list[bytes], dict[tuple[int, int], bytes]]:
    leaves = [leaf_hash(index.to_bytes(4, "big")) for index in range(SIZE)]
    frontier = Frontier()
    nodes = {(node.level, node.index): node.hash for node in frontier.extend(leaves)}
    return leaves, nodes


def test_tiles_alone_prove_a_tree_of_70000(
    big_tree: tuple[list[bytes], dict[tuple[int, int], bytes]],
) -> None:
    leaves, nodes = big_tree
    tree_root = root(leaves)
    files = {
        tile.path: hash_tile(lambda level, index: nodes[level, index], tile)
        for tile in tiles_of(SIZE)
        if tile.level != ENTRIES
    }
    assert len(files["tile/0/000"]) == 8_192
    assert len(files["tile/0/273.p/112"]) == 112 * 32
    read = node_reader(lambda tile: files[tile.path], SIZE)
    assert stored_root(read, SIZE) == tree_root
    for index in (0, 255, 256, 65_535, 65_536, 69_887, 69_888, SIZE - 1):
        path = stored_inclusion_path(read, index, SIZE)
        assert verify_inclusion(leaves[index], index, SIZE, path, tree_root)
    for old in (1, 255, 256, 257, 65_536, 69_999, SIZE):
        path = stored_consistency_path(read, old, SIZE)
        assert verify_consistency(old, root(leaves[:old]), SIZE, tree_root, path)


def test_a_changed_tile_makes_no_proof_that_verifies(
    big_tree: tuple[list[bytes], dict[tuple[int, int], bytes]],
) -> None:
    leaves, nodes = big_tree
    changed = {**nodes, (0, 7): leaf_hash(b"changed")}

    def read(tile: Tile) -> bytes:
        return hash_tile(lambda level, index: changed[level, index], tile)

    path = stored_inclusion_path(node_reader(read, SIZE), 6, SIZE)
    assert not verify_inclusion(leaves[6], 6, SIZE, path, root(leaves))


@pytest.mark.parametrize(
    ("level", "index"), [(0, SIZE), (1, SIZE // 2), (8, 273), (16, 1), (17, 0), (63, 0)]
)
def test_nodes_that_the_tree_has_not_completed_are_refused(level: int, index: int) -> None:
    def never(tile: Tile) -> bytes:
        raise AssertionError(f"read {tile.path}")

    with pytest.raises(Problem) as refused:
        node_reader(never, SIZE)(level, index)
    assert refused.value.code == "tile_outside_tree"


@pytest.mark.parametrize("length", [0, 31, 32, 63, 65, 96])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    tile = Tile(0, 0, 2)
    assert parse_hash_tile(tile, b"a" * 32 + b"b" * 32) == [b"a" * 32, b"b" * 32]
    with pytest.raises(Problem) as refused:
        parse_hash_tile(tile, b"\0" * length)
    assert refused.value.code == "tile_length_wrong"


def test_an_entry_bundle_is_no_hash_tile() -> None:
    with pytest.raises(Problem) as refused:
        hash_tile(lambda level, index: b"", Tile(ENTRIES, 0))
    assert refused.value.code == "tile_path_malformed"


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_entries_are_bundled_and_read_back(entries: list[bytes]) -> None:
    data = entry_bundle(entries)
    assert parse_entry_bundle(Tile(ENTRIES, 0, len(entries)), data) == entries


def test_each_entry_stands_behind_its_16_bit_length() -> None:
    assert entry_bundle([b"ab", b"", b"c" * 258]) == b"\0\2ab" + b"\0\0" + b"\1\2" + b"c" * 258


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\0\1",
        b"\0\1a",
        b"\0\1a\0",
        b"\0\1a\0\2b",
        b"\0\1a\0\1bc",
        b"\0\1a\0\1b\0\1c",
        b"\0\1a\0\1b\0",
        b"\xff\xffa",
    ],
)
def test_a_bundle_of_another_count_or_length_is_refused(data: bytes) -> None:
    tile = Tile(ENTRIES, 0, 2)
    assert parse_entry_bundle(tile, b"\0\1a\0\1b") == [b"a", b"b"]
    with pytest.raises(Problem) as refused:
        parse_entry_bundle(tile, data)
    assert refused.value.code == "entry_bundle_malformed"


@given(st.integers(1, 256), st.binary(max_size=60))
def test_any_bytes_are_a_bundle_or_are_refused(width: int, data: bytes) -> None:
    try:
        entries = parse_entry_bundle(Tile(ENTRIES, 0, width), data)
    except Problem:
        return
    assert len(entries) == width
    assert entry_bundle(entries) == data


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_of_no_or_too_many_entries_is_not_written(count: int) -> None:
    with pytest.raises(Problem) as refused:
        entry_bundle([b"a"] * count)
    assert refused.value.code == "entry_bundle_malformed"


def test_the_longest_entry_fits_and_a_longer_one_is_refused() -> None:
    longest = b"x" * ENTRY_BYTES_MAX
    require_entry(longest)
    assert parse_entry_bundle(Tile(ENTRIES, 0, 1), entry_bundle([longest])) == [longest]
    for attempt in (lambda: require_entry(longest + b"x"), lambda: entry_bundle([longest + b"x"])):
        with pytest.raises(Problem) as refused:
            attempt()
        assert refused.value.code == "entry_too_long"


@pytest.mark.parametrize(
    ("level", "index", "width"), [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_a_tile_that_no_path_names_is_not_made(level: int, index: int, width: int) -> None:
    with pytest.raises(Problem) as refused:
        Tile(level, index, width)
    assert refused.value.code == "tile_path_malformed"
