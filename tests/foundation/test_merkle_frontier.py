"""The frontier of a growing tree: the same roots as the whole tree, in O(log n) hashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.merkle import (
    EMPTY_ROOT,
    SIZE_MAX,
    Frontier,
    Node,
    leaf_hash,
    node_hash,
    root,
    stored_consistency_path,
    stored_inclusion_path,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(str(index).encode()) for index in range(300)]
A, B, C, D = LEAVES[:4]


def test_roots_equal_those_of_the_whole_tree_for_all_sizes_to_300() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(LEAVES, start=1):
        frontier.append(leaf)
        assert frontier.size == size
        assert len(frontier.hashes) == size.bit_count()
        assert frontier.root() == root(LEAVES[:size])


def test_an_append_gives_the_nodes_that_it_completed() -> None:
    frontier = Frontier()
    assert frontier.append(A) == [Node(0, 0, A)]
    assert frontier.append(B) == [Node(0, 1, B), Node(1, 0, node_hash(A, B))]
    assert frontier.append(C) == [Node(0, 2, C)]
    assert frontier.append(D) == [
        Node(0, 3, D),
        Node(1, 1, node_hash(C, D)),
        Node(2, 0, node_hash(node_hash(A, B), node_hash(C, D))),
    ]


@given(st.integers(0, 120), st.integers(0, 120))
def test_every_complete_node_is_given_once(first: int, second: int) -> None:
    frontier = Frontier()
    nodes = frontier.extend(LEAVES[:first]) + frontier.extend(LEAVES[first : first + second])
    size = first + second
    places = [(node.level, node.index) for node in nodes]
    assert len(set(places)) == len(places)
    assert set(places) == {(level, index) for level in range(9) for index in range(size >> level)}
    for node in nodes:
        start = node.index << node.level
        assert node.hash == root(LEAVES[start : start + (1 << node.level)])


@given(st.integers(0, 200), st.integers(0, 90))
def test_a_stored_frontier_goes_on_where_it_stopped(size: int, more: int) -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:size])
    again = Frontier.parse(frontier.serialise())
    assert again == frontier
    again.extend(LEAVES[size : size + more])
    assert again.root() == root(LEAVES[: size + more])


def test_a_copy_grows_apart() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:3])
    other = frontier.copy()
    other.append(D)
    assert frontier.root() == root(LEAVES[:3])
    assert other.root() == root(LEAVES[:4])


@given(st.binary(max_size=80))
def test_what_is_not_a_stored_frontier_is_refused(data: bytes) -> None:
    count = int.from_bytes(data[:8], "big").bit_count()
    if len(data) == 8 + 32 * count and len(data) >= 8 and data[0] < 128:
        assert Frontier.parse(data).serialise() == data
        return
    with pytest.raises(Problem) as refused:
        Frontier.parse(data)
    assert refused.value.code == "merkle_frontier_malformed"


@pytest.mark.parametrize(
    ("size", "hashes"), [(1, []), (0, [A]), (3, [A]), (-1, [A]), (SIZE_MAX + 1, [A])]
)
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, hashes: list[bytes]) -> None:
    with pytest.raises(Problem) as refused:
        Frontier(size, hashes)
    assert refused.value.code == "merkle_frontier_malformed"


def test_a_refused_append_changes_nothing() -> None:
    frontier = Frontier()
    frontier.extend(LEAVES[:3])
    with pytest.raises(Problem) as refused:
        frontier.append(b"not a hash")
    assert refused.value.code == "merkle_hash_length"
    assert frontier.serialise() == Frontier(3, [node_hash(A, B), C]).serialise()


def test_a_full_tree_takes_no_more() -> None:
    frontier = Frontier(SIZE_MAX, [A] * 63)
    with pytest.raises(Problem) as refused:
        frontier.append(B)
    assert refused.value.code == "merkle_outside_tree"
    assert frontier.size == SIZE_MAX
    assert frontier.hashes == [A] * 63


def test_a_log_of_a_thousand_entries_proves_itself_from_its_stored_nodes() -> None:
    leaves = [leaf_hash(f"entry {index}".encode()) for index in range(1000)]
    frontier = Frontier()
    nodes: dict[tuple[int, int], bytes] = {}
    roots = {0: EMPTY_ROOT}
    for leaf in leaves:
        nodes |= {(node.level, node.index): node.hash for node in frontier.append(leaf)}
        roots[frontier.size] = frontier.root()

    def read(level: int, index: int) -> bytes:
        return nodes[level, index]

    for index in range(0, 1000, 37):
        path = stored_inclusion_path(read, index, 1000)
        assert verify_inclusion(leaves[index], index, 1000, path, roots[1000])
    for old in range(0, 1001, 41):
        path = stored_consistency_path(read, old, 1000)
        assert verify_consistency(old, roots[old], 1000, roots[1000], path)
