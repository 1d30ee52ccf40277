"""A cut is collected in bounded pieces: nothing waits, nothing is taken twice or left out."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select

from hanse.foundation.money import MINOR_DIGITS
from hanse.foundation.store import open_engine
from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import intercity_account
from hanse.mechanisms.ledger import Account, Transfer, derived_id
from hanse.services.finance.clearing import collecting
from hanse.services.finance.clearing.tables import carried, cuts, lines, pairs
from tests.clearing.towns import BOOK, HOUSE, SECOND, THIRD, League, make_league

CITIES = (HOUSE, SECOND, THIRD)
PIECES_MAX = 400


@pytest.fixture
def league(fresh_store: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[League]:
    """Three cities with funds, whose pieces are of three rows and pages of two lines."""
    monkeypatch.setattr(collecting, "ROWS_PER_PIECE", 3)
    monkeypatch.setattr(collecting, "ROWS_PER_STEP", 1)
    monkeypatch.setattr(collecting, "LINES_PER_DIGEST", 2)
    made = make_league(fresh_store)
    for city in CITIES:
        made.fund(city, 100_000)
    yield made
    assert made.errors() == []
    assert made.audits() == []
    made.close()


def collect(league: League, *silent: str) -> None:
    """Let every city's clock work until all is collected, and carry what they say."""
    for _ in range(PIECES_MAX):
        done = sum(league.due(city) for city in CITIES if city not in silent)
        if not done:
            league.rest(*silent)
            return
    raise AssertionError("it is never collected")


def cycle(league: League, name: str, *silent: str) -> dict[str, int]:
    """A whole cycle; gives the net positions of the cities."""
    league.done("clearing.open", {"cycle": name})
    league.rest(*silent)
    collect(league, *silent)
    return nets(league, name)


def nets(league: League, name: str) -> dict[str, int]:
    found = league.cycle(name)["result"]
    return {one["party"]: one["net_fen"] for one in found["cities"]} if found else {}


def owe_some(league: League, seed: int, count: int) -> dict[str, int]:
    """Debts between random cities, some references more than once; gives the net positions."""
    chance, expected = random.Random(seed), dict.fromkeys(CITIES, 0)
    for number in range(count):
        debtor, creditor = chance.sample(CITIES, 2)
        amount = chance.randrange(1, 1_000)
        league.owes(debtor, creditor, amount, f"{seed}-{number:03}")
        expected[debtor] -= amount
        expected[creditor] += amount
    return {city: net for city, net in sorted(expected.items()) if net}


@pytest.mark.parametrize("seed", range(3))
def test_a_cut_in_pieces_comes_to_what_was_owed(league: League, seed: int) -> None:
    expected = owe_some(league, seed, 25)
    assert cycle(league, "day-1") == expected
    found = league.cycle("day-1")
    assert (found["state"], found["result"]["differences"]) == ("settled", [])
    for city in CITIES:
        for other in set(CITIES) - {city}:
            assert league.position(city, other) == 0
    assert cycle(league, "day-2") == {}, "and nothing of it is in the next cycle"


def test_transfers_between_two_pieces_are_in_the_next_cycle(league: League) -> None:
    first = owe_some(league, 1, 20)
    league.done("clearing.open", {"cycle": "day-1"})
    league.rest()
    second = owe_some(league, 2, 4)
    for city in CITIES:
        assert league.due(city) == 1, "there is more to collect"
    third = owe_some(league, 3, 4)
    collect(league)
    assert nets(league, "day-1") == first
    both = {city: second.get(city, 0) + third.get(city, 0) for city in CITIES}
    assert cycle(league, "day-2") == {city: net for city, net in both.items() if net}


def test_a_city_that_dies_at_every_piece_takes_each_line_once(league: League) -> None:
    class DiedError(Exception):
        pass

    expected = owe_some(league, 4, 20)
    league.done("clearing.open", {"cycle": "day-1"})
    league.rest()
    for _ in range(PIECES_MAX):
        done = 0
        for city in CITIES:
            town = league.towns[city]
            with suppress(DiedError), committing(town.engine) as transaction:
                made = collecting.under_way(transaction)
                if made is not None:
                    collecting.piece(transaction, made.number, city)
                raise DiedError
            done += league.due(city)
        if not done:
            break
    league.rest()
    assert nets(league, "day-1") == expected
    assert league.cycle("day-1")["state"] == "settled"


def test_a_pair_that_is_carried_whole_is_taken_in_pieces(league: League) -> None:
    for number in range(11):
        league.owes(SECOND, HOUSE, 9_100, f"a{number:02}")
    assert cycle(league, "day-1") == {}, "100,100 are more than the funds"
    league.owes(SECOND, HOUSE, 7, "new")
    league.fund(SECOND, 1_000, "2")
    assert cycle(league, "day-2") == {HOUSE: 100_107, SECOND: -100_107}
    assert (league.position(HOUSE, SECOND), league.position(SECOND, HOUSE)) == (0, 0)
    for city in (HOUSE, SECOND):
        taken = league.towns[city].rows(select(pairs).where(pairs.c.cut == 1))
        assert [(one.carry, one.taken_by) for one in taken] == [(False, 2)]
    assert cycle(league, "day-3") == {}


def test_a_city_that_is_still_collecting_when_the_cycle_settles_carries_everything(
    league: League,
) -> None:
    expected = owe_some(league, 5, 20)
    league.done("clearing.open", {"cycle": "day-1"})
    league.rest()
    collect(league, THIRD)
    league.clock.advance(minutes=31)
    league.due()
    league.rest()
    assert league.cycle("day-1")["state"] == "settled"
    with reading(league.towns[THIRD].engine) as transaction:
        assert collecting.under_way(transaction) is not None, "the slow city is at it still"
    league.done("clearing.open", {"cycle": "day-2"})
    league.rest()
    collect(league)
    assert league.cycle("day-2")["state"] == "settled"
    one, two = nets(league, "day-1"), nets(league, "day-2")
    both = {city: one.get(city, 0) + two.get(city, 0) for city in CITIES}
    assert {city: net for city, net in both.items() if net} == expected
    assert THIRD not in one
    for city in CITIES:
        for other in set(CITIES) - {city}:
            assert league.position(city, other) == 0


def test_what_was_booked_and_booked_back_is_no_line(league: League) -> None:
    for number in range(5):
        league.owes(SECOND, HOUSE, 70, f"r{number}", at=HOUSE)
    account = intercity_account("bank", SECOND, "bank")
    with committing(league.towns[HOUSE].engine) as transaction:
        back = [
            Transfer(derived_id("back", n), "rest", account, 70, 1, reference=f"r{n}")
            for n in map(str, range(5))
        ]
        ledger.require(ledger.transfer(transaction, back, league.clock.now))
    assert cycle(league, "day-1") == {}
    assert league.cycle("day-1")["result"]["pairs"] == []
    assert league.position(HOUSE, SECOND) == 0


def test_a_debt_in_another_currency_is_not_mixed_in(
    league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MINOR_DIGITS, "USD", 2)
    account, rest = intercity_account("abroad", SECOND, "bank"), "rest-usd"
    with committing(league.towns[HOUSE].engine) as transaction:
        opened = [Account(account, BOOK.book, 1, "USD"), Account(rest, BOOK.book, 2, "USD")]
        ledger.open_accounts(transaction, opened, league.clock.now)
        one = Transfer(derived_id("usd"), account, rest, 900, 1, reference="usd")
        ledger.require(ledger.transfer(transaction, [one], league.clock.now))
    league.owes(HOUSE, SECOND, 20, "cny")
    assert cycle(league, "day-1") == {HOUSE: -20, SECOND: 20}
    assert league.cycle("day-1")["result"]["differences"] == []


def test_two_processes_of_a_node_collect_no_piece_at_once(
    league: League, fresh_store: Callable[[str], str]
) -> None:
    owe_some(league, 6, 20)
    league.done("clearing.open", {"cycle": "day-1"})
    engine = league.towns[HOUSE].engine
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer anyway")
    with committing(engine) as here:
        assert collecting.under_way(here) is not None
        other = open_engine(engine.url.render_as_string(hide_password=False))
        with committing(other) as there:
            assert collecting.under_way(there) is None
        other.dispose()
    league.rest()
    collect(league)
    assert league.cycle("day-1")["state"] == "settled"


def test_every_line_of_a_cut_comes_from_its_range_or_an_earlier_cycle(league: League) -> None:
    owe_some(league, 7, 12)
    league.owes(HOUSE, SECOND, 3, "one-sided", at=HOUSE)
    cycle(league, "day-1")
    cycle(league, "day-2")
    town = league.towns[HOUSE]
    assert [one.stage for one in town.rows(select(cuts))] == ["done", "done"]
    assert [one.taken_by for one in town.rows(select(carried))] == ["day-2"]
    second = town.rows(select(lines).where(lines.c.cut == 2))
    assert [(one.reference, one.amount_fen) for one in second] == [("one-sided", -3)]
