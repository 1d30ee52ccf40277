"""Inclusion and consistency proofs of RFC 9162 sections 2.1.3 and 2.1.4."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    inclusion_paths,
    leaf_hash,
    root,
    stored_consistency_path,
    stored_inclusion_path,
    stored_root,
    verify_consistency,
    verify_inclusion,
)

SIZE = 300
LEAVES = [leaf_hash(str(index).encode()) for index in range(SIZE)]
ROOTS = [root(LEAVES[:size]) for size in range(SIZE + 1)]
NODES = {(node.level, node.index): node.hash for node in Frontier().extend(LEAVES)}


def node(level: int, index: int) -> bytes:
    return NODES[level, index]


def split(length: int) -> int:
    power = 1
    while power * 2 < length:
        power *= 2
    return power


def defined_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 9162 section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*defined_path(index, leaves[:k]), root(leaves[k:])]
    return [*defined_path(index - k, leaves[k:]), root(leaves[:k])]


def defined_subproof(old: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 9162 section 2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return [*defined_subproof(old, leaves[:k], whole), root(leaves[k:])]
    return [*defined_subproof(old - k, leaves[k:], False), root(leaves[:k])]


def flipped(data: bytes, bit: int) -> bytes:
    at = bit // 8
    return data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]


def test_inclusion_paths_equal_the_definition_and_verify_for_all_sizes_to_130() -> None:
    for size in range(1, 131):
        paths = inclusion_paths(LEAVES[:size])
        for index in range(size):
            assert paths[index] == defined_path(index, LEAVES[:size])
            assert paths[index] == stored_inclusion_path(node, index, size)
            assert verify_inclusion(LEAVES[index], index, size, paths[index], ROOTS[size])


def test_consistency_paths_equal_the_definition_and_verify_for_all_sizes_to_90() -> None:
    for size in range(1, 91):
        for old in range(1, size + 1):
            path = consistency_path(LEAVES[:size], old)
            assert path == defined_subproof(old, LEAVES[:size], True)
            assert path == stored_consistency_path(node, old, size)
            assert verify_consistency(old, ROOTS[old], size, ROOTS[size], path)


@given(st.integers(1, SIZE), st.data())
def test_every_leaf_of_any_tree_to_300_is_proved(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(LEAVES[:size], index)
    assert path == defined_path(index, LEAVES[:size]) == stored_inclusion_path(node, index, size)
    assert verify_inclusion(LEAVES[index], index, size, path, ROOTS[size])


@given(st.integers(1, SIZE), st.data())
def test_any_tree_to_300_extends_any_earlier_one(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    path = consistency_path(LEAVES[:size], old)
    assert path == defined_subproof(old, LEAVES[:size], True)
    assert path == stored_consistency_path(node, old, size)
    assert verify_consistency(old, ROOTS[old], size, ROOTS[size], path)


@given(st.integers(2, 70), st.data())
def test_any_flipped_bit_of_an_inclusion_proof_is_rejected(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(LEAVES[:size], index)
    parts = [LEAVES[index], ROOTS[size], *path]
    at = data.draw(st.integers(0, len(parts) - 1))
    parts[at] = flipped(parts[at], data.draw(st.integers(0, 255)))
    leaf, root_hash, *changed = parts
    assert not verify_inclusion(leaf, index, size, changed, root_hash)


@given(st.integers(2, 70), st.data())
def test_any_flipped_bit_of_a_consistency_proof_is_rejected(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    parts = [ROOTS[old], ROOTS[size], *consistency_path(LEAVES[:size], old)]
    at = data.draw(st.integers(0, len(parts) - 1))
    parts[at] = flipped(parts[at], data.draw(st.integers(0, 255)))
    old_root, new_root, *changed = parts
    assert not verify_consistency(old, old_root, size, new_root, changed)


@given(st.integers(2, 70), st.data())
def test_a_path_of_another_length_or_order_is_rejected(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    included = inclusion_path(LEAVES[:size], index)
    extended = consistency_path(LEAVES[:size], old)
    for wrong in (included[:-1], [*included, LEAVES[0]], [LEAVES[0], *included]):
        assert not verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])
    for wrong in (extended[:-1], [*extended, LEAVES[0]], [LEAVES[0], *extended], []):
        assert not verify_consistency(old, ROOTS[old], size, ROOTS[size], wrong)


@given(st.integers(2, 70), st.data())
def test_another_index_is_rejected(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    wrong = data.draw(st.integers(-1, size).filter(lambda other: other != index))
    path = inclusion_path(LEAVES[:size], index)
    assert not verify_inclusion(LEAVES[index], wrong, size, path, ROOTS[size])


def test_hashes_of_a_wrong_length_are_rejected_without_an_error() -> None:
    path = inclusion_path(LEAVES[:3], 0)
    assert not verify_inclusion(LEAVES[0][:31], 0, 3, path, ROOTS[3])
    assert not verify_inclusion(LEAVES[0], 0, 3, path, b"")
    assert not verify_inclusion(LEAVES[0], 0, 3, [path[0], path[1] + b"\0"], ROOTS[3])
    assert not verify_consistency(1, ROOTS[1], 3, ROOTS[3][:4], path)
    assert not verify_consistency(2, b"same", 2, b"same", [])


def test_the_empty_tree_is_extended_by_every_tree_and_by_nothing_else() -> None:
    assert consistency_path(LEAVES[:5], 0) == []
    assert verify_consistency(0, EMPTY_ROOT, 5, ROOTS[5], [])
    assert verify_consistency(0, EMPTY_ROOT, 0, EMPTY_ROOT, [])
    assert not verify_consistency(0, ROOTS[1], 5, ROOTS[5], [])
    assert not verify_consistency(0, EMPTY_ROOT, 5, ROOTS[5], [LEAVES[0]])
    assert not verify_consistency(0, EMPTY_ROOT, 0, ROOTS[5], [])


def test_a_tree_extends_itself_with_an_empty_path_only() -> None:
    assert verify_consistency(5, ROOTS[5], 5, ROOTS[5], [])
    assert not verify_consistency(5, ROOTS[5], 5, ROOTS[4], [])
    assert not verify_consistency(5, ROOTS[5], 5, ROOTS[5], [ROOTS[5]])


def test_no_tree_extends_a_larger_one() -> None:
    assert not verify_consistency(3, ROOTS[3], 2, ROOTS[2], [LEAVES[2]])
    assert not verify_consistency(-1, EMPTY_ROOT, 2, ROOTS[2], [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3), (9, 3)])
def test_a_proof_of_what_is_not_in_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(Problem) as refused:
        inclusion_path(LEAVES[:size], index)
    assert refused.value.code == "merkle_outside_tree"
    with pytest.raises(Problem) as refused:
        stored_inclusion_path(node, index, size)
    assert refused.value.code == "merkle_outside_tree"


@pytest.mark.parametrize("old", [-1, 4])
def test_a_consistency_proof_from_outside_the_tree_is_refused(old: int) -> None:
    with pytest.raises(Problem) as refused:
        consistency_path(LEAVES[:3], old)
    assert refused.value.code == "merkle_outside_tree"
    with pytest.raises(Problem) as refused:
        stored_consistency_path(node, old, 3)
    assert refused.value.code == "merkle_outside_tree"


def test_paths_over_what_is_no_hash_are_refused() -> None:
    for ask in (
        lambda: inclusion_path([LEAVES[0], b"short"], 0),
        lambda: inclusion_paths([LEAVES[0], b"short"]),
        lambda: consistency_path([LEAVES[0], b"short"], 1),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.code == "merkle_hash_length"


def test_stored_roots_equal_roots_for_all_sizes_to_300() -> None:
    assert [stored_root(node, size) for size in range(SIZE + 1)] == ROOTS
    with pytest.raises(Problem) as refused:
        stored_root(node, -1)
    assert refused.value.code == "merkle_outside_tree"


@given(st.integers(1, 2**40), st.data())
def test_proofs_of_a_stored_tree_read_few_and_only_completed_nodes(
    size: int, data: st.DataObject
) -> None:
    reads: list[tuple[int, int]] = []

    def counted(level: int, index: int) -> bytes:
        assert (index + 1) << level <= size
        reads.append((level, index))
        return leaf_hash(f"{level}/{index}".encode())

    stored_inclusion_path(counted, data.draw(st.integers(0, size - 1)), size)
    assert len(reads) <= 2 * size.bit_length()
    reads.clear()
    stored_consistency_path(counted, data.draw(st.integers(1, size)), size)
    assert len(reads) <= 3 * size.bit_length()
