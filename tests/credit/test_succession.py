"""Whose records a successor answers for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.identifiers import make_uscc
from hanse.services.market.credit.contracts import SuccessionLink
from hanse.services.market.credit.succession import PREDECESSORS_MAX, answers_for

CODES = [make_uscc(number) for number in range(PREDECESSORS_MAX + 2)]
SINCE = date(2026, 5, 10)


def link(predecessor: int, successor: int, since: date = SINCE) -> SuccessionLink:
    return SuccessionLink(predecessor=CODES[predecessor], successor=CODES[successor], since=since)


def codes(*numbers: int) -> frozenset[str]:
    return frozenset(CODES[number] for number in numbers)


def test_without_a_link_a_code_answers_for_itself() -> None:
    assert answers_for(CODES[0], [], SINCE) == codes(0)


def test_a_merger_inherits_from_all_and_a_division_gives_to_all() -> None:
    links = [link(0, 2), link(1, 2), link(2, 3), link(2, 4)]
    assert answers_for(CODES[2], links, SINCE) == codes(0, 1, 2)
    assert answers_for(CODES[3], links, SINCE) == codes(0, 1, 2, 3)
    assert answers_for(CODES[4], links, SINCE) == codes(0, 1, 2, 4)
    assert answers_for(CODES[0], links, SINCE) == codes(0), "nothing flows back"


def test_a_link_counts_from_its_day() -> None:
    later = [link(0, 1, date(2026, 5, 11))]
    assert answers_for(CODES[1], later, SINCE) == codes(1)
    assert answers_for(CODES[1], later, date(2026, 5, 11)) == codes(0, 1)


def test_links_in_a_circle_do_no_harm() -> None:
    assert answers_for(CODES[0], [link(0, 1), link(1, 0), link(0, 0)], SINCE) == codes(0, 1)


def test_a_long_chain_is_followed_up_to_its_limit_and_refused_past_it() -> None:
    chain = [link(number, number + 1) for number in range(PREDECESSORS_MAX + 1)]
    assert len(answers_for(CODES[PREDECESSORS_MAX], chain, SINCE)) == PREDECESSORS_MAX + 1
    with pytest.raises(Problem) as refused:
        answers_for(CODES[PREDECESSORS_MAX + 1], chain, SINCE)
    assert refused.value.code == "credit_succession_too_long"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_what_is_inherited_is_inherited_whole_whatever_the_order(
    pairs: list[tuple[int, int]],
) -> None:
    links = [link(one, other) for one, other in pairs]
    for one, other in pairs:
        behind = answers_for(CODES[other], links, SINCE)
        assert answers_for(CODES[one], links, SINCE) <= behind
        assert answers_for(CODES[other], links[::-1], SINCE) == behind
