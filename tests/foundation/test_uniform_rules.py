"""Rules that cities promised to apply alike: their digest, and every difference by its place."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.uniform_rules import Editions, Matter, RuleBook, Words, differences

WORDS = Words(zh="试验", en="trial")


def matter(code: str = "one", **changes: Any) -> Matter:
    values = {"code": code, "title": WORDS, "papers": ("a", "b"), "decide_working_days": 3,
              "basis": "试验法", **changes}  # fmt: skip
    return Matter.model_validate(values)


def book(*matters: Matter, **changes: Any) -> RuleBook:
    values = {"name": "trial", "version": 1, "effective_from": date(2026, 1, 1),
              "matters": matters or (matter(),), **changes}  # fmt: skip
    return RuleBook.model_validate(values)


def test_the_same_rules_have_the_same_digest_and_no_differences() -> None:
    assert book().digest == book().digest
    assert differences(book(), book()) == ()


@pytest.mark.parametrize(
    ("other", "places"),
    [
        (book(matter(papers=("a", "b", "c"))), ["matters.one.papers"]),
        (book(matter(papers=("b", "a"))), ["matters.one.papers"]),
        (book(matter(decide_working_days=4)), ["matters.one.decide_working_days"]),
        (book(matter(title=Words(zh="试", en="trial"))), ["matters.one.title.zh"]),
        (book(matter(), matter("two")), ["matters.two"]),
        (book(version=2), ["version"]),
    ],
    ids=range(6),
)
def test_every_difference_is_named(other: RuleBook, places: list[str]) -> None:
    assert other.digest != book().digest
    assert [one.partition(": ")[0] for one in differences(book(), other)] == places


def test_the_order_of_matters_is_a_difference_too() -> None:
    one, other = book(matter("a"), matter("b")), book(matter("b"), matter("a"))
    assert one.digest != other.digest
    assert differences(one, other) == ("matters: another order",)


@given(
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
)
def test_books_differ_exactly_where_their_digests_do(ours: list[int], theirs: list[int]) -> None:
    one, other = (
        book(*(matter(code, decide_working_days=of[place]) for place, code in enumerate("abc")))
        for of in (ours, theirs)
    )
    assert (one.digest == other.digest) == (differences(one, other) == ())


def test_the_version_of_the_day_is_chosen() -> None:
    first, second = book(), book(version=2, effective_from=date(2027, 1, 1))
    editions = Editions((first, second))
    assert editions.on(date(2026, 12, 31)) is first
    assert editions.on(date(2027, 1, 1)) is second
    with pytest.raises(Problem) as refused:
        editions.on(date(2025, 12, 31))
    assert refused.value.code == "uniform_rules_unknown_on_day"


@pytest.mark.parametrize(
    "books",
    [(), (book(version=2),), (book(), book(version=3, effective_from=date(2027, 1, 1))),
     (book(), book(version=2, effective_from=date(2025, 1, 1)))],
    ids=range(4),
)  # fmt: skip
def test_versions_that_are_out_of_order_are_a_mistake(books: tuple[RuleBook, ...]) -> None:
    with pytest.raises(ValueError, match="versions count"):
        Editions(books)
