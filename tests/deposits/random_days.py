"""Random days under random faults: messages lost, doubled, reordered, nodes that die, days ending.

The model knows nothing of the code: it adds up what each serial's final state says that it moved,
and compares that with every balance, both positions, and the cash.
"""

import contextlib
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from hanse.foundation.store.transaction import reading
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.core import Outgoing
from hanse.mechanisms.ledger.tables import ledger_accounts
from hanse.services.finance.deposits import book, chart
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.codes import FINAL, Role, State
from hanse.services.finance.deposits.tables import serials

from .crashing import Crash, Crashed
from .league import (
    BANKS,
    CHENGDU,
    DEYANG,
    HOLDER,
    MIANYANG,
    League,
    advance,
    close,
    found_banks,
)

CITIES = (CHENGDU, DEYANG, MIANYANG)
STEPS = 120
CASH = 3_000_000
OPENING = 60_000
Cards = dict[str, list[str]]


def lossy(league: League, rng: Random) -> None:
    """One delivery of some of what waits, in any order, perhaps lost or taken twice."""
    one, other = (league.towns[city] for city in rng.sample(CITIES, 2))
    waiting = one.waiting(other.city)
    if not waiting:
        return
    batch: list[Outgoing] = rng.sample(waiting, rng.randint(1, len(waiting)))
    sealed = one.seal(other.city, batch)
    fate = rng.random()
    if fate < 0.2:
        return
    answer = other.take(sealed)
    if fate < 0.35:
        return
    if fate < 0.5:  # the same messages again, in a delivery of their own
        other.take(one.seal(other.city, batch))
    one.settle(batch, sealed, answer)


def counter(league: League, rng: Random, cards: Cards, begun: list[tuple[str, str, Any]]) -> None:
    """A customer comes, takes the cash, or the teller reverses."""
    city = rng.choice(CITIES)
    mine = [one for one in begun if one[0] == city]
    act = rng.random()
    if act < 0.45 or not mine:
        operation = rng.choice(("withdraw", "withdraw", "pay_in", "send"))
        account_city = rng.choice(CITIES)
        card = rng.choice(cards[account_city])
        extra = {"payer_account": rng.choice(cards[city])} if operation == "send" else {}
        fen = rng.choice((700, 9_000, 25_000, 70_000, 70_000))
        day = league.clock.now.date()
        with reading(league.towns[city].engine) as transaction:
            day = book.business_date(transaction, league.clock.now)
        number = f"F{next(league.numbers)}"
        asked = {
            "serial": number,
            "account_city": account_city,
            "account_bank": BANKS[account_city],
            "account": card,
            "holder_name": "生成客户",
            "amount_fen": fen,
            "fee_fen": rng.choice((0, 1)),
            **extra,
        }
        if operation == "withdraw":
            asked["holder_id"] = HOLDER
        if operation == "send":
            asked["payer_name"] = "生成客户"
        reply = league.towns[city].call(f"deposits.{operation}", asked, organisation=BANKS[city])
        if str(reply.kind) != "refusal":
            begun.append((city, number, day))
        return
    _, number, day = rng.choice(mine[-3:])
    operation = "pay" if act < 0.92 else "undo"
    data = {"business_date": day.isoformat(), "serial": number}
    league.towns[city].call(f"deposits.{operation}", data, organisation=BANKS[city])


def rows(league: League, city: str) -> list[Business]:
    return [book.business_of(row) for row in league.towns[city].rows(select(serials))]


def check_always(league: League) -> None:
    """Nothing is overdrawn, no counter pays cash that it lacks, and debits are credits."""
    for town in league.towns.values():
        debits = posted_credits = 0
        for row in town.rows(select(ledger_accounts)):
            debits += row.debits_posted
            posted_credits += row.credits_posted
            pending = (row.debits_pending, row.credits_pending)
            assert min(pending) >= 0
            if row.code == chart.CUSTOMER:
                assert row.credits_posted >= row.debits_posted + row.debits_pending
            if row.code == chart.CASH:
                assert row.debits_posted >= row.credits_posted + row.credits_pending
        assert debits == posted_credits


def check_at_rest(league: League, cards: Cards, begun: list[tuple[str, str, Any]]) -> None:
    """Every serial has ended, the same in both books, and has moved exactly what it says."""
    balance = {card: OPENING for city in CITIES for card in cards[city]}
    cash = dict.fromkeys(CITIES, CASH + OPENING * 2)
    names = set()
    for city in CITIES:
        for row in rows(league, city):
            assert row.state in FINAL, row
            assert row.booked is (row.state is State.SUCCESS)
            names.add((row.role, row.serial.text))
            if row.state is State.SUCCESS:
                _add(row, city, balance, cash)
        with reading(league.towns[city].engine) as transaction:
            assert ledger.audit(transaction) == []
    for city, number, day in begun:
        assert (Role.ACQUIRER, league.serial(city, number, day).text) in names
    for city in CITIES:
        for card in cards[city]:
            assert league.balance(city, card) == (balance[card], balance[card])
        assert league.ledger(city, chart.cash(BANKS[city])) == cash[city]
    for one, other in ((CHENGDU, DEYANG), (CHENGDU, MIANYANG), (DEYANG, MIANYANG)):
        here, there = (
            league.ledger(a, chart.intercity(BANKS[a], b, BANKS[b]))
            for a, b in ((one, other), (other, one))
        )
        assert here + there == 0
        days = {day for _, _, day in begun}
        for day in days:
            assert league.differences(one, other, day, max(days)) == []


def _add(one: Business, city: str, balance: dict[str, int], cash: dict[str, int]) -> None:
    fen, fee = one.amount_fen, one.fee_fen
    if one.role is Role.ACCOUNT:
        assert one.card is not None
        balance[one.card] += -(fen + fee) if one.kind == "withdraw" else fen
    elif one.kind == "withdraw":
        cash[city] -= fen
    elif one.kind == "deposit":
        cash[city] += fen + fee
    else:
        assert one.card is not None
        balance[one.card] -= fen + fee


def _end_day(league: League, city: str) -> None:
    with reading(league.towns[city].engine) as transaction:
        day = book.business_date(transaction, league.clock.now)
    league.call(city, "close_day", business_date=day.isoformat())


def play(seed: int, make_store: Any, steps: int = STEPS) -> None:
    """One random day of a seed, healed at its end; raises where anything is not as it must be."""
    rng = Random(seed)
    league = found_banks(make_store, CITIES)
    try:
        _play(rng, league, steps)
    finally:
        close(league)


def _play(rng: Random, league: League, steps: int) -> None:
    cards: Cards = {}
    for city in CITIES:
        cards[city] = [league.open(city, OPENING) for _ in range(2)]
        league.cash(city, CASH)
    begun: list[tuple[str, str, Any]] = []
    for _ in range(steps):
        with pytest.MonkeyPatch.context() as patch:
            if rng.random() < 0.1:
                Crash(patch, rng.randint(1, 2), durable=rng.random() < 0.5)
            with contextlib.suppress(Crashed):
                _step(rng, league, cards, begun)
        check_always(league)
    for _ in range(4):  # healed: all arrives, and what was never collected is reversed
        league.carry()
        advance(league, seconds=700)
    league.carry()
    check_always(league)
    check_at_rest(league, cards, begun)
    assert [error for town in league.towns.values() for error in town.errors] == []


def _step(rng: Random, league: League, cards: Cards, begun: list[tuple[str, str, Any]]) -> None:
    draw = rng.random()
    if draw < 0.5:
        counter(league, rng, cards, begun)
    elif draw < 0.95:
        lossy(league, rng)
    elif draw < 0.99:
        advance(league, seconds=rng.choice((5, 20, 61, 301, 700)))
    else:
        _end_day(league, rng.choice(CITIES))
