"""Roots of RFC 9162 section 2.1.1, against the definition written out."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import EMPTY_ROOT, leaf_hash, node_hash, root

LEAVES = [leaf_hash(str(index).encode()) for index in range(300)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """The recursive definition, word for word: a split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def test_leaf_and_node_hashes_are_prefixed() -> None:
    assert leaf_hash(b"ab") == hashlib.sha256(b"\x00ab").digest()
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_roots_equal_the_definition_for_all_sizes_to_300() -> None:
    for size in range(301):
        assert root(LEAVES[:size]) == defined_root(LEAVES[:size])


@given(st.lists(st.binary(max_size=40), max_size=70))
def test_roots_equal_the_definition_for_any_entries(entries: list[bytes]) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    assert root(leaves) == defined_root(leaves)
    assert root(tuple(leaves)) == defined_root(leaves)


@given(st.integers(1, 60), st.data())
def test_a_root_depends_on_every_leaf_and_on_their_order(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    index = data.draw(st.integers(0, size - 1))
    changed = [*leaves]
    changed[index] = leaf_hash(b"another entry")
    assert root(changed) != root(leaves)
    assert root(leaves[:-1]) != root(leaves)
    if size > 1:
        assert root(leaves[::-1]) != root(leaves)


def test_the_leaves_are_not_changed() -> None:
    leaves = LEAVES[:7]
    root(leaves)
    assert leaves == LEAVES[:7]


@pytest.mark.parametrize("wrong", [b"", b"\0" * 31, b"\0" * 33])
def test_a_leaf_that_is_no_hash_is_refused(wrong: bytes) -> None:
    with pytest.raises(Problem) as refused:
        root([LEAVES[0], wrong])
    assert refused.value.code == "merkle_hash_length"
