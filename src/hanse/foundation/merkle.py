"""Merkle trees of RFC 9162 section 2.1 over SHA-256: roots, proofs, and a frontier that grows.

Three views of one tree, so that each caller pays only for what it needs:

- a list of leaf hashes in memory (the messages of one delivery): `root`, `inclusion_path`;
- a `Frontier` (a growing log): O(log n) hashes in memory, every append in O(1) amortised;
- a `NodeReader` over stored nodes (a log of any size): a proof in O(log n) reads.

A node is named (level, index): the root of the complete subtree over the 2**level leaves that
start at leaf index * 2**level. Right-edge subtrees that are not complete are never stored; they
are folded from complete ones when a proof needs them.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.languages import Text

HASH_BYTES: Final = 32
SIZE_MAX: Final = 2**63 - 1
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of the tree without leaves (RFC 9162 section 2.1.1)."""

NODE_OUTSIDE_TREE = ProblemKind(
    "merkle_outside_tree",
    404,
    Text("所求位置不在默克尔树内", "The position lies outside the Merkle tree"),
    Text("请使用不超过树大小的序号", "Ask for an index below, or a size up to, the tree's size"),
    Text("位置 {position} 超出大小为 {size} 的树", "Position {position} is outside size {size}"),
)
HASH_LENGTH = ProblemKind(
    "merkle_hash_length",
    400,
    Text("杂凑值必须为 32 字节", "A hash has 32 bytes"),
    Text("请传入 SHA-256 杂凑值", "Give SHA-256 hashes"),
)
FRONTIER_MALFORMED = ProblemKind(
    "merkle_frontier_malformed",
    500,
    Text("存储的树前沿已损坏", "The stored frontier of the tree is damaged"),
    Text("请由已存条目重新计算", "Compute it again from the stored entries"),
)

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, index)."""

_sha256 = hashlib.sha256


@dataclass(frozen=True, slots=True)
class Node:
    """The root of one complete subtree."""

    level: int
    index: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry: SHA-256(0x00 || data)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of RFC 9162 section 2.1.1; EMPTY_ROOT without leaves."""
    if not leaf_hashes:
        return EMPTY_ROOT
    _require_hashes(leaf_hashes)
    level = leaf_hashes
    while len(level) > 1:
        level = _parents(level)
    return level[0]


def inclusion_paths(leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The inclusion path of every leaf, in the leaves' order, for one pass of hashing."""
    _require_hashes(leaf_hashes)
    levels = _levels(leaf_hashes)
    return [_path_through(levels, index) for index in range(len(leaf_hashes))]


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from the leaf to the root (RFC 9162 section 2.1.3.1)."""
    _require_position(index, len(leaf_hashes), 0 <= index < len(leaf_hashes))
    _require_hashes(leaf_hashes)
    return _path_through(_levels(leaf_hashes), index)


def consistency_path(leaf_hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """The proof that the tree extends its own first `old_size` leaves (RFC 9162, 2.1.4.1).

    Empty where there is nothing to prove: from size zero, or to the same size.
    """
    size = len(leaf_hashes)
    _require_position(old_size, size, 0 <= old_size <= size)
    return [root(leaf_hashes[low:high]) for low, high in _consistency_ranges(old_size, size)]


def stored_root(node: NodeReader, size: int) -> bytes:
    """The root of the first `size` leaves, from stored complete subtrees."""
    _require_position(size, SIZE_MAX, 0 <= size <= SIZE_MAX)
    return _range_hash(node, 0, size) if size else EMPTY_ROOT


def stored_inclusion_path(node: NodeReader, index: int, size: int) -> list[bytes]:
    """`inclusion_path` in a tree of `size` leaves, at most 2 * log2(size) reads."""
    _require_position(index, size, 0 <= index < size <= SIZE_MAX)
    return [_range_hash(node, low, high) for low, high in _inclusion_ranges(index, size)]


def stored_consistency_path(node: NodeReader, old_size: int, size: int) -> list[bytes]:
    """`consistency_path` between two sizes, at most 3 * log2(size) reads."""
    _require_position(old_size, size, 0 <= old_size <= size <= SIZE_MAX)
    return [_range_hash(node, low, high) for low, high in _consistency_ranges(old_size, size)]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> bool:
    """Whether the leaf hash stands at `index` under this root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes((leaf, root_hash, *path)):
        return False
    position, last = index, size - 1
    value = leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            skip = _trailing_zeros(position)
            position, last = position >> skip, last >> skip
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and value == root_hash


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the new tree extends the old one (RFC 9162 section 2.1.4.2).

    The RFC leaves out two cases in which there is nothing to prove. Here the empty tree, with
    its own root, is extended by every tree, and a tree extends itself; both take an empty path.
    """
    if not 0 <= old_size <= new_size or not _are_hashes((old_root, new_root, *path)):
        return False
    if new_size == 0 and new_root != EMPTY_ROOT:
        return False
    if old_size in (0, new_size):
        return not path and old_root == (EMPTY_ROOT if old_size == 0 else new_root)
    if not path:
        return False
    return _folds_to_both_roots(old_size, old_root, new_size, new_root, path)


def _folds_to_both_roots(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    # The largest complete subtree that ends at old_size belongs to both trees: the two folds
    # start from it. When it is the whole old tree, its hash is the old root and is not sent.
    skip = _trailing_zeros(old_size)
    position, last = (old_size - 1) >> skip, (new_size - 1) >> skip
    start, rest = (old_root, path) if position == 0 else (path[0], path[1:])
    old_value = new_value = start
    for sibling in rest:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_value = node_hash(sibling, old_value)
            new_value = node_hash(sibling, new_value)
            skip = _trailing_zeros(position)
            position, last = position >> skip, last >> skip
        else:
            new_value = node_hash(new_value, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_value == old_root and new_value == new_root


@dataclass
class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, the largest first.

    `size` counts the leaves; there is one hash for every bit set in it. A frontier is changed
    in place: when the transaction that appended is rolled back, parse the stored one again.
    """

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not 0 <= self.size <= SIZE_MAX or len(self.hashes) != self.size.bit_count():
            raise FRONTIER_MALFORMED()
        _require_hashes(self.hashes)

    def append(self, leaf: bytes) -> list[Node]:
        """Add one leaf hash; gives the nodes it completed, the leaf itself first."""
        _require_hashes((leaf,))
        _require_position(self.size, SIZE_MAX, self.size < SIZE_MAX)
        index, level, value = self.size, 0, leaf
        completed = [Node(0, index, leaf)]
        while index & 1:
            value = node_hash(self.hashes.pop(), value)
            index, level = index >> 1, level + 1
            completed.append(Node(level, index, value))
        self.hashes.append(value)
        self.size += 1
        return completed

    def extend(self, leaves: Iterable[bytes]) -> list[Node]:
        """Add leaf hashes in order; gives all the nodes they completed, for the store."""
        return [node for leaf in leaves for node in self.append(leaf)]

    def root(self) -> bytes:
        """The root of the tree at its present size."""
        if not self.hashes:
            return EMPTY_ROOT
        value = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            value = node_hash(left, value)
        return value

    def copy(self) -> "Frontier":
        """A frontier that grows apart from this one."""
        return Frontier(self.size, list(self.hashes))

    def serialise(self) -> bytes:
        """The stored form: the size as 8 bytes big-endian, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def parse(cls, data: bytes) -> "Frontier":
        """The frontier of `serialise`; FRONTIER_MALFORMED for anything else."""
        if len(data) < 8 or (len(data) - 8) % HASH_BYTES:
            raise FRONTIER_MALFORMED()
        hashes = [data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES)]
        return cls(int.from_bytes(data[:8], "big"), hashes)


def _parents(level: Sequence[bytes]) -> list[bytes]:
    # A last node without a twin moves up unchanged. This gives the tree of the RFC, which is
    # defined from the top: a split at the largest power of two leaves only the right edge odd.
    pairs = zip(level[::2], level[1::2], strict=False)
    parents = [_sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) & 1:
        parents.append(level[-1])
    return parents


def _levels(leaf_hashes: Sequence[bytes]) -> list[Sequence[bytes]]:
    levels = [leaf_hashes]
    while len(levels[-1]) > 1:
        levels.append(_parents(levels[-1]))
    return levels


def _path_through(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    path = []
    for level in levels[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        index >>= 1
    return path


def _inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    # The leaf ranges whose hashes make the path, from the leaf to the root.
    ranges = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def _consistency_ranges(old_size: int, size: int) -> list[tuple[int, int]]:
    # The leaf ranges of the proof, in its order. The first range is the complete subtree that
    # ends at old_size, which is left out when it is the whole old tree.
    if old_size in (0, size):
        return []
    ranges = []
    low, high = 0, size
    while high != old_size:
        middle = low + _split(high - low)
        if old_size <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:
        ranges.append((low, high))
    return ranges[::-1]


def _range_hash(node: NodeReader, low: int, high: int) -> bytes:
    # `low` is a multiple of the largest power of two up to the range's length, as in every
    # range that splitting at such powers can give.
    parts = [node(level, index) for level, index in _complete_subtrees(low, high)]
    value = parts.pop()
    while parts:
        value = node_hash(parts.pop(), value)
    return value


def _complete_subtrees(low: int, high: int) -> Iterator[tuple[int, int]]:
    while low < high:
        level = (high - low).bit_length() - 1
        yield level, low >> level
        low += 1 << level


def _split(length: int) -> int:
    return 1 << ((length - 1).bit_length() - 1)


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1 if number else 0


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)


def _require_hashes(values: Iterable[bytes]) -> None:
    if not _are_hashes(values):
        raise HASH_LENGTH()


def _require_position(position: int, size: int, inside: bool) -> None:
    if not inside:
        raise NODE_OUTSIDE_TREE(position=position, size=size)
