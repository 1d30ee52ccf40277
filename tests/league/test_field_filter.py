"""What a grant's paths let through, and that nothing else ever is."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.league.leagues import UNHURRIED

from hanse.mechanisms.league.fields import PATHS_MAX, FieldFilter, steps_of

ANSWER: dict[str, Any] = {
    "status": "found",
    "holder": {"name": "n", "address": {"street": "s", "town": "t"}},
    "records": [
        {"decision_number": "1", "note": None, "articles": [{"law": "a", "fine_fen": 1}]},
        {"decision_number": "2", "note": "x", "articles": []},
    ],
    "tags": ["a", "b"],
    "table": [[{"x": 1, "y": 2}], []],
    "count": 2,
}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("*",), ANSWER),
        (("status",), {"status": "found"}),
        (("count", "status"), {"status": "found", "count": 2}),
        (("holder.name",), {"holder": {"name": "n"}}),
        (("holder",), {"holder": ANSWER["holder"]}),
        (
            ("holder.address", "holder.address.street"),
            {"holder": {"address": {"street": "s", "town": "t"}}},
        ),
        (
            ("holder.address.street", "holder.address"),
            {"holder": {"address": {"street": "s", "town": "t"}}},
        ),
        (
            ("records[].decision_number",),
            {"records": [{"decision_number": "1"}, {"decision_number": "2"}]},
        ),
        (("records[].note",), {"records": [{"note": None}, {"note": "x"}]}),
        (
            ("records[].articles[].law",),
            {"records": [{"articles": [{"law": "a"}]}, {"articles": []}]},
        ),
        (("records[].unknown",), {"records": [{}, {}]}),
        (("records[]",), {"records": ANSWER["records"]}),
        (("records",), {"records": ANSWER["records"]}),
        (("tags[]",), {"tags": ["a", "b"]}),
        (("table[][].x",), {"table": [[{"x": 1}], []]}),
        (("unknown", "holder.unknown.deep"), {"holder": {}}),
    ],
)
def test_what_paths_name_is_let_through(paths: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert FieldFilter(paths).apply(ANSWER) == expected


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("status.code", {}),
        ("status[]", {}),
        ("records.decision_number", {}),
        ("holder[].name", {}),
        ("holder[]", {}),
        ("tags[].name", {"tags": []}),
        ("count[].x", {}),
        ("records[].note.text", {"records": [{}, {}]}),
        ("table[].x", {"table": []}),
    ],
)
def test_a_value_of_another_shape_stays_behind(path: str, left: dict[str, Any]) -> None:
    """An answer that is not built as the path says is not guessed at."""
    assert FieldFilter((path,)).apply(ANSWER) == left


def test_a_name_with_a_dot_is_no_path() -> None:
    data = {"a.b": 1, "a": {"b": 2, "c": 3}, "[]": 4, "*": 5}
    assert FieldFilter(("a.b",)).apply(data) == {"a": {"b": 2}}
    assert FieldFilter(("a[]",)).apply({"a": {"[]": 1}}) == {}
    assert FieldFilter(("a[]", "a.b")).apply({"a": {"[]": 1, "b": 2}}) == {"a": {"b": 2}}


def test_what_a_later_version_adds_stays_behind() -> None:
    newer = ANSWER | {"phone": "1"}
    assert "phone" not in FieldFilter(("status", "holder")).apply(newer)


def test_the_order_of_fields_and_items_stays() -> None:
    kept = FieldFilter(("count", "records[].decision_number", "status")).apply(ANSWER)
    assert list(kept) == ["status", "records", "count"]


def test_the_data_given_is_not_changed() -> None:
    before = repr(ANSWER)
    FieldFilter(("records[].articles[].law", "holder.name")).apply(ANSWER)
    assert repr(ANSWER) == before


@pytest.mark.parametrize(
    "path",
    [
        "",
        "*x",
        ".",
        "a.",
        ".a",
        "a..b",
        "a[",
        "a]",
        "a[0]",
        "a[].",
        "[]",
        "[].a",
        "a.[]",
        "a[]b",
        "a.*",
        "a b",
        "a\n",
        "1a",
        "é",
        "a" * 201,
        ".".join("a" * 17),
        "a" + "[]" * 16,
    ],
)
def test_a_malformed_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        FieldFilter(("status", path))


def test_limits() -> None:
    assert len(steps_of(".".join("a" * 16))) == 16
    assert FieldFilter(tuple(f"f{number}" for number in range(PATHS_MAX)))
    with pytest.raises(ValueError, match="at most"):
        FieldFilter(tuple(f"f{number}" for number in range(PATHS_MAX + 1)))
    with pytest.raises(ValueError, match="alone"):
        FieldFilter(("*", "status"))


def test_no_paths_let_nothing_through() -> None:
    assert FieldFilter(()).apply(ANSWER) == {}
    assert not FieldFilter(()).lets_all_through
    assert FieldFilter(("*",)).lets_all_through


def test_covers() -> None:
    assert FieldFilter(("*",)).covers(ANSWER)
    assert FieldFilter(tuple(ANSWER)).covers(ANSWER)
    assert not FieldFilter(tuple(ANSWER)[1:]).covers(ANSWER)
    assert FieldFilter(("records[].note",)).covers({"records": [{"note": 1}, {}]})
    assert not FieldFilter(("records[].note",)).covers({"records": [{"note": 1, "more": {}}]})
    assert FieldFilter(()).covers({})


MODEL = ("status", "holder.name", "holder.address.street", "records[].note", "tags[]")


def test_missing_says_what_of_a_model_is_held_back() -> None:
    assert FieldFilter(("*",)).missing(MODEL) == ()
    assert FieldFilter(("status", "records", "holder.address")).missing(MODEL) == (
        "holder.name",
        "tags[]",
    )
    assert FieldFilter(("records[].note.text", "tags[]")).missing(MODEL) == MODEL[:4]
    assert FieldFilter(()).missing(MODEL) == MODEL


def test_unknown_says_what_names_nothing() -> None:
    good = ("status", "holder", "holder.address", "records[]", "records[].note", "tags")
    assert FieldFilter(good).unknown(MODEL) == ()
    wrong = ("statu", "holder.nam", "records.note", "records[].note2")
    assert FieldFilter((*good, *wrong)).unknown(MODEL) == wrong
    assert FieldFilter(("*",)).unknown(MODEL) == ()


# Nothing outside the paths, ever

NAMES = st.sampled_from(["a", "b", "c"])
STEPS = st.lists(st.tuples(NAMES, st.integers(0, 2)), min_size=1, max_size=4)
PATHS = STEPS.map(lambda steps: ".".join(name + "[]" * lists for name, lists in steps))
FILTERS = st.lists(PATHS, max_size=5).map(lambda paths: FieldFilter(tuple(paths)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=15,
)
DATA = st.dictionaries(NAMES, VALUES, max_size=3)


def leaves(value: Any, steps: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value with the steps that lead to it; an empty object or list is a leaf too."""
    if isinstance(value, dict) and value:
        for name, child in value.items():
            yield from leaves(child, (*steps, name))
    elif isinstance(value, list) and value:
        for child in value:
            yield from leaves(child, (*steps, "[]"))
    else:
        yield steps, value


def granted(steps: tuple[str, ...], paths: tuple[str, ...]) -> bool:
    return any(steps[: len(one)] == one for one in map(steps_of, paths))


def on_the_way(steps: tuple[str, ...], paths: tuple[str, ...]) -> bool:
    return any(one[: len(steps)] == steps for one in map(steps_of, paths))


@UNHURRIED
@given(FILTERS, DATA)
def test_nothing_outside_the_paths_is_ever_let_through(
    chosen: FieldFilter, data: dict[str, Any]
) -> None:
    """Beside granted values there are only empty shells of objects and lists on the way to some."""
    for steps, value in leaves(chosen.apply(data)):
        shell = value in ({}, []) and (not steps or on_the_way(steps, chosen.paths))
        assert granted(steps, chosen.paths) or shell


@UNHURRIED
@given(FILTERS, DATA)
def test_all_that_the_paths_name_is_let_through(chosen: FieldFilter, data: dict[str, Any]) -> None:
    expected = [leaf for leaf in leaves(data) if granted(leaf[0], chosen.paths)]
    kept = [leaf for leaf in leaves(chosen.apply(data)) if granted(leaf[0], chosen.paths)]
    assert repr(kept) == repr(expected)


@UNHURRIED
@given(FILTERS, DATA)
def test_applied_twice_is_applied_once(chosen: FieldFilter, data: dict[str, Any]) -> None:
    once = chosen.apply(data)
    assert repr(chosen.apply(once)) == repr(once)
    assert chosen.covers(once)
    assert chosen.covers(data) == (repr(once) == repr(data))


@UNHURRIED
@given(st.lists(PATHS, max_size=5), st.randoms(use_true_random=False), DATA)
def test_the_order_of_paths_does_not_matter(paths: list[str], shuffler: Any, data: Any) -> None:
    shuffled = [*paths, *paths[:1]]
    shuffler.shuffle(shuffled)
    one, other = FieldFilter(tuple(paths)), FieldFilter(tuple(shuffled))
    assert repr(one.apply(data)) == repr(other.apply(data))
