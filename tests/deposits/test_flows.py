"""RULES 10: each kind of business between two cities, from the counter to both books."""

from datetime import date, timedelta

from tests.exchange.cities import carry

from .league import BANKS, CHENGDU, DEYANG, HOLDER, League, advance


def test_a_withdrawal_pays_cash_once_the_account_bank_has_held_it(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    before = league.money(CHENGDU, DEYANG)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000, fee_fen=200)
    assert league.state(CHENGDU, number) == "asked"
    league.step(CHENGDU, "pay", number, "deposits_action_not_now")
    league.carry()
    assert league.state(CHENGDU, number) == "held"
    assert league.balance(DEYANG, card) == (100_000, 69_800)
    assert league.money(CHENGDU, DEYANG) == before

    assert league.step(CHENGDU, "pay", number)["state"] == "paid"
    league.carry()
    assert league.state(CHENGDU, number) == "success"
    assert league.balance(DEYANG, card) == (69_800, 69_800)
    after = league.money(CHENGDU, DEYANG)
    assert after == {
        "cash": before["cash"] - 30_000,
        "fees": before["fees"] + 200,
        "position": before["position"] + 30_200,
    }
    assert league.money(DEYANG, CHENGDU)["position"] == -30_200
    assert league.differences(CHENGDU, DEYANG) == []


def test_a_deposit_is_credited_once_the_cash_was_counted_and_kept(league: League) -> None:
    card = league.open(DEYANG, 0)
    before = league.money(CHENGDU, DEYANG)
    number = league.begin(CHENGDU, "pay_in", DEYANG, card, 50_000, fee_fen=250)
    assert league.money(CHENGDU, DEYANG) == before
    league.carry()
    assert league.state(CHENGDU, number) == "success"
    assert league.balance(DEYANG, card) == (50_000, 50_000)
    after = league.money(CHENGDU, DEYANG)
    assert after["cash"] - before["cash"] == 50_250
    assert after["fees"] - before["fees"] == 250
    assert after["position"] - before["position"] == -50_000
    assert league.money(DEYANG, CHENGDU)["position"] == 50_000
    assert league.differences(CHENGDU, DEYANG) == []


def test_what_is_credited_cannot_be_spent_before_it_is_confirmed(league: League) -> None:
    card = league.open(DEYANG, 0)
    league.begin(CHENGDU, "pay_in", DEYANG, card, 50_000)
    carry(league.towns[CHENGDU], league.towns[DEYANG])
    assert league.balance(DEYANG, card) == (0, 0)
    league.carry()
    assert league.balance(DEYANG, card) == (50_000, 50_000)


def test_a_transfer_debits_the_payer_with_the_fee_and_credits_the_payee(league: League) -> None:
    payer, payee = league.open(CHENGDU, 100_000), league.open(DEYANG, 0)
    number = league.begin(
        CHENGDU, "send", DEYANG, payee, 40_000, payer_account=payer, payer_id=HOLDER, fee_fen=200
    )
    assert league.balance(CHENGDU, payer) == (100_000, 59_800)
    league.carry()
    assert league.state(CHENGDU, number) == "success"
    assert league.balance(CHENGDU, payer) == (59_800, 59_800)
    assert league.balance(DEYANG, payee) == (40_000, 40_000)
    assert league.money(CHENGDU, DEYANG)["position"] == -40_000
    assert league.money(DEYANG, CHENGDU)["position"] == 40_000
    assert league.differences(CHENGDU, DEYANG) == []


def test_the_fee_is_the_ceiling_where_the_counter_names_none(league: League) -> None:
    payer, payee = league.open(CHENGDU, 30_000_000), league.open(DEYANG, 0)
    league.begin(
        CHENGDU,
        "send",
        DEYANG,
        payee,
        8_000_000,
        payer_account=payer,
        fee_fen=None,
        refused="deposits_over_item_limit",
    )
    rich = league.open(CHENGDU, 30_000_000, item_limit_fen=10_000_000)
    number = league.begin(
        CHENGDU, "send", DEYANG, payee, 8_000_000, payer_account=rich, fee_fen=None
    )
    assert league.step(CHENGDU, "status", number)["fee_fen"] == 2_400
    league.carry()
    assert league.balance(CHENGDU, rich)[0] == 30_000_000 - 8_002_400


def test_banks_of_one_city_settle_in_one_transaction(league: League) -> None:
    card = league.open(CHENGDU, 100_000)
    number = league.begin(CHENGDU, "withdraw", CHENGDU, card, 30_000)
    assert league.state(CHENGDU, number) == "held"
    assert league.step(CHENGDU, "pay", number)["state"] == "success"
    assert league.balance(CHENGDU, card) == (70_000, 70_000)
    paid_in = league.begin(CHENGDU, "pay_in", CHENGDU, card, 5_000)
    assert league.state(CHENGDU, paid_in) == "success"
    assert league.balance(CHENGDU, card) == (75_000, 75_000)
    assert league.ledger(CHENGDU, f"intercity/{BANKS[CHENGDU]}/{CHENGDU}/{BANKS[CHENGDU]}") == 0


def test_the_same_serial_again_is_the_same_business(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000, serial=number)
    league.carry()
    league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000, serial=number)
    league.carry()
    assert league.balance(DEYANG, card) == (100_000, 70_000)
    league.step(CHENGDU, "pay", number)
    assert league.step(CHENGDU, "pay", number)["state"] == "paid"
    league.carry()
    assert league.step(CHENGDU, "pay", number)["state"] == "success"
    assert league.balance(DEYANG, card) == (70_000, 70_000)


def early(league: League) -> tuple[str, str, date]:
    """A time deposit of 20 000 of which 10 000 were withdrawn after 100 days, by an agent."""
    card = league.open(
        DEYANG, 2_000_000, product="time", matures_on="2027-11-25", item_limit_fen=2_000_000
    )
    advance(league, days=100)
    day = league.clock.now.date()
    agent = {"agent_id": "510104199003071237"}
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000_000, **agent)
    league.carry()
    league.step(CHENGDU, "pay", number, day=day)
    league.carry()
    assert league.state(CHENGDU, number, day) == "success"
    return card, number, day


def test_rules_10_example_a_time_deposit_withdrawn_early_earns_1_39(league: League) -> None:
    """RULES 10 [X]: 10 000 of it withdrawn after 100 days at the demand rate of 0.05 %."""
    card, _, day = early(league)
    assert league.balance(DEYANG, card)[0] == 1_000_000 + 139
    assert league.ledger(DEYANG, f"deposits/interest/{BANKS[DEYANG]}") == 139
    assert league.differences(CHENGDU, DEYANG, day, day) == []


def test_a_reversal_takes_the_interest_back_too(league: League) -> None:
    card, number, day = early(league)
    league.step(CHENGDU, "undo", number, day=day)
    league.carry()
    assert league.state(CHENGDU, number, day) == "reversed"
    assert league.balance(DEYANG, card) == (2_000_000, 2_000_000)
    assert league.ledger(DEYANG, f"deposits/interest/{BANKS[DEYANG]}") == 0


def test_an_adjustment_takes_the_interest_back_too(league: League) -> None:
    card, number, day = early(league)
    league.call(CHENGDU, "close_day", business_date=day.isoformat())
    original = league.serial(CHENGDU, number, day).model_dump(mode="json")
    league.call(CHENGDU, "correct", serial="A1", original=original)
    league.carry()
    assert league.state(CHENGDU, "A1", day + timedelta(days=1)) == "success"
    assert league.balance(DEYANG, card) == (2_000_000, 2_000_000)
    assert league.ledger(DEYANG, f"deposits/interest/{BANKS[DEYANG]}") == 0


def test_a_time_deposit_at_its_term_earns_no_early_interest(league: League) -> None:
    card = league.open(DEYANG, 2_000_000, product="time", matures_on="2026-12-25")
    advance(league, days=30)
    day = league.clock.now.date()
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000)
    league.carry()
    league.step(CHENGDU, "pay", number, day=day)
    league.carry()
    assert league.balance(DEYANG, card) == (1_999_000, 1_999_000)


def test_a_customer_is_known_by_name_and_number(league: League) -> None:
    card = league.open(DEYANG)
    assert league.call(DEYANG, "account", account=card)["status"] == "open"
    league.call(CHENGDU, "account", "deposits_account_unknown", account=card)
