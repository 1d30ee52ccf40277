"""Every refusal has a code of its own, and no money moves."""

from typing import Any

import pytest

from hanse.services.finance.deposits.codes import AccountStatus, Role
from hanse.services.finance.deposits.tables import accounts

from .league import (
    BANKS,
    CHENGDU,
    DEYANG,
    HOLDER,
    OTHER_BANK,
    OTHER_HOLDER,
    League,
    close,
    found_banks,
)


def set_status(league: League, city: str, card: str, status: AccountStatus) -> None:
    with league.towns[city].engine.begin() as connection:
        connection.execute(
            accounts.update().where(accounts.c.card == card).values(status=str(status))
        )


def balances(league: League, card: str) -> list[Any]:
    return [
        league.money(CHENGDU, DEYANG),
        league.money(DEYANG, CHENGDU),
        league.balance(DEYANG, card),
    ]


@pytest.mark.parametrize(
    ("code", "account", "request_", "status"),
    [
        ("deposits_holder_differs", {}, {"holder_name": "另一人"}, None),
        ("deposits_holder_differs", {}, {"holder_id": OTHER_HOLDER}, None),
        ("deposits_account_lost", {}, {}, AccountStatus.LOST),
        ("deposits_account_frozen", {}, {}, AccountStatus.FROZEN),
        ("deposits_account_closed", {}, {}, AccountStatus.CLOSED),
        ("deposits_agreement_missing", {"agreement_signed": False}, {}, None),
        ("deposits_funds_short", {}, {"fen": 100_001}, None),
        ("deposits_funds_short", {}, {"fen": 99_900, "fee_fen": 101}, None),
        ("deposits_over_item_limit", {"item_limit_fen": 49_999}, {}, None),
        ("deposits_over_day_limit", {"day_limit_fen": 49_999}, {}, None),
        ("deposits_agent_same", {}, {"agent_id": HOLDER}, None),
        ("deposits_account_unknown", {}, {"card": "6299999999999999"}, None),
    ],
)
def test_a_withdrawal_that_the_account_bank_refuses_fails_and_moves_nothing(
    league: League,
    code: str,
    account: dict[str, Any],
    request_: dict[str, Any],
    status: AccountStatus | None,
) -> None:
    card = league.open(DEYANG, 100_000, **account)
    if status is not None:
        set_status(league, DEYANG, card, status)
    before = balances(league, card)
    values = {"fen": 50_000, "card": card, **request_}
    number = league.begin(CHENGDU, "withdraw", DEYANG, **values)
    league.carry()
    state = league.step(CHENGDU, "status", number)
    assert (state["state"], state["refusal"]["code"]) == ("failed", code)
    assert state["refusal"]["zh"]
    assert balances(league, card) == before
    assert card not in str(state["refusal"])
    there = league.find(DEYANG, Role.ACCOUNT, CHENGDU, number)
    assert there is not None
    assert there.refusal is not None
    assert there.refusal.code == code
    league.step(CHENGDU, "pay", number, "deposits_action_not_now")
    assert league.differences(CHENGDU, DEYANG) == []


@pytest.mark.parametrize(
    ("code", "request_", "status"),
    [
        ("deposits_holder_differs", {"holder_name": "另一人"}, None),
        ("deposits_account_closed", {}, AccountStatus.CLOSED),
        ("deposits_account_unknown", {"card": "6299999999999999"}, None),
    ],
)
def test_cash_of_a_refused_deposit_goes_back(
    league: League, code: str, request_: dict[str, Any], status: AccountStatus | None
) -> None:
    card = league.open(DEYANG, 0)
    if status is not None:
        set_status(league, DEYANG, card, status)
    before = balances(league, card)
    values = {"fen": 50_000, "card": card, **request_}
    number = league.begin(CHENGDU, "pay_in", DEYANG, **values)
    league.carry()
    state = league.step(CHENGDU, "status", number)
    assert (state["state"], state["refusal"]["code"]) == ("failed", code)
    assert balances(league, card) == before


def test_a_lost_or_frozen_account_still_takes_money_in(league: League) -> None:
    for status in (AccountStatus.LOST, AccountStatus.FROZEN):
        card = league.open(DEYANG, 0)
        set_status(league, DEYANG, card, status)
        number = league.begin(CHENGDU, "pay_in", DEYANG, card, 1_000)
        league.carry()
        assert league.state(CHENGDU, number) == "success"


@pytest.mark.parametrize(
    ("operation", "code", "request_"),
    [
        ("withdraw", "deposits_over_system_limit", {"fen": 100_000_001}),
        ("withdraw", "deposits_fee_above_ceiling", {"fee_fen": 201}),
        ("pay_in", "deposits_fee_above_ceiling", {"fee_fen": 251}),
        ("pay_in", "deposits_identity_missing", {"fen": 1_000_000}),
        ("send", "deposits_account_unknown", {"payer_account": "6299999999999999"}),
        ("send", "deposits_holder_differs", {"payer_name": "另一人"}),
        ("send", "deposits_holder_differs", {"payer_id": OTHER_HOLDER}),
        ("send", "deposits_funds_short", {"fen": 100_001}),
        ("send", "deposits_funds_short", {"fen": 99_900, "fee_fen": 101}),
    ],
)
def test_what_the_own_counter_refuses_is_never_sent_and_changes_nothing(
    league: League, operation: str, code: str, request_: dict[str, Any]
) -> None:
    card, payer = league.open(DEYANG, 100_000), league.open(CHENGDU, 100_000)
    league.begin(CHENGDU, "pay_in", DEYANG, card, 1)  # so that the position account is there
    league.carry()
    before = league.image()
    values = {"fen": 50_000, **request_}
    if operation == "send":
        values = {"payer_account": payer, **values}
    fen = values.pop("fen")
    league.begin(CHENGDU, operation, DEYANG, card, fen, refused=code, **values)
    assert league.image() == before
    assert league.towns[CHENGDU].waiting(DEYANG) == []


def test_a_bank_of_a_city_outside_the_league_is_refused(league: League) -> None:
    before = league.image()
    values = {"holder_name": "生成客户", "holder_id": HOLDER, "amount_fen": 1, "fee_fen": 0}
    league.call(
        CHENGDU,
        "withdraw",
        "city_unknown",
        serial="X1",
        account_city="511500",
        account="6299999999999999",
        account_bank=BANKS[DEYANG],
        **values,
    )
    assert league.image() == before


def test_the_payers_own_bank_keeps_its_limits(league: League) -> None:
    payee = league.open(DEYANG, 0)
    payer = league.open(CHENGDU, 100_000, day_limit_fen=60_000)
    league.begin(CHENGDU, "send", DEYANG, payee, 40_000, payer_account=payer)
    league.begin(
        CHENGDU,
        "send",
        DEYANG,
        payee,
        20_001,
        refused="deposits_over_day_limit",
        payer_account=payer,
    )
    league.begin(CHENGDU, "send", DEYANG, payee, 20_000, payer_account=payer)


def test_the_day_limit_counts_what_is_held_and_not_what_failed(league: League) -> None:
    card = league.open(DEYANG, 100_000, day_limit_fen=60_000)
    for fen, wanted in ((40_000, "held"), (20_001, "failed"), (20_000, "held"), (1, "failed")):
        number = league.begin(CHENGDU, "withdraw", DEYANG, card, fen)
        league.carry()
        assert league.state(CHENGDU, number) == wanted


def test_a_reversed_withdrawal_is_given_back_to_the_day_limit(league: League) -> None:
    card = league.open(DEYANG, 100_000, day_limit_fen=60_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 60_000)
    league.carry()
    league.step(CHENGDU, "undo", number)
    league.carry()
    again = league.begin(CHENGDU, "withdraw", DEYANG, card, 60_000)
    league.carry()
    assert league.state(CHENGDU, again) == "held"


def test_a_serial_used_for_other_business_is_refused(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    before = league.image()
    league.begin(
        CHENGDU, "withdraw", DEYANG, card, 30_001, refused="deposits_serial_reused", serial=number
    )
    league.begin(
        CHENGDU, "pay_in", DEYANG, card, 30_000, refused="deposits_serial_reused", serial=number
    )
    assert league.image() == before


def test_a_counter_without_cash_reverses_what_was_approved(league: League) -> None:
    card = league.open(DEYANG, 20_000_000, item_limit_fen=20_000_000, day_limit_fen=20_000_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 10_000_001)
    league.carry()
    state = league.step(CHENGDU, "status", number)
    assert (state["state"], state["refusal"]["code"]) == ("reversed", "deposits_cash_short")
    assert league.balance(DEYANG, card) == (20_000_000, 20_000_000)
    assert league.money(CHENGDU, DEYANG)["cash"] == 10_000_000
    assert league.differences(CHENGDU, DEYANG) == []


def test_no_bank_owes_another_more_than_it_guarantees(fresh_store: Any) -> None:
    league = found_banks(fresh_store, guarantee_fen=100_000)
    league.cash(CHENGDU)
    card = league.open(DEYANG, 1_000_000)
    first = league.begin(CHENGDU, "withdraw", DEYANG, card, 100_000)
    second = league.begin(CHENGDU, "withdraw", DEYANG, card, 1)
    league.carry()
    assert league.state(CHENGDU, first) == "held"
    state = league.step(CHENGDU, "status", second)
    assert state["refusal"]["code"] == "deposits_position_limit"
    before = league.image()
    league.begin(CHENGDU, "pay_in", DEYANG, card, 100_001, refused="deposits_position_limit")
    assert league.image() == before
    close(league)


@pytest.mark.parametrize(
    ("operation", "data", "code"),
    [
        ("pay", {"business_date": "2026-11-25", "serial": "none"}, "deposits_serial_unknown"),
        ("undo", {"business_date": "2026-11-25", "serial": "none"}, "deposits_serial_unknown"),
        ("status", {"business_date": "2026-11-24", "serial": "S1"}, "deposits_serial_unknown"),
        ("account", {"account": "6299999999999999"}, "deposits_account_unknown"),
        ("close_day", {"business_date": "2026-11-24"}, "deposits_day_wrong"),
        ("close_day", {"business_date": "2026-11-26"}, "deposits_day_wrong"),
        ("bring_cash", {"reference": "R", "amount_fen": 0}, "data_invalid"),
        ("withdraw", {"serial": "../x"}, "data_invalid"),
    ],
)
def test_what_does_not_exist_or_has_no_form_is_refused(
    league: League, operation: str, data: dict[str, Any], code: str
) -> None:
    before = league.image()
    league.call(CHENGDU, operation, code, **data)
    assert league.image() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product": "time"}, "deposits_product_wrong"),
        ({"matures_on": "2027-01-01"}, "deposits_product_wrong"),
    ],
)
def test_an_account_that_contradicts_itself_is_not_opened(
    league: League, changes: dict[str, Any], code: str
) -> None:
    before = league.image()
    values = {"account": "6212345678901234", "holder_name": "生成客户", "holder_id": HOLDER}
    league.call(CHENGDU, "open_account", code, **values, **changes)
    assert league.image() == before


def test_an_account_number_is_opened_once(league: League) -> None:
    card = league.open(CHENGDU)
    before = league.image()
    values = {"account": card, "holder_name": "生成客户", "holder_id": HOLDER}
    league.call(CHENGDU, "open_account", "deposits_account_exists", **values)
    assert league.image() == before


def test_a_bank_acts_only_on_its_own_serials(league: League) -> None:
    """Another bank of the same city, and another city, that name the serial of Chengdu's bank."""
    card = league.open(DEYANG, 100_000)
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 30_000)
    league.carry()
    serial = league.serial(CHENGDU, number).model_dump(mode="json")
    before = league.image()
    town = league.towns[CHENGDU]
    reverse = {
        "serial": serial,
        "account_bank": BANKS[DEYANG],
        "kind": "withdraw",
        "amount_fen": 30_000,
        "fee_fen": 0,
        "reason": "teller",
    }
    asked = {"purpose": "universal-deposit", "organisation": OTHER_BANK}
    ids = [
        town.ask(DEYANG, "deposits.reverse", reverse, **asked),
        town.ask(DEYANG, "deposits.confirm", {"serial": serial}, **asked),
    ]
    league.carry()
    for one in ids:
        answer = town.settled[one]
        assert answer is not None
        assert b"deposits_not_the_acquirer" in answer
    assert league.image() == before


def test_a_bank_cannot_confirm_what_was_never_asked(league: League) -> None:
    serial = league.serial(CHENGDU, "never").model_dump(mode="json")
    before = league.image()
    asked = {"purpose": "universal-deposit", "organisation": BANKS[CHENGDU]}
    one = league.towns[CHENGDU].ask(DEYANG, "deposits.confirm", {"serial": serial}, **asked)
    league.carry()
    answer = league.towns[CHENGDU].settled[one]
    assert answer is not None
    assert b"deposits_serial_unknown" in answer
    assert league.image() == before


def test_a_bank_of_the_own_city_must_use_its_counter(league: League) -> None:
    card = league.open(CHENGDU, 100_000)
    before = league.image()
    serial = league.serial(CHENGDU, "S9").model_dump(mode="json")
    league.call(
        CHENGDU,
        "deposit",
        "deposits_use_the_counter",
        serial=serial,
        account_bank=BANKS[CHENGDU],
        account=card,
        holder_name="生成客户",
        amount_fen=1,
    )
    assert league.image() == before


@pytest.mark.parametrize(
    ("operation", "data"),
    [
        ("bring_cash", {"reference": "R", "amount_fen": 1}),
        ("close_day", {"business_date": "2026-11-25"}),
        (
            "open_account",
            {"account": "6212345678901234", "holder_name": "生成客户", "holder_id": HOLDER},
        ),
        (
            "withdraw",
            {
                "serial": "S1",
                "account_city": DEYANG,
                "account_bank": BANKS[DEYANG],
                "account": "6212345678901234",
                "holder_name": "生成客户",
                "holder_id": HOLDER,
                "amount_fen": 1,
            },
        ),
    ],
)
def test_only_an_organisation_that_the_agreement_names_is_a_bank(
    league: League, operation: str, data: dict[str, Any]
) -> None:
    before = league.image()
    reply = league.towns[CHENGDU].call(f"deposits.{operation}", data, organisation="traffic-police")
    assert reply.data["code"] == "deposits_not_a_bank"
    assert league.image() == before


def test_cash_is_brought_once_for_its_reference(league: League) -> None:
    first = league.call(CHENGDU, "bring_cash", reference="C100", amount_fen=500)
    assert league.call(CHENGDU, "bring_cash", reference="C100", amount_fen=500) == first
    before = league.image()
    code = "ledger_exists_with_different_amount"
    league.call(CHENGDU, "bring_cash", code, reference="C100", amount_fen=501)
    assert league.image() == before


def test_an_account_is_frozen_opened_and_closed_by_its_bank_alone(league: League) -> None:
    card = league.open(DEYANG, 1_000)
    for status in ("frozen", "open", "lost", "open"):
        assert league.call(DEYANG, "set_status", account=card, status=status)["status"] == status
    before = league.image()
    code = "deposits_account_unknown"
    league.call(CHENGDU, "set_status", code, account=card, status="frozen")
    league.call(DEYANG, "set_status", "ledger_account_not_empty", account=card, status="closed")
    assert league.image() == before
    number = league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000)
    league.carry()
    league.step(CHENGDU, "pay", number)
    league.carry()
    league.call(DEYANG, "set_status", account=card, status="closed")
    before = league.image()
    league.call(DEYANG, "set_status", "deposits_account_closed", account=card, status="open")
    report = {"account_bank": BANKS[DEYANG], "account": card, "holder_id": HOLDER}
    league.call(DEYANG, "report_loss", "deposits_account_closed", **report)
    assert league.image() == before


def test_a_frozen_account_that_is_reported_lost_stays_frozen(league: League) -> None:
    card = league.open(DEYANG, 1_000)
    league.call(DEYANG, "set_status", account=card, status="frozen")
    report = {"account_bank": BANKS[DEYANG], "account": card, "holder_id": HOLDER}
    first = league.call(DEYANG, "report_loss", **report)
    league.clock.advance(hours=1)
    assert league.call(DEYANG, "report_loss", **report) == first
    assert league.call(DEYANG, "account", account=card)["status"] == "frozen"
