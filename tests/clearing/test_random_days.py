"""Random days of three cities: silent ones, differences, caps, funds that come and go. Every debt
is settled exactly once, within funds and caps, and all books agree in the end."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.clearing.towns import HOUSE, SECOND, THIRD, League, make_league

CITIES = (HOUSE, SECOND, THIRD)
CAPS = {SECOND: 9_000, THIRD: 40_000}
DAYS = 4
ENDING_CYCLES_MAX = 12


class Days:
    """What was owed and paid in and out, kept apart from the league's own books."""

    def __init__(self, league: League, seed: int) -> None:
        self.league, self.chance = league, random.Random(seed)
        self.funds = dict.fromkeys(CITIES, 0)
        self.net = dict.fromkeys(CITIES, 0)
        self.missing: list[tuple[str, str, int, str, str]] = []
        self.number = 0

    def pay(self, city: str, amount: int) -> None:
        """Funds in, or out below zero; what is not there is refused and counts for nothing."""
        self.number += 1
        data = {"city": city, "amount_fen": abs(amount), "number": f"{self.number}",
                "pays_out": amount < 0}  # fmt: skip
        if "available_fen" in self.league.call("clearing.fund", data).data:
            self.funds[city] += amount

    def owe(self) -> None:
        debtor, creditor = self.chance.sample(CITIES, 2)
        amount, self.number = self.chance.randrange(1, 4_000), self.number + 1
        self.net[debtor] -= amount
        self.net[creditor] += amount
        at = self.chance.choice(["both", "both", "both", debtor, creditor])
        self.league.owes(debtor, creditor, amount, f"d{self.number}", at=at)
        if at != "both":
            other = creditor if at == debtor else debtor
            self.missing.append((debtor, creditor, amount, f"d{self.number}", other))

    def mend(self, count: int) -> None:
        """Book at the other city what only one had booked."""
        for debtor, creditor, amount, reference, at in self.missing[:count]:
            self.league.owes(debtor, creditor, amount, reference, at=at)
        del self.missing[:count]

    def day(self, name: str) -> None:
        for _ in range(self.chance.randrange(4, 14)):
            self.owe()
        for city in CITIES:
            self.pay(city, self.chance.choice([3_000, 8_000, -2_000, -7_000]))
        silent = [city for city in (SECOND, THIRD) if self.chance.random() < 0.25]
        self.cycle(name, *silent)
        self.mend(self.chance.randrange(3))

    def cycle(self, name: str, *silent: str) -> dict[str, Any]:
        """A whole cycle, in which silent cities say nothing until it is over."""
        league = self.league
        before = {city: league.funds(city) for city in CITIES}
        league.done("clearing.open", {"cycle": name})
        for _ in range(8):
            league.rest(*silent)
            if self.chance.random() < 0.3:
                self.pay(self.chance.choice(CITIES), -self.chance.randrange(1, 3_000))
                before = {city: league.funds(city) for city in CITIES}
            found = league.cycle(name)
            if found["state"] == "settled":
                break
            league.clock.advance(minutes=61)
            league.due()
        assert found["state"] == "settled", found
        league.rest()
        self.check(found["result"], before)
        result: dict[str, Any] = found["result"]
        return result

    def check(self, result: dict[str, Any], before: dict[str, int]) -> None:
        """The model's word: zero in all, within each city's funds and cap, a rule for the rest."""
        nets = {one["party"]: one["net_fen"] for one in result["cities"]}
        assert sum(nets.values()) == 0
        for city, net in nets.items():
            assert net >= -CAPS.get(city, 10**12)
            if net < 0:
                assert self.league.funds(city) >= 0
        assert sum(before.values()) == sum(self.league.funds(city) for city in CITIES)
        for pair in result["pairs"]:
            assert (pair["state"] == "settles") == (pair["rule"] is None), pair
            assert pair["amount_fen"] == 0 or pair["state"] == "settles"


@pytest.mark.parametrize(("seed", "passing"), [(0, False), (1, True)])
def test_every_debt_is_settled_exactly_once(
    fresh_store: Callable[[str], str], seed: int, passing: bool
) -> None:
    league = make_league(fresh_store, net_debit_caps=CAPS, allow_passing=passing)
    days = Days(league, seed)
    for number in range(DAYS):
        days.day(f"day-{number}")
    days.mend(len(days.missing))
    for city in CITIES:
        days.pay(city, 1_000_000)
    for number in range(ENDING_CYCLES_MAX):
        result = days.cycle(f"end-{number}")
        if not any(pair["rule"] for pair in result["pairs"]):
            break
        # Only a cap holds anything now; a debt to the capped city makes room, and is counted too.
        city = next(iter(CAPS)) if number % 2 else THIRD
        days.net[HOUSE] -= 30_000
        days.net[city] += 30_000
        league.owes(HOUSE, city, 30_000, f"room{number}")
    else:
        raise AssertionError("something is never settled")
    result = days.cycle("last")
    assert result["pairs"] == []
    for city in CITIES:
        assert league.funds(city) == days.funds[city] + days.net[city], city
        for other in set(CITIES) - {city}:
            assert league.position(city, other) == 0
    assert league.errors() == []
    assert league.audits() == []
    league.close()
