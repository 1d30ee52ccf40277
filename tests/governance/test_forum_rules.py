"""The rotation is computed alike everywhere; editions, programmes and papers are in order."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.services.governance.forum import rotation, rules
from hanse.services.governance.forum.contracts import Edition, Paper, SwapStatement

EIGHT = ("510100", "510600", "510700", "510900", "511100", "511400", "511800", "512000")
A, B, C = EIGHT[:3]
STARTS = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)


def edition(**changes: Any) -> Edition:
    words = {"zh": "生成", "en": "Generated"}
    return Edition.model_validate(
        {
            "number": 1,
            "version": 1,
            "host": A,
            "title": words,
            "theme": words,
            "place": words,
            "starts_at": STARTS,
            "ends_at": STARTS + timedelta(days=2),
            "call": {
                "opens_at": STARTS - timedelta(days=20),
                "closes_at": STARTS - timedelta(days=10),
                "topics": [{"code": "roads", "title": words}],
            },
            **changes,
        }
    )


def session(number: int, hour: int, room: str = "一", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "title": {"zh": "场", "en": "Session"},
        "room": {"zh": room, "en": room},
        "starts_at": STARTS + timedelta(hours=hour),
        "ends_at": STARTS + timedelta(hours=hour + 1),
        **changes,
    }


def code_of(check: Any, *arguments: Any) -> str | None:
    try:
        check(*arguments)
    except Problem as problem:
        return problem.code
    return None


def test_eight_cities_host_in_the_charters_order_and_again() -> None:
    turns = rotation.turns(EIGHT, {}, 17)
    assert [turns[number] for number in range(1, 18)] == [*EIGHT, *EIGHT, EIGHT[0]]


def test_a_city_that_joins_comes_next_and_one_that_leaves_is_passed_over() -> None:
    published = {1: A, 2: B}
    assert rotation.turns((A, B, C, "512000"), published, 4)[3] == C
    assert rotation.turns((B, "512000"), published, 4) == {1: A, 2: B, 3: "512000", 4: B}


@given(st.integers(1, 12), st.integers(1, 60))
def test_among_the_same_members_any_round_has_each_city_once(count: int, last: int) -> None:
    members = [f"51{number:02}00" for number in range(10, 10 + count)]
    turns = rotation.turns(members, {}, last)
    for first in range(1, last - count + 2):
        assert {turns[number] for number in range(first, first + count)} == set(members)


@given(st.lists(st.sampled_from(EIGHT), max_size=12), st.sampled_from([EIGHT, EIGHT[1:6]]))
def test_no_change_of_members_changes_a_turn_that_was_published(
    held: list[str], members: tuple[str, ...]
) -> None:
    published = dict(enumerate(held, 1))
    turns = rotation.turns(members, published, len(held) + 8)
    assert all(turns[number] == city for number, city in published.items())
    assert all(turns[number] in members for number in turns if number not in published)


def swap(one: int, other: int, turns: dict[int, str]) -> SwapStatement:
    return SwapStatement(edition=one, other=other, host=turns[one], other_host=turns[other])


@given(st.lists(st.tuples(st.integers(1, 16), st.integers(1, 16)), max_size=8), st.randoms())
def test_swaps_change_who_hosts_which_edition_but_never_how_often(
    pairs: list[tuple[int, int]], chance: Any
) -> None:
    turns = rotation.turns(EIGHT, {}, 16)
    swaps = [
        swap(min(pair), max(pair), turns) for pair in pairs if turns[pair[0]] != turns[pair[1]]
    ]
    said = [(city, one) for one in swaps for city in (one.host, one.other_host)]
    agreed = rotation.agreed(said)
    hosts = rotation.hosts(turns, agreed)
    assert Counter(hosts.values()) == Counter(turns.values())
    for one in agreed:
        assert (hosts[one.edition], hosts[one.other]) == (one.other_host, one.host)
    chance.shuffle(said)
    assert rotation.agreed(said) == agreed, "the order of arrival does not matter"


def test_a_swap_counts_only_when_both_have_stated_it() -> None:
    turns = rotation.turns(EIGHT, {}, 8)
    one = swap(1, 2, turns)
    assert rotation.agreed([(A, one), (A, one)]) == []
    assert rotation.agreed([(A, one), (B, one)]) == [one]
    assert rotation.agreed([(A, one), (C, one)]) == []


def test_a_swap_of_other_turns_than_there_are_does_not_count() -> None:
    turns = rotation.turns(EIGHT, {}, 8)
    stale = SwapStatement(edition=1, other=2, host=B, other_host=A)
    assert rotation.hosts(turns, [stale]) == turns


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"host": B}, "forum_not_host"),
        ({"version": 2}, "forum_version_wrong"),
        ({"number": 2}, "forum_times_wrong"),
        ({"ends_at": STARTS}, "forum_times_wrong"),
        ({"ends_at": STARTS + timedelta(days=8)}, "forum_times_wrong"),
        ({"starts_at": datetime(2026, 12, 31, 15, 59, tzinfo=UTC),
          "ends_at": datetime(2027, 1, 1, tzinfo=UTC)}, None),
        ({"starts_at": datetime(2026, 12, 31, 16, 0, tzinfo=UTC),
          "ends_at": datetime(2027, 1, 1, tzinfo=UTC)}, "forum_times_wrong"),
        ({"call": None}, None),
        ({"call": {"opens_at": STARTS, "closes_at": STARTS + timedelta(days=1),
                   "topics": [{"code": "x", "title": {"zh": "题", "en": "t"}}]}},
         "forum_times_wrong"),
        ({"sessions": [session(1, 0), session(2, 1)]}, None),
        ({"sessions": [session(1, 0), session(2, 0, "二")]}, None),
        ({"sessions": [session(1, 0), session(2, 0)]}, "forum_programme_wrong"),
        ({"sessions": [session(2, 0)]}, "forum_programme_wrong"),
        ({"sessions": [session(1, 48)]}, "forum_programme_wrong"),
        ({"sessions": [session(1, 0, ends_at=STARTS)]}, "forum_programme_wrong"),
    ],
)  # fmt: skip
def test_an_edition_is_held_in_its_year_with_a_programme_that_fits(
    changes: dict[str, Any], code: str | None
) -> None:
    """The year is that of the cities' own day: 2026 ends at 16:00 UTC."""
    found = code_of(rules.check_edition, edition(**changes), None, A, rules.DEFAULTS)
    assert found == code


def test_a_cancelled_edition_is_over() -> None:
    held = edition(status="cancelled")
    following = edition(version=2)
    assert code_of(rules.check_edition, following, held, A, rules.DEFAULTS) == "forum_cancelled"


def test_only_accepted_papers_are_in_the_programme_each_once() -> None:
    one = edition(sessions=[session(1, 0, papers=[f"{A}-1"]), session(2, 1, papers=[f"{B}-1"])])
    assert code_of(rules.check_papers, one, {f"{A}-1", f"{B}-1"}) is None
    assert code_of(rules.check_papers, one, {f"{A}-1"}) == "forum_paper_not_accepted"
    twice = edition(sessions=[session(1, 0, papers=[f"{A}-1"]), session(2, 1, papers=[f"{A}-1"])])
    assert code_of(rules.check_papers, twice, {f"{A}-1"}) == "forum_paper_not_accepted"


@pytest.mark.parametrize(
    ("hours", "code"),
    [(-1, "forum_call_closed"), (0, None), (239.99, None), (240, "forum_call_closed")],
)
def test_a_call_is_open_from_its_first_instant_until_its_last(
    hours: float, code: str | None
) -> None:
    one = edition()
    assert one.call is not None
    paper = Paper.model_validate(
        {
            "id": f"{B}-1",
            "edition": 1,
            "topic": "roads",
            "title": {"zh": "文", "en": "Paper"},
            "organisation": "planning",
            "abstract": "生成",
        }
    )
    now = one.call.opens_at + timedelta(hours=hours)
    assert code_of(rules.check_submission, paper, one, B, now) == code
    if code is None:
        other = paper.model_copy(update={"topic": "rivers"})
        assert code_of(rules.check_submission, other, one, B, now) == "forum_topic_unknown"
        assert code_of(rules.check_submission, paper, one, A, now) == "forum_paper_id_wrong"
        over = edition(status="cancelled")
        assert code_of(rules.check_submission, paper, over, B, now) == "forum_cancelled"
        without = edition(call=None)
        assert code_of(rules.check_submission, paper, without, B, now) == "forum_call_closed"
