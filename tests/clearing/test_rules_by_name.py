"""Each rule by which a pair is left out of a cycle: its name stands in the result, and the next
cycle has the pair. Caps and means of settlement; what a failed settlement leads to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from hanse.mechanisms.exchange.message import Kind, read_line
from hanse.mechanisms.exchange.tables import messages_out
from tests.clearing.towns import HOUSE, SECOND, THIRD, League, make_league
from tests.exchange.cities import Town, carry

CITIES = (HOUSE, SECOND, THIRD)
Make = Callable[..., League]


@pytest.fixture
def make(fresh_store: Callable[[str], str]) -> Iterator[Make]:
    """Makes three cities with 1,000 yuan of funds each, under what the charter sets besides."""
    made: list[League] = []

    def league(**settlement: Any) -> League:
        made.append(make_league(fresh_store, **settlement))
        for city in CITIES:
            made[0].fund(city, 100_000)
        return made[0]

    yield league
    for one in made:
        assert one.errors() == []
        assert one.audits() == []
        one.close()


def open_(league: League, name: str, *silent: str) -> None:
    league.done("clearing.open", {"cycle": name})
    league.rest(*silent)


def nets(league: League, name: str) -> dict[str, int]:
    result = league.cycle(name)["result"]
    return {one["party"]: one["net_fen"] for one in result["cities"]}


def rules(league: League, name: str) -> dict[tuple[str, str], tuple[str, str | None]]:
    """By pair of cities: what became of it, and by which rule."""
    return {
        (one["first"][:6], one["second"][:6]): (one["state"], one["rule"])
        for one in league.cycle(name)["result"]["pairs"]
    }


def submit_only(league: League, city: str) -> None:
    """A city cuts and submits, and is silent from then on."""
    carry(league.towns[HOUSE], league.towns[city])
    carry(league.towns[city], league.towns[HOUSE])


def test_rule_net_debit_cap_holds_a_debt_beyond_the_charters_cap_though_funds_would_do(
    make: Make,
) -> None:
    league = make(net_debit_caps={SECOND: 50_000}, city_net_debit_cap_fen=99_999)
    league.owes(SECOND, HOUSE, 50_000, "within")
    league.owes(SECOND, THIRD, 1, "beyond")
    league.owes(THIRD, HOUSE, 99_999, "another-cap")
    open_(league, "day-1")
    assert rules(league, "day-1") == {
        (HOUSE, SECOND): ("settles", None),
        (SECOND, THIRD): ("waits", "net_debit_cap"),
        (HOUSE, THIRD): ("settles", None),
    }
    league.owes(HOUSE, SECOND, 1, "inflow")
    open_(league, "day-2")
    assert nets(league, "day-2") == {HOUSE: -1, SECOND: 0, THIRD: 1}


def test_rule_net_debit_cap_bounds_the_balance_and_not_the_gross_sum(make: Make) -> None:
    league = make(net_debit_caps={SECOND: 10})
    league.owes(SECOND, HOUSE, 90_000, "out")
    league.owes(THIRD, SECOND, 89_990, "in")
    open_(league, "day-1")
    assert nets(league, "day-1") == {HOUSE: 90_000, SECOND: -10, THIRD: -89_990}


def test_rule_liquidity_holds_a_debt_beyond_the_funds_though_the_cap_would_do(make: Make) -> None:
    league = make(city_net_debit_cap_fen=100_001)
    league.owes(SECOND, HOUSE, 100_001, "a")
    open_(league, "day-1")
    assert rules(league, "day-1") == {(HOUSE, SECOND): ("waits", "liquidity")}
    league.fund(SECOND, 1, "more")
    open_(league, "day-2")
    assert nets(league, "day-2") == {HOUSE: 100_001, SECOND: -100_001}


@pytest.mark.parametrize("wrong", [{"net_debit_caps": {SECOND: -1}}, {"net_debit_caps": 5},
                                   {"city_net_debit_cap_fen": "much"}])  # fmt: skip
def test_a_cap_that_is_none_is_refused_and_changes_nothing(
    fresh_store: Callable[[str], str], wrong: dict[str, Any]
) -> None:
    league = make_league(fresh_store, **wrong)
    refused = league.call("clearing.open", {"cycle": "day-1"})
    assert (refused.kind, refused.data["code"]) == (Kind.REFUSAL, "clearing_cap_malformed")
    unknown = league.call("clearing.cycle", {"cycle": "day-1"})
    assert unknown.data["code"] == "clearing_cycle_unknown"
    league.close()


def test_rule_difference_carries_a_pair_that_one_city_alone_knows(make: Make) -> None:
    league = make()
    league.owes(SECOND, THIRD, 300, "x", at=THIRD)
    open_(league, "day-1")
    assert rules(league, "day-1") == {(SECOND, THIRD): ("carried", "difference")}


def test_rule_dispute_after_t_plus_1_names_a_difference_that_the_cycle_before_named(
    make: Make,
) -> None:
    league = make()
    league.owes(SECOND, THIRD, 300, "x", at=THIRD)
    league.owes(SECOND, THIRD, 10, "good")
    open_(league, "day-1")
    league.owes(SECOND, THIRD, 20, "new", at=SECOND)
    open_(league, "day-2")
    open_(league, "day-3")
    found = {
        name: {
            one["reference"]: (one["since"], one["dispute"])
            for one in league.cycle(name)["result"]["differences"]
        }
        for name in ("day-1", "day-2", "day-3")
    }
    assert found == {
        "day-1": {"x": ("day-1", False)},
        "day-2": {"x": ("day-1", True), "new": ("day-2", False)},
        "day-3": {"x": ("day-1", True), "new": ("day-2", True)},
    }


def test_rule_no_lines_leaves_out_the_pair_whose_lines_did_not_come(make: Make) -> None:
    league = make()
    league.owes(SECOND, THIRD, 300, "x")
    league.owes(SECOND, THIRD, 7, "y", at=SECOND)
    league.owes(SECOND, HOUSE, 5, "z")
    open_(league, "day-1", SECOND, THIRD)
    submit_only(league, SECOND)
    submit_only(league, THIRD)
    league.rest(THIRD)
    assert league.cycle("day-1")["state"] == "matching"
    league.clock.advance(minutes=31)
    assert league.due() == 1
    league.rest()
    assert rules(league, "day-1") == {
        (SECOND, THIRD): ("unwound", "no_lines"),
        (HOUSE, SECOND): ("settles", None),
    }
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -300, THIRD: 300}


def test_rule_no_word_takes_out_the_city_that_did_not_acknowledge(make: Make) -> None:
    league = make()
    league.owes(SECOND, HOUSE, 500, "a")
    league.owes(THIRD, HOUSE, 70, "b")
    open_(league, "day-1", SECOND)
    submit_only(league, SECOND)
    league.rest(SECOND)
    assert league.cycle("day-1")["state"] == "netted"
    league.clock.advance(minutes=31)
    assert league.due() == 1
    league.rest(SECOND)
    assert rules(league, "day-1")[HOUSE, SECOND] == ("unwound", "no_word")
    assert (league.cycle("day-1")["state"], nets(league, "day-1")) == (
        "settled",
        {HOUSE: 70, THIRD: -70},
    )
    assert "no_word" in league.cycle("day-1")["notes"][-1]
    league.rest()
    open_(league, "day-2")
    assert nets(league, "day-2") == {HOUSE: 500, SECOND: -500}


def short_of_funds(league: League) -> None:
    """A cycle that SECOND agreed to, and whose funds it takes out before it is settled."""
    open_(league, "day-1", SECOND)
    submit_only(league, SECOND)
    league.rest(SECOND)
    carry(league.towns[HOUSE], league.towns[SECOND])
    out = {"city": SECOND, "amount_fen": 100_000, "pays_out": True, "number": "out"}
    league.done("clearing.fund", out)
    league.rest()
    assert league.cycle("day-1")["state"] == "short"


def test_a_failed_settlement_moves_nothing_and_says_what_is_missing(make: Make) -> None:
    league = make()
    league.owes(SECOND, HOUSE, 90_000, "a")
    league.owes(THIRD, HOUSE, 1_000, "b")
    short_of_funds(league)
    assert [league.funds(city) for city in CITIES] == [100_000, 0, 100_000]
    assert league.position(HOUSE, SECOND) == 90_000
    found = league.done("clearing.liquidity", {"city": SECOND})
    assert (found["position_fen"], found["missing_fen"]) == (-90_000, 90_000)
    league.fund(SECOND, 89_999, "little")
    assert league.cycle("day-1")["state"] == "short"
    assert league.done("clearing.liquidity", {"city": SECOND})["missing_fen"] == 1
    league.fund(SECOND, 1, "rest")
    league.rest()
    assert league.cycle("day-1")["state"] == "settled"
    assert [league.funds(city) for city in CITIES] == [191_000, 0, 99_000]


def test_rule_funds_never_came_unwinds_the_short_city_and_holds_who_counted_on_its_money(
    make: Make,
) -> None:
    league = make()
    league.owes(SECOND, THIRD, 90_000, "a")
    league.owes(THIRD, HOUSE, 150_000, "b")
    short_of_funds(league)
    league.clock.advance(minutes=61)
    assert league.due() == 1
    league.rest()
    assert rules(league, "day-1") == {
        (SECOND, THIRD): ("unwound", "funds_never_came"),
        (HOUSE, THIRD): ("waits", "liquidity"),
    }
    assert (league.cycle("day-1")["state"], nets(league, "day-1")) == ("settled", {})
    league.fund(SECOND, 90_000, "late")
    open_(league, "day-2")
    assert nets(league, "day-2") == {HOUSE: 150_000, SECOND: -90_000, THIRD: -60_000}


def disputed(league: League, *pairs: tuple[str, str]) -> None:
    """A cycle that SECOND says no to, about these pairs."""
    open_(league, "day-1", SECOND)
    submit_only(league, SECOND)
    league.rest(SECOND)
    word = {
        "cycle": "day-1",
        "version": 1,
        "accepted": False,
        "reason": "not what we booked",
        "pairs": [{"first": f"{a}/bank", "second": f"{b}/bank"} for a, b in pairs],
    }
    league.towns[SECOND].ask(HOUSE, "clearing.acknowledge", word, purpose="clearing")
    carry(league.towns[SECOND], league.towns[HOUSE])
    assert league.cycle("day-1")["state"] == "disputed"


def test_rule_disputed_takes_out_the_disputed_pair_alone_once_the_deadline_is_over(
    make: Make,
) -> None:
    league = make(dispute_minutes=90)
    league.owes(SECOND, HOUSE, 500, "a")
    league.owes(SECOND, THIRD, 70, "b")
    league.owes(THIRD, HOUSE, 9, "c")
    disputed(league, (SECOND, THIRD), (HOUSE, THIRD))
    league.clock.advance(minutes=89)
    league.rest()
    assert league.due() == 0
    assert league.cycle("day-1")["state"] == "disputed"
    assert [league.funds(city) for city in CITIES] == [100_000] * 3
    league.clock.advance(minutes=1)
    assert league.due() == 1
    league.rest()
    assert rules(league, "day-1") == {
        (HOUSE, SECOND): ("settles", None),
        (SECOND, THIRD): ("unwound", "disputed"),
        (HOUSE, THIRD): ("settles", None),  # a city disputes its own pairs and no others
    }
    assert (league.cycle("day-1")["state"], nets(league, "day-1")) == (
        "settled",
        {HOUSE: 509, SECOND: -500, THIRD: -9},
    )
    open_(league, "day-2")
    assert nets(league, "day-2") == {SECOND: -70, THIRD: 70}


def test_rule_disputed_takes_out_a_city_that_names_no_pair(make: Make) -> None:
    league = make()
    league.owes(SECOND, HOUSE, 500, "a")
    league.owes(THIRD, HOUSE, 9, "c")
    disputed(league)
    league.clock.advance(minutes=120)
    assert league.due() == 1
    league.rest()
    assert rules(league, "day-1")[HOUSE, SECOND] == ("unwound", "disputed")
    assert nets(league, "day-1") == {HOUSE: 9, THIRD: -9}


def test_rule_decided_takes_out_a_city_with_the_houses_reason(make: Make) -> None:
    league = make()
    league.owes(SECOND, HOUSE, 500, "a")
    disputed(league)
    league.done("clearing.unwind", {"cycle": "day-1", "city": SECOND, "reason": "by letter 7"})
    league.rest()
    assert rules(league, "day-1") == {(HOUSE, SECOND): ("unwound", "decided")}
    assert "by letter 7" in league.cycle("day-1")["notes"][-1]


def answer_to(town: Town, message_id: str) -> dict[str, Any]:
    """What another city answered, or why it refused."""
    [row] = town.rows(select(messages_out).where(messages_out.c.message_id == message_id))
    found: dict[str, Any] = read_line(row.answer).data
    return found


def test_a_city_sees_its_own_means_at_the_house_and_no_others(make: Make) -> None:
    league = make(net_debit_caps={SECOND: 30_000})
    second = league.towns[SECOND]
    answers: list[dict[str, Any]] = []
    for city in (SECOND, THIRD):
        asked = second.ask(HOUSE, "clearing.liquidity", {"city": city}, purpose="clearing")
        league.rest()
        answers.append(answer_to(second, asked))
    own, other = answers
    assert (own["funds_fen"], own["cap_fen"], own["available_fen"]) == (100_000, 30_000, 30_000)
    assert (own["cycle"], own["position_fen"], own["missing_fen"]) == (None, 0, 0)
    assert other["code"] == "clearing_not_its_funds"
