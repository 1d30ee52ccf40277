"""Tiles: a log's tree and entries as files that never change, after C2SP tlog-tiles v0.1.0.

    tile/<level>/<index>[.p/<width>]        up to 256 hashes of 32 bytes
    tile/entries/<index>[.p/<width>]        up to 256 entries, each behind its 16-bit length

A hash of tile level L is the root over 256**L entries, which is the tree's node of level 8 * L.
The last tile of a level may be partial. From tiles alone, and one checkpoint, anyone computes
every proof.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text
from hanse.foundation.merkle import HASH_BYTES, SIZE_MAX, NodeReader, node_hash

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
TILE_LEVEL_MAX: Final = 63
ENTRY_BYTES_MAX: Final = 65_535
ENTRIES: Final = -1
"""Stands as the level of an entry bundle."""
_LENGTH_BYTES: Final = 2
_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_PATH_CHARACTERS_MAX: Final = 64

TILE_PATH = ProblemKind(
    "tile_path_malformed",
    400,
    Text("瓦片路径格式错误", "The path of the tile is malformed"),
    Text("例如 tile/0/x001/x234/067.p/112", "For example tile/0/x001/x234/067.p/112"),
)
TILE_OUTSIDE = ProblemKind(
    "tile_outside_tree",
    404,
    Text("树中没有该瓦片", "The tree has no such tile"),
    Text("请先取得更新的检查点", "Fetch a later checkpoint first"),
)
TILE_LENGTH = ProblemKind(
    "tile_length_wrong",
    422,
    Text("瓦片长度与宽度不符", "The tile's length does not match its width"),
    Text("请重新获取该瓦片", "Fetch the tile again"),
)
BUNDLE_MALFORMED = ProblemKind(
    "entry_bundle_malformed",
    422,
    Text("条目包格式错误", "The entry bundle is malformed"),
    Text("请重新获取该条目包", "Fetch the bundle again"),
)
ENTRY_TOO_LONG = ProblemKind(
    "entry_too_long",
    413,
    Text("日志条目过长", "The log entry is too long"),
    Text("单个条目至多 65535 字节", "An entry has at most 65535 bytes"),
)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: its level (ENTRIES for an entry bundle), its index, and how many it holds."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        in_level = ENTRIES <= self.level <= TILE_LEVEL_MAX
        if not in_level or not 1 <= self.width <= TILE_WIDTH or not 0 <= self.index <= SIZE_MAX:
            raise TILE_PATH()

    @property
    def path(self) -> str:
        """The path below the log's address."""
        groups = f"{self.index:,}".split(",")
        *upper, last = [group.zfill(3) for group in groups]
        level = "entries" if self.level == ENTRIES else str(self.level)
        index = "".join(f"x{group}/" for group in upper) + last
        suffix = f".p/{self.width}" if self.width < TILE_WIDTH else ""
        return f"tile/{level}/{index}{suffix}"


def parse_tile_path(path: str) -> Tile:
    """The tile of a path; TILE_PATH unless it is written exactly as `Tile.path` writes it."""
    match = _PATH.fullmatch(path) if len(path) <= _PATH_CHARACTERS_MAX else None
    if match is None:
        raise TILE_PATH()
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("/", "").replace("x", ""))
    tile = Tile(level, index, int(match["width"] or TILE_WIDTH))
    if tile.path != path:
        raise TILE_PATH()
    return tile


def tile_width(level: int, index: int, size: int) -> int:
    """How many hashes or entries this tile holds in a tree of `size` entries; 0 for no tile."""
    filled = size >> (TILE_HEIGHT * max(level, 0))
    return min(max(filled - index * TILE_WIDTH, 0), TILE_WIDTH)


def tiles_of(size: int, old_size: int = 0) -> Iterator[Tile]:
    """The tiles, entry bundles first, that a tree of `size` has and one of `old_size` lacks.

    Every tile is given once and at its width for `size`: a partial tile that grew is given anew.
    """
    for level in (ENTRIES, *range(TILE_LEVEL_MAX + 1)):
        shift = TILE_HEIGHT * max(level, 0)
        filled, before = size >> shift, old_size >> shift
        if not filled:
            return
        for index in range(before // TILE_WIDTH, -(-filled // TILE_WIDTH)):
            width = tile_width(level, index, size)
            if width > tile_width(level, index, old_size):
                yield Tile(level, index, width)


def hash_tile(node: NodeReader, tile: Tile) -> bytes:
    """The bytes of a hash tile, from stored complete subtrees."""
    if tile.level == ENTRIES:
        raise TILE_PATH()
    first = tile.index * TILE_WIDTH
    level = tile.level * TILE_HEIGHT
    return b"".join(node(level, first + at) for at in range(tile.width))


def parse_hash_tile(tile: Tile, data: bytes) -> list[bytes]:
    """The hashes of a tile; TILE_LENGTH unless there are exactly as many as its width."""
    if len(data) != tile.width * HASH_BYTES:
        raise TILE_LENGTH()
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def require_entry(entry: bytes) -> None:
    """ENTRY_TOO_LONG where the entry could not stand in a bundle: check before appending."""
    if len(entry) > ENTRY_BYTES_MAX:
        raise ENTRY_TOO_LONG()


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """The bytes of a bundle: each entry behind its length, 16 bits big-endian."""
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise BUNDLE_MALFORMED()
    for entry in entries:
        require_entry(entry)
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def parse_entry_bundle(tile: Tile, data: bytes) -> list[bytes]:
    """The entries of a bundle; BUNDLE_MALFORMED unless there are exactly as many as its width."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < tile.width:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != len(data) or len(entries) != tile.width:
        raise BUNDLE_MALFORMED()
    return entries


def node_reader(read: Callable[[Tile], bytes], size: int) -> NodeReader:
    """Reads nodes of a tree of `size` entries from its hash tiles, wherever they come from.

    What it reads is believed only once the proof made of it verifies against a signed root.
    TILE_OUTSIDE for a node that the tree has not completed.
    """

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        first, count = index << height, 1 << height
        tile_index, offset = divmod(first, TILE_WIDTH)
        width = tile_width(tile_level, tile_index, size)
        if offset + count > width:
            raise TILE_OUTSIDE()
        tile = Tile(tile_level, tile_index, width)
        hashes = parse_hash_tile(tile, read(tile))[offset : offset + count]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [node_hash(left, right) for left, right in pairs]
        return hashes[0]

    return node
