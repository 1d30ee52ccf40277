"""Two writers on one store decide about one serial, or one limit, one after the other."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from .league import CHENGDU, DEYANG, League


def at_once(*work: Callable[[], Any]) -> None:
    """Do pieces of work in threads of their own, begun together."""
    start = threading.Barrier(len(work))
    errors: list[BaseException] = []

    def run(piece: Callable[[], Any]) -> None:
        start.wait()
        try:
            piece()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(piece,)) for piece in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


@pytest.mark.parametrize("attempt", range(3))
def test_a_day_limit_holds_for_two_withdrawals_that_come_at_once(
    league: League, attempt: int
) -> None:
    card = league.open(DEYANG, 100_000, day_limit_fen=60_000)
    numbers = [league.begin(CHENGDU, "withdraw", DEYANG, card, 40_000) for _ in range(2)]
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    sealed = [chengdu.seal(DEYANG, [one]) for one in chengdu.waiting(DEYANG)]
    at_once(*(lambda one=one: deyang.take(one) for one in sealed))
    league.carry()
    states = sorted(league.state(CHENGDU, number) for number in numbers)
    assert states == ["failed", "held"]
    assert league.balance(DEYANG, card) == (100_000, 60_000)


@pytest.mark.parametrize("attempt", range(3))
def test_a_confirmation_and_a_reversal_that_come_at_once_end_the_same_everywhere(
    league: League, attempt: int
) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    league.step(CHENGDU, "pay", number)
    league.step(CHENGDU, "undo", number)
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    sealed = [chengdu.seal(DEYANG, [one]) for one in chengdu.waiting(DEYANG)]
    assert len(sealed) == 2
    at_once(*(lambda one=one: deyang.take(one) for one in sealed))
    league.carry()
    assert league.state(CHENGDU, number) == "reversed"
    assert league.balance(DEYANG, card) == (100_000, 100_000)
    assert league.differences(CHENGDU, DEYANG) == []
