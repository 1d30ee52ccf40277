"""Rule net_debit_cap: what a bank owes on balance to all other banks stays within the charter's cap
(RULES 10: a net position must be within its guaranteed limit)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.foundation.store.transaction import committing, reading
from hanse.mechanisms import ledger
from hanse.services.finance.deposits import chart
from hanse.services.finance.deposits.rules import Leg, owed_more

from .league import BANKS, CHENGDU, DEYANG, MIANYANG, League, close, found_banks

CAPS = {f"{CHENGDU}/{BANKS[CHENGDU]}": 50_000, f"{DEYANG}/{BANKS[DEYANG]}": 5_000}
REFUSED = "deposits_net_debit_cap"


@pytest.fixture
def three(fresh_store: Callable[[str], str]) -> Iterator[League]:
    """Chengdu's bank may owe 500 yuan on balance, Deyang's 50, Mianyang's anything."""
    league = found_banks(
        fresh_store, (CHENGDU, DEYANG, MIANYANG), settlement={"net_debit_caps": CAPS}
    )
    yield league
    close(league)


def send(league: League, city: str, payer: str, to: str, payee: str, fen: int,
         refused: str | None = None) -> str:  # fmt: skip
    return league.begin(city, "send", to, payee, fen, refused, payer_account=payer)


def test_rule_net_debit_cap_is_over_all_other_banks_together(three: League) -> None:
    payer = three.open(CHENGDU, 1_000_000)
    deyang, mianyang = three.open(DEYANG, 0), three.open(MIANYANG, 0)
    first = send(three, CHENGDU, payer, DEYANG, deyang, 30_000)
    three.carry()
    before = three.image()
    refused = three.towns[CHENGDU].call(
        "deposits.send",
        {
            "serial": "X1", "account_city": MIANYANG, "account_bank": BANKS[MIANYANG],
            "account": mianyang, "holder_name": "生成客户", "amount_fen": 20_001, "fee_fen": 0,
            "payer_account": payer, "payer_name": "生成客户",
        },
        organisation=BANKS[CHENGDU],
    )  # fmt: skip
    assert refused.data["code"] == REFUSED
    hint = refused.data["texts"]["hint"]["en"]
    assert "net_debit_cap: 50000 fen, of which 30000 are owed" in hint
    assert three.image() == before
    second = send(three, CHENGDU, payer, MIANYANG, mianyang, 20_000)
    three.carry()
    assert [three.state(CHENGDU, one) for one in (first, second)] == ["success", "success"]


def test_rule_net_debit_cap_counts_what_is_held_and_not_what_is_to_come(three: League) -> None:
    payer, payee = three.open(CHENGDU, 1_000_000), three.open(DEYANG, 100_000)
    send(three, CHENGDU, payer, DEYANG, payee, 50_000)
    send(three, CHENGDU, payer, DEYANG, payee, 1, REFUSED)
    three.cash(CHENGDU)
    claim = three.begin(CHENGDU, "withdraw", DEYANG, payee, 5_000)
    send(three, CHENGDU, payer, DEYANG, payee, 1, REFUSED)
    three.carry()
    send(three, CHENGDU, payer, DEYANG, payee, 1, REFUSED)
    three.step(CHENGDU, "pay", claim)
    three.carry()
    send(three, CHENGDU, payer, DEYANG, payee, 5_000)
    send(three, CHENGDU, payer, DEYANG, payee, 1, REFUSED)


def test_rule_net_debit_cap_of_the_account_bank_refuses_a_withdrawal_and_releases_all(
    three: League,
) -> None:
    three.cash(CHENGDU)
    card = three.open(DEYANG, 100_000)
    before = three.money(CHENGDU, DEYANG)
    number = three.begin(CHENGDU, "withdraw", DEYANG, card, 5_001)
    three.carry()
    found = three.step(CHENGDU, "status", number)
    assert (found["state"], found["refusal"]["code"]) == ("failed", REFUSED)
    assert three.balance(DEYANG, card) == (100_000, 100_000)
    assert three.money(CHENGDU, DEYANG) == before
    number = three.begin(CHENGDU, "withdraw", DEYANG, card, 5_000)
    three.carry()
    assert three.state(CHENGDU, number) == "held"


def test_a_bank_without_a_cap_owes_what_the_banks_guarantee_each_other(three: League) -> None:
    payer, payee = three.open(MIANYANG, 1_000_000), three.open(CHENGDU, 0)
    send(three, MIANYANG, payer, CHENGDU, payee, 900_000)
    three.carry()
    assert three.balance(CHENGDU, payee) == (900_000, 900_000)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(moves=st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 1_000)), max_size=12))
def test_what_is_owed_is_the_sum_over_the_accounts_of_one_bank_alone(
    three: League, moves: list[tuple[bool, bool, int]]
) -> None:
    """Another bank whose name begins alike, and the other's side, are not in it."""
    engine = three.towns[CHENGDU].engine
    own, alike, other = "intercity/a/510600/x", "intercity/ab/510600/x", chart.fees("a")
    with committing(engine) as transaction:
        ledger.open_accounts(
            transaction,
            [ledger.Account(own, chart.BOOK, chart.INTERCITY),
             ledger.Account(alike, chart.BOOK, chart.INTERCITY),
             ledger.Account(other, chart.BOOK, chart.FEES)],
            three.clock.now,
        )  # fmt: skip
        began = ledger.owed_under(transaction, "intercity/a/")
        expected = 0
        for number, (is_own, owes, fen) in enumerate(moves):
            account = own if is_own else alike
            debit, credit = (other, account) if owes else (account, other)
            identity = ledger.fresh_id(three.clock.now, transaction.randomness)
            one = ledger.Transfer(
                identity, debit, credit, fen, chart.PAYMENT, reference=str(number)
            )
            ledger.require(ledger.transfer(transaction, [one], three.clock.now))
            leg = Leg(debit, credit, fen, chart.PAYMENT)
            expected += owed_more([leg], own)
    with reading(engine) as transaction:
        assert ledger.owed_under(transaction, "intercity/a/") - began == expected


def test_a_cap_that_is_none_stops_payments_and_says_what_to_correct(
    fresh_store: Callable[[str], str],
) -> None:
    wrong: dict[str, Any] = {"bank_net_debit_cap_fen": -5}
    league = found_banks(fresh_store, settlement=wrong)
    payer, payee = league.open(CHENGDU, 1_000), league.open(DEYANG, 0)
    before = league.image()
    send(league, CHENGDU, payer, DEYANG, payee, 1, "clearing_cap_malformed")
    assert league.image() == before
    close(league)
