"""What a cycle leaves out is in a later one: pairs nobody told the house of, cities taken out."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms.league import store as league_store
from hanse.mechanisms.league.charter_proposals import next_version
from tests.clearing.towns import HOUSE, SECOND, SETTLEMENT, THIRD, League, make_league
from tests.exchange.cities import carry, signed_by


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


def open_(league: League, name: str, *silent: str, house: str = HOUSE) -> None:
    league.done("clearing.open", {"cycle": name}, house)
    league.rest(*silent)


def nets(league: League, name: str, city: str = HOUSE) -> dict[str, int]:
    result = league.cycle(name, city)["result"]
    return {one["party"]: one["net_fen"] for one in result["cities"]}


def test_a_pair_of_two_silent_cities_is_in_the_next_cycle(league: League) -> None:
    league.owes(SECOND, THIRD, 60, "b")
    open_(league, "day-1", SECOND, THIRD)
    league.clock.advance(minutes=31)
    assert league.due() == 1
    league.rest()
    assert league.cycle("day-1")["state"] == "settled"
    assert league.cycle("day-1")["result"]["pairs"] == []
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -60, THIRD: 60}
    assert (league.position(SECOND, THIRD), league.position(THIRD, SECOND)) == (0, 0)


def test_what_only_a_silent_city_knows_is_in_the_next_cycle(league: League) -> None:
    league.owes(SECOND, THIRD, 60, "b", at=THIRD)
    open_(league, "day-1", THIRD)
    league.clock.advance(minutes=31)
    assert league.due() == 1
    league.rest()
    open_(league, "day-2")
    (difference,) = league.cycle("day-2")["result"]["differences"]
    assert difference["kind"] == "one_sided"
    assert (difference["first_fen"], difference["second_fen"]) == (None, -60)
    league.owes(SECOND, THIRD, 60, "b", at=SECOND)
    open_(league, "day-3")
    assert nets(league, "day-3") == {SECOND: -60, THIRD: 60}


def test_a_city_that_was_taken_out_stays_out_of_later_versions(league: League) -> None:
    league.owes(SECOND, HOUSE, 500, "a")
    league.owes(THIRD, HOUSE, 70, "b")
    league.owes(SECOND, THIRD, 9, "c")
    open_(league, "day-1", SECOND, THIRD)
    for city in (SECOND, THIRD):  # both submit, then neither gives its word
        carry(league.towns[HOUSE], league.towns[city])
        carry(league.towns[city], league.towns[HOUSE])
    out = {"cycle": "day-1", "city": SECOND, "reason": "disputed"}
    league.done("clearing.unwind", out)
    assert nets(league, "day-1") == {HOUSE: 70, THIRD: -70}
    league.done("clearing.unwind", out | {"city": THIRD})
    assert nets(league, "day-1") == {}
    league.rest()
    assert league.cycle("day-1")["state"] == "settled"
    open_(league, "day-2")
    assert nets(league, "day-2") == {HOUSE: 570, SECOND: -509, THIRD: -61}


def move_house(league: League, to: str) -> None:
    """A change of the charter, signed by all, names another house; every city takes it."""
    towns = list(league.towns.values())
    with reading(towns[0].engine) as transaction:
        held = league_store.current_charter(transaction)
    assert held is not None
    league.clock.advance(minutes=1)
    settlement: dict[str, Any] = SETTLEMENT | {"clearing_house": to}
    changed = next_version(
        held.document, issued_at=league.clock.now - timedelta(seconds=1), settlement=settlement
    )
    data = signed_by(changed, towns).to_bytes()
    for town in towns:
        with committing(town.engine) as transaction:
            league_store.accept_charters(
                transaction, [data], held.document.digest, league.clock.now
            )


def test_the_house_moves_between_two_cycles_by_a_change_of_the_charter(league: League) -> None:
    league.owes(HOUSE, SECOND, 100, "a")
    open_(league, "day-1")
    league.owes(HOUSE, THIRD, 30, "b")
    move_house(league, THIRD)
    assert league.call("clearing.open", {"cycle": "x"}).data["code"] == "clearing_not_the_house"
    league.fund(HOUSE, 1_000, "moved", house=THIRD)
    open_(league, "day-2", house=THIRD)
    for city in (HOUSE, SECOND, THIRD):
        assert league.cycle("day-2", city)["state"] == "settled"
    assert nets(league, "day-2") == {HOUSE: -30, THIRD: 30}
    assert (league.funds(HOUSE, THIRD), league.funds(THIRD, THIRD)) == (970, 30)
    assert league.position(HOUSE, THIRD) == 0
    out = {"city": SECOND, "amount_fen": 100_100, "number": "left", "pays_out": True}
    assert league.done("clearing.fund", out)["available_fen"] == 0, "the old house pays out"
    refused = league.call("clearing.fund", out | {"pays_out": False, "number": "in"})
    assert refused.data["code"] == "clearing_not_the_house", "and takes nothing in"
    never = league.call("clearing.fund", out, SECOND)
    assert never.data["code"] == "clearing_not_the_house"


def test_a_house_finishes_the_cycle_that_it_cut_before_the_charter_changed(
    league: League,
) -> None:
    league.owes(HOUSE, SECOND, 100, "a")
    league.owes(HOUSE, THIRD, 30, "b")
    open_(league, "day-1", SECOND)
    carry(league.towns[HOUSE], league.towns[SECOND])  # it has cut and waits to submit
    move_house(league, THIRD)
    league.rest()
    for city in (HOUSE, SECOND, THIRD):
        assert league.cycle("day-1", city)["state"] == "settled"
    assert nets(league, "day-1") == {HOUSE: -130, SECOND: 100, THIRD: 30}
    league.fund(SECOND, 0, "none", house=THIRD)
    open_(league, "day-2", house=THIRD)
    assert nets(league, "day-2", SECOND) == {}


def deliver(league: League, receiver: str, operation: str) -> None:
    """Carry one stream of the house to a city before all others."""
    house, town = league.towns[HOUSE], league.towns[receiver]
    waiting = [one for one in house.waiting(receiver) if one.operation == operation]
    sealed = house.seal(receiver, waiting)
    house.settle(waiting, sealed, town.take(sealed))


def test_a_settlement_that_comes_before_its_cut_leaves_nothing_behind(league: League) -> None:
    league.owes(SECOND, THIRD, 60, "b")
    open_(league, "day-1", THIRD)
    league.clock.advance(minutes=31)
    assert league.due() == 1
    league.rest(THIRD)
    assert league.cycle("day-1")["state"] == "settled"
    for operation in ("clearing.settled", "clearing.result", "clearing.cut"):
        deliver(league, THIRD, operation)
    league.rest()
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -60, THIRD: 60}
    assert (league.position(SECOND, THIRD), league.position(THIRD, SECOND)) == (0, 0)


@pytest.mark.parametrize("lost", [("clearing.settled",), ("clearing.result", "clearing.settled")])
def test_the_next_cut_repeats_a_settlement_whose_word_was_lost(
    league: League, lost: tuple[str, ...]
) -> None:
    """An event that a city refused, such as under a suspended agreement, never comes again."""
    league.owes(SECOND, THIRD, 60, "b")
    topics = league.towns[SECOND].exchange.registry.topics
    kept = {name: vars(topics[name])["handler"] for name in lost}
    for name in lost:
        vars(topics[name])["handler"] = lambda *given: None
    try:
        open_(league, "day-1")
        league.clock.advance(minutes=31)
        league.due()
        league.rest()
    finally:
        for name, handler in kept.items():
            vars(topics[name])["handler"] = handler
    assert league.cycle("day-1")["state"] == "settled"
    assert league.position(SECOND, THIRD) == -60
    open_(league, "day-2")
    assert league.cycle("day-2")["state"] == "settled"
    assert (league.position(SECOND, THIRD), league.position(THIRD, SECOND)) == (0, 0)
