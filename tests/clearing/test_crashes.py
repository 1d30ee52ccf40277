"""A house and cities that die at many of their commits: each goes on where it was, nothing is lost
or settled twice, and the cycle ends as it ends without a crash."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from hanse.foundation.store import Transaction
from tests.clearing.towns import HOUSE, SECOND, THIRD, League, make_league
from tests.deposits.crashing import Crashed
from tests.exchange.cities import carry

CITIES = (HOUSE, SECOND, THIRD)
ROUNDS_MAX = 60
TRIES_MAX = 50
FUNDS = [99_300, 100_660, 100_040]
"""After a day on which 700 and 40 settle, one debt differs, and one waits for funds."""


class Deaths:
    """Kills the process at its commits: before they are on disk, or right after."""

    def __init__(self, patch: pytest.MonkeyPatch, share: float, *, durable: bool) -> None:
        self.count = 0
        chance = random.Random(3)
        finish = Transaction.finish

        def dying(transaction: Transaction) -> None:
            finish(transaction)
            if chance.random() < share:
                self.count += 1
                if not durable:
                    raise Crashed
                transaction.after_commit.append(self._die)

        patch.setattr(Transaction, "finish", dying)

    def _die(self) -> None:
        raise Crashed


def alive(step: Callable[[], Any]) -> None:
    """Do a step, again and again until the node does not die in it."""
    for _ in range(TRIES_MAX):
        try:
            step()
        except Crashed:
            continue
        return
    raise AssertionError("it dies for ever")


def run(league: League) -> None:
    """Open, and let messages and clocks work until nothing moves."""

    def begin() -> None:
        if "cycle" not in league.call("clearing.cycle", {"cycle": "day-1"}).data:
            league.done("clearing.open", {"cycle": "day-1"})

    alive(begin)
    towns = list(league.towns.values())
    for _ in range(ROUNDS_MAX):
        for sender in towns:
            for receiver in towns:
                if sender is not receiver:
                    alive(lambda s=sender, r=receiver: carry(s, r))  # type: ignore[misc]
        for city in CITIES:
            alive(lambda c=city: league.due(c))  # type: ignore[misc]
        if not any(a.waiting(b.city) for a in towns for b in towns if a is not b):
            return
    raise AssertionError("it does not come to rest")


@pytest.mark.parametrize("durable", [False, True], ids=["before the disk", "right after"])
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_cycle_ends_as_without_a_crash_whatever_commits_its_nodes_die_at(
    fresh_store: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
    durable: bool,
    share: float,
) -> None:
    league = make_league(fresh_store)
    for city in CITIES:
        league.fund(city, 100_000)
    league.owes(HOUSE, SECOND, 700, "a")
    league.owes(SECOND, THIRD, 40, "b")
    league.owes(SECOND, THIRD, 3, "late", at=SECOND)
    league.owes(THIRD, HOUSE, 100_041, "c")
    with monkeypatch.context() as patch:
        deaths = Deaths(patch, share, durable=durable)
        run(league)
    assert deaths.count > 10
    found = league.cycle("day-1")
    assert [league.cycle("day-1", city)["state"] for city in CITIES] == ["settled"] * 3
    assert sorted(one["rule"] or "" for one in found["result"]["pairs"]) == ["", "", "liquidity"]
    assert [one["reference"] for one in found["result"]["differences"]] == ["late"]
    assert [league.funds(city) for city in CITIES] == FUNDS
    assert league.position(SECOND, HOUSE) == 0
    assert (league.position(SECOND, THIRD), league.position(THIRD, SECOND)) == (-3, 0)
    assert (league.position(THIRD, HOUSE), league.position(HOUSE, THIRD)) == (-100_041, 100_041)
    assert league.errors() == []
    assert league.audits() == []
    league.close()
