"""A clearing cycle from the cut to the settlement, and everything that may go wrong on the way."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from hanse.mechanisms.exchange.message import Kind
from hanse.services.finance.clearing.tables import cuts
from tests.clearing.towns import HOUSE, SECOND, THIRD, League, make_league


@pytest.fixture
def league(fresh_store: Callable[[str], str]) -> Iterator[League]:
    """Three cities with 1,000 yuan of funds each."""
    made = make_league(fresh_store)
    for city in (HOUSE, SECOND, THIRD):
        made.fund(city, 100_000)
    yield made
    assert made.errors() == []
    assert made.audits() == []
    made.close()


def open_(league: League, name: str, *silent: str) -> None:
    league.done("clearing.open", {"cycle": name})
    league.rest(*silent)


def nets(league: League, name: str) -> dict[str, int]:
    result = league.cycle(name)["result"]
    return {one["party"]: one["net_fen"] for one in result["cities"]}


def test_a_cycle_nets_all_pairs_and_ends_settled(league: League) -> None:
    league.owes(HOUSE, SECOND, 5_000, "a")
    league.owes(SECOND, THIRD, 3_000, "b")
    league.owes(THIRD, HOUSE, 1_000, "c")
    league.owes(HOUSE, SECOND, 500, "d")
    open_(league, "day-1")
    assert league.cycle("day-1")["state"] == "settled"
    assert nets(league, "day-1") == {HOUSE: -4_500, SECOND: 2_500, THIRD: 2_000}
    assert [league.funds(city) for city in (HOUSE, SECOND, THIRD)] == [95_500, 102_500, 102_000]
    for one in (HOUSE, SECOND, THIRD):
        assert league.cycle("day-1", one)["state"] == "settled"
        for other in {HOUSE, SECOND, THIRD} - {one}:
            assert league.position(one, other) == 0


def test_every_transfer_is_in_exactly_one_cycle(league: League) -> None:
    league.owes(HOUSE, SECOND, 100, "a")
    open_(league, "day-1")
    league.owes(HOUSE, SECOND, 200, "b")
    league.owes(SECOND, HOUSE, 50, "c")
    open_(league, "day-2")
    open_(league, "day-3")
    assert nets(league, "day-1") == {HOUSE: -100, SECOND: 100}
    assert nets(league, "day-2") == {HOUSE: -150, SECOND: 150}
    assert nets(league, "day-3") == {}
    for town in league.towns.values():
        spans = [
            (row.after_sequence, row.up_to_sequence)
            for row in town.rows(select(cuts).order_by(cuts.c.number))
        ]
        assert [after for after, _ in spans] == [0, *(up_to for _, up_to in spans[:-1])]


def test_a_difference_is_named_and_carried_and_settles_when_it_is_mended(league: League) -> None:
    league.owes(HOUSE, SECOND, 700, "good")
    league.owes(HOUSE, SECOND, 40, "late", at=HOUSE)
    open_(league, "day-1")
    first = league.cycle("day-1")
    (difference,) = first["result"]["differences"]
    assert (difference["kind"], difference["reference"]) == ("missing", "late")
    assert (difference["first_fen"], difference["second_fen"]) == (-40, None)
    assert (first["state"], nets(league, "day-1")) == ("settled", {HOUSE: -700, SECOND: 700})
    league.owes(HOUSE, SECOND, 40, "late", at=SECOND)
    open_(league, "day-2")
    assert league.cycle("day-2")["result"]["differences"] == []
    assert nets(league, "day-2") == {HOUSE: -40, SECOND: 40}
    assert (league.position(HOUSE, SECOND), league.position(SECOND, HOUSE)) == (0, 0)


def test_an_amount_that_differs_is_named_with_both_sides(league: League) -> None:
    league.owes(SECOND, THIRD, 300, "x", at=SECOND)
    league.owes(SECOND, THIRD, 301, "x", at=THIRD)
    league.owes(SECOND, THIRD, 10, "y")
    open_(league, "day-1")
    (difference,) = league.cycle("day-1")["result"]["differences"]
    assert difference["kind"] == "amount_differs"
    assert (difference["first_fen"], difference["second_fen"]) == (-300, -301)
    assert nets(league, "day-1") == {SECOND: -10, THIRD: 10}


def test_a_pair_that_only_one_city_knows_waits(league: League) -> None:
    league.owes(SECOND, THIRD, 300, "x", at=THIRD)
    open_(league, "day-1")
    cycle = league.cycle("day-1")
    assert [one["kind"] for one in cycle["result"]["differences"]] == ["one_sided"]
    assert (cycle["state"], league.position(THIRD, SECOND)) == ("settled", 300)
    league.owes(SECOND, THIRD, 300, "x", at=SECOND)
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -300, THIRD: 300}


def test_a_silent_city_holds_nobody_up_and_is_in_the_next_cycle(league: League) -> None:
    league.owes(HOUSE, SECOND, 100, "a")
    league.owes(SECOND, THIRD, 60, "b")
    open_(league, "day-1", THIRD)
    assert league.cycle("day-1")["state"] == "cut"
    assert league.due() == 0
    league.clock.advance(minutes=31)
    assert league.due() == 1
    league.rest(THIRD)
    cycle = league.cycle("day-1")
    assert cycle["state"] == "settled"
    assert cycle["submitted"] == [HOUSE, SECOND]
    assert [one["kind"] for one in cycle["result"]["differences"]] == ["not_submitted"]
    assert THIRD in cycle["notes"][0]
    league.rest()
    assert league.cycle("day-1", THIRD)["state"] == "settled"
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -60, THIRD: 60}


def test_what_funds_do_not_cover_waits_in_order_and_settles_later(league: League) -> None:
    league.owes(SECOND, HOUSE, 90_000, "a")
    league.owes(SECOND, THIRD, 20_000, "b")
    open_(league, "day-1")
    pairs = {one["state"] for one in league.cycle("day-1")["result"]["pairs"]}
    assert pairs == {"settles", "waits"}
    assert nets(league, "day-1") == {HOUSE: 90_000, SECOND: -90_000}
    league.fund(SECOND, 15_000, "2")
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -20_000, THIRD: 20_000}


def test_funds_that_leave_between_netting_and_settling_are_waited_for(league: League) -> None:
    league.owes(SECOND, HOUSE, 90_000, "a")
    open_(league, "day-1", SECOND)
    league.clock.advance(minutes=1)
    out = {"city": SECOND, "amount_fen": 50_000, "pays_out": True, "number": "out"}
    house, second = league.towns[HOUSE], league.towns[SECOND]
    from tests.exchange.cities import carry

    carry(house, second)
    carry(second, house)
    carry(house, second)
    league.done("clearing.fund", out)
    carry(second, house)
    league.rest()
    assert league.cycle("day-1")["state"] == "short"
    assert league.funds(HOUSE) == 100_000
    league.fund(SECOND, 40_000, "in")
    league.rest()
    assert league.cycle("day-1")["state"] == "settled"
    assert (league.funds(HOUSE), league.funds(SECOND)) == (190_000, 0)


def test_funds_that_never_come_unwind_the_short_city(league: League) -> None:
    league.owes(SECOND, HOUSE, 90_000, "a")
    league.owes(THIRD, HOUSE, 1_000, "b")
    open_(league, "day-1", SECOND)
    from tests.exchange.cities import carry

    house, second = league.towns[HOUSE], league.towns[SECOND]
    carry(house, second)
    carry(second, house)
    carry(house, second)
    out = {"city": SECOND, "amount_fen": 50_000, "pays_out": True, "number": "out"}
    league.done("clearing.fund", out)
    carry(second, house)
    league.rest()
    assert league.cycle("day-1")["state"] == "short"
    league.clock.advance(minutes=61)
    assert league.due() == 1
    league.rest()
    cycle = league.cycle("day-1")
    assert (cycle["state"], cycle["result"]["version"]) == ("settled", 2)
    assert nets(league, "day-1") == {HOUSE: 1_000, THIRD: -1_000}
    assert league.position(HOUSE, SECOND) == 90_000
    league.fund(SECOND, 60_000, "in")
    open_(league, "day-2")
    assert nets(league, "day-2") == {HOUSE: 90_000, SECOND: -90_000}


def test_messages_that_come_twice_settle_nothing_twice(league: League) -> None:
    from tests.exchange.cities import carry

    league.owes(HOUSE, SECOND, 100, "a")
    league.done("clearing.open", {"cycle": "day-1"})
    for _ in range(6):
        for sender in league.towns.values():
            for receiver in league.towns.values():
                if sender is not receiver:
                    carry(sender, receiver, lose_answer=True)
                    carry(sender, receiver)
    league.rest()
    assert league.cycle("day-1")["state"] == "settled"
    assert (league.funds(HOUSE), league.funds(SECOND)) == (99_900, 100_100)
    assert league.position(SECOND, HOUSE) == 0


def test_the_house_is_who_the_charter_names_and_no_other(league: League) -> None:
    for operation, data in (
        ("clearing.open", {"cycle": "x"}),
        ("clearing.fund", {"city": SECOND, "amount_fen": 1, "number": "n"}),
        ("clearing.unwind", {"cycle": "x", "city": SECOND, "reason": "r"}),
    ):
        refused = league.call(operation, data, SECOND)
        assert (refused.kind, refused.data["code"]) == (Kind.REFUSAL, "clearing_not_the_house")
    assert league.due(SECOND) == 0


@pytest.mark.parametrize(
    ("operation", "data", "code"),
    [
        ("clearing.open", {"cycle": "day-1"}, "clearing_cycle_exists"),
        ("clearing.open", {"cycle": "day 1"}, "data_invalid"),
        ("clearing.open", {"cycle": ""}, "data_invalid"),
        (
            "clearing.unwind",
            {"cycle": "day-1", "city": SECOND, "reason": "late"},
            "clearing_cycle_final",
        ),
        (
            "clearing.unwind",
            {"cycle": "none", "city": SECOND, "reason": "late"},
            "clearing_cycle_unknown",
        ),
        ("clearing.cycle", {"cycle": "none"}, "clearing_cycle_unknown"),
        ("clearing.fund", {"city": SECOND, "amount_fen": -1, "number": "n"}, "data_invalid"),
        (
            "clearing.fund",
            {"city": SECOND, "amount_fen": 100_001, "number": "n", "pays_out": True},
            "ledger_exceeds_credits",
        ),
        (
            "clearing.fund",
            {"city": SECOND, "amount_fen": 1, "number": "1"},
            "ledger_exists_with_different_amount",
        ),
    ],
)
def test_what_the_house_refuses_changes_nothing(
    league: League, operation: str, data: dict[str, object], code: str
) -> None:
    open_(league, "day-1")
    before = (league.cycle("day-1"), league.funds(SECOND))
    refused = league.call(operation, data)
    assert (refused.kind, refused.data["code"]) == (Kind.REFUSAL, code)
    assert (league.cycle("day-1"), league.funds(SECOND)) == before


def test_a_second_cycle_waits_for_the_first(league: League) -> None:
    open_(league, "day-1", THIRD)
    refused = league.call("clearing.open", {"cycle": "day-2"})
    assert refused.data["code"] == "clearing_cycle_open"
    league.rest()
    open_(league, "day-2")
    assert league.cycle("day-2")["state"] == "settled"
