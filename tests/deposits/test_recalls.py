"""Recalls (camt.056, camt.029) and returns (pacs.004): asked after the day, decided by the payee's
bank, booked at both banks, in any order of messages; or given up at the deadline."""

from datetime import timedelta
from typing import Any

import pytest

from hanse.foundation.iso20022 import (
    Agent,
    Header,
    Original,
    PaymentReturns,
    Reason,
    Recall,
    RecallAnswer,
    Recalls,
    read,
    write,
)
from hanse.foundation.money import Money
from hanse.services.finance.deposits.codes import Role, State
from hanse.services.finance.deposits.contracts import Serial
from tests.exchange.cities import carry
from tests.iso20022.schemas import faults

from .league import BANKS, CHENGDU, DEYANG, HOLDER, OTHER_BANK, TODAY, League, advance

NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def paid(league: League) -> tuple[League, str, str]:
    """A transfer P1 of 30,000 fen from Chengdu to Deyang, whose day has ended at both."""
    payer, payee = league.open(CHENGDU, 100_000), league.open(DEYANG, 0)
    league.begin(CHENGDU, "send", DEYANG, payee, 30_000, serial="P1", payer_account=payer,
                 fee_fen=200)  # fmt: skip
    league.carry()
    assert league.state(CHENGDU, "P1") == "success"
    for city in (CHENGDU, DEYANG):
        league.call(city, "close_day", business_date=TODAY.isoformat())
    return league, payer, payee


def serial(league: League, number: str, day: Any = NEXT) -> dict[str, Any]:
    return league.serial(CHENGDU, number, day).model_dump(mode="json")


def ask_back(league: League, number: str = "R1", refused: str | None = None, **other: Any) -> None:
    data = {"serial": number, "original": serial(league, "P1", TODAY), "reason": "DUPL"}
    league.call(CHENGDU, "ask_back", refused, **{**data, **other})


def decide(
    league: League, number: str = "R1", why: str | None = None, refused: str | None = None
) -> dict[str, Any]:
    data = {"serial": serial(league, number), "accepted": why is None, "reason": why}
    return league.call(DEYANG, "decide_recall", refused, **data)


def waiting(league: League) -> list[dict[str, Any]]:
    return list(league.call(DEYANG, "recalls")["recalls"])


def test_rule_recall_a_payment_that_is_given_back_returns_whole_without_its_fee(
    paid: tuple[League, str, str],
) -> None:
    league, payer, payee = paid
    ask_back(league)
    league.carry()
    [one] = waiting(league)
    assert (one["serial"]["serial"], one["amount_fen"], one["reason"]) == ("R1", 30_000, "DUPL")
    assert league.state(CHENGDU, "R1", NEXT) == "asked"
    assert league.balance(DEYANG, payee) == (30_000, 30_000), "nothing is held before a decision"
    assert decide(league)["state"] == "held"
    assert league.balance(DEYANG, payee) == (30_000, 0)
    league.carry()
    assert league.state(CHENGDU, "R1", NEXT) == "success"
    assert league.balance(DEYANG, payee) == (0, 0)
    assert league.balance(CHENGDU, payer) == (99_800, 99_800)
    assert league.money(CHENGDU, DEYANG)["position"] == 0
    assert league.money(DEYANG, CHENGDU)["position"] == 0
    assert league.money(CHENGDU, DEYANG)["fees"] == 200
    assert waiting(league) == []
    assert league.differences(CHENGDU, DEYANG, NEXT, NEXT) == []


def test_rule_recall_a_refusal_keeps_the_money_and_says_why(
    paid: tuple[League, str, str],
) -> None:
    league, payer, payee = paid
    ask_back(league)
    league.carry()
    assert decide(league, why="CUST")["state"] == "failed"
    league.carry()
    found = league.step(CHENGDU, "status", "R1", day=NEXT)
    assert (found["state"], found["refusal"]["code"]) == ("failed", "CUST")
    assert league.balance(DEYANG, payee) == (30_000, 30_000)
    assert league.balance(CHENGDU, payer) == (69_800, 69_800)
    decide(league, refused="deposits_action_not_now")
    ask_back(league, "R2")  # what was refused may be asked again, as a new recall
    league.carry()
    assert [one["serial"]["serial"] for one in waiting(league)] == ["R2"]


@pytest.mark.parametrize("moment", ["before it arrives", "while it waits", "as it is decided"])
def test_rule_recall_without_an_answer_by_the_deadline_is_given_up(
    paid: tuple[League, str, str], moment: str
) -> None:
    league, payer, payee = paid
    ask_back(league)
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    if moment != "before it arrives":
        league.carry()
        [one] = waiting(league)
        assert one["due_on"] == "2026-12-10", "ten working days"
    advance(league, days=15)
    assert league.state(CHENGDU, "R1", NEXT) == "asked"
    if moment == "as it is decided":
        decide(league)
        carry(deyang, chengdu, lose_request=True)
    advance(league, days=1)
    assert league.state(CHENGDU, "R1", NEXT) == "reversing"
    league.carry()
    assert league.state(CHENGDU, "R1", NEXT) == "reversed"
    there = league.find_at(DEYANG, Role.ACCOUNT, serial(league, "R1"))
    assert there.state is State.REVERSED
    assert waiting(league) == []
    assert league.balance(DEYANG, payee) == (30_000, 30_000)
    assert league.balance(CHENGDU, payer) == (69_800, 69_800)
    assert league.differences(CHENGDU, DEYANG, NEXT, NEXT + timedelta(days=20)) == []
    decide(league, refused="deposits_action_not_now")


def test_messages_of_a_recall_that_come_twice_move_nothing_twice(
    paid: tuple[League, str, str],
) -> None:
    league, payer, payee = paid
    ask_back(league)
    ask_back(league)
    chengdu, deyang = league.towns[CHENGDU], league.towns[DEYANG]
    for decided in (False, True):
        if decided:
            decide(league)
        for _ in range(4):
            for one, other in ((chengdu, deyang), (deyang, chengdu)):
                carry(one, other, lose_answer=True)
                carry(one, other)
    assert league.state(CHENGDU, "R1", NEXT) == "success"
    assert (league.balance(CHENGDU, payer)[0], league.balance(DEYANG, payee)[0]) == (99_800, 0)
    ask_back(league, "R2", "deposits_not_recallable")


def test_rule_recall_money_that_is_spent_is_not_given_back_below_zero(
    paid: tuple[League, str, str],
) -> None:
    league, _, payee = paid
    league.cash(CHENGDU)
    number = league.begin(CHENGDU, "withdraw", DEYANG, payee, 1)
    league.carry()
    league.step(CHENGDU, "pay", number, day=NEXT)
    league.carry()
    ask_back(league)
    league.carry()
    before = league.image()
    decide(league, refused="deposits_funds_short")
    assert league.image() == before
    decide(league, why="AM04")
    league.carry()
    assert league.step(CHENGDU, "status", "R1", day=NEXT)["refusal"]["code"] == "AM04"


def test_a_recall_between_two_banks_of_one_city_needs_no_message(league: League) -> None:
    payer, number = league.open(CHENGDU, 100_000), "P1"
    town = league.towns[CHENGDU]

    def other(operation: str, **data: Any) -> dict[str, Any]:
        return dict(town.call(f"deposits.{operation}", data, organisation=OTHER_BANK).data)

    card = "6288888888880001"
    opened = {"account": card, "holder_name": "生成客户", "cash_fen": 0}
    other("open_account", holder_id=HOLDER, **opened)
    league.begin(CHENGDU, "send", CHENGDU, card, 20_000, serial=number, payer_account=payer,
                 account_bank=OTHER_BANK)  # fmt: skip
    assert league.state(CHENGDU, number) == "success"
    league.call(CHENGDU, "close_day", business_date=TODAY.isoformat())
    ask_back(league)
    assert other("decide_recall", serial=serial(league, "R1"), accepted=True)["state"] == "held"
    assert league.state(CHENGDU, "R1", NEXT) == "success"
    assert league.balance(CHENGDU, payer) == (100_000, 100_000)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "XXXX"}, "data_invalid"),
        ({"serial": "no/slash"}, "data_invalid"),
        ({"message": ""}, "data_invalid"),
        ({"original": {"serial": "P9"}}, "deposits_serial_unknown"),
        ({"original": {"serial": "W1"}}, "deposits_not_recallable"),
        ({"original": {"serial": "P2", "business_date": "2026-11-26"}}, "deposits_day_not_closed"),
        ({"original": {"acquirer_bank": OTHER_BANK}}, "deposits_serial_unknown"),
    ],
)
def test_a_recall_that_is_refused_changes_nothing(
    paid: tuple[League, str, str], change: dict[str, Any], code: str
) -> None:
    league, payer, payee = paid
    league.cash(CHENGDU)
    league.begin(CHENGDU, "send", DEYANG, payee, 1_000, serial="P2", payer_account=payer)
    league.carry()
    if change.get("original", {}).get("serial") == "W1":
        league.begin(CHENGDU, "pay_in", DEYANG, payee, 1_000, serial="W1")
        league.carry()
        league.call(CHENGDU, "close_day", business_date=NEXT.isoformat())
        change = {"original": {"serial": "W1", "business_date": NEXT.isoformat()}}
    if "original" in change:
        change = {"original": serial(league, "P1", TODAY) | change["original"]}
    before = league.image()
    ask_back(league, "R1", code, **change)
    assert league.image() == before


@pytest.mark.parametrize(
    ("why", "accepted", "code"),
    [("CUST", True, "deposits_recall_reason_missing"),
     (None, False, "deposits_recall_reason_missing"),
     ("WRONG", False, "data_invalid")],
)  # fmt: skip
def test_a_decision_that_is_none_is_refused_and_changes_nothing(
    paid: tuple[League, str, str], why: str | None, accepted: bool, code: str
) -> None:
    league, _, _ = paid
    ask_back(league)
    league.carry()
    before = league.image()
    data = {"serial": serial(league, "R1"), "accepted": accepted, "reason": why}
    league.call(DEYANG, "decide_recall", code, **data)
    data = {"serial": serial(league, "P1", TODAY), "accepted": True}
    league.call(DEYANG, "decide_recall", "deposits_serial_unknown", **data)
    assert league.image() == before


def camt056(league: League, *recalls: tuple[str, str, int], reason: str = "DUPL") -> str:
    header = Header(
        "CXL-1", league.clock.now, Agent(CHENGDU, BANKS[CHENGDU]), Agent(DEYANG, BANKS[DEYANG])
    )
    found = tuple(
        Recall(
            number,
            Original("MSG-1", "pacs.008.001.08", f"E2E-{original}", original, Money(fen), TODAY),
            Reason(reason),
        )
        for number, original, fen in recalls
    )
    return write(Recalls(header, found)).decode()


def outcomes(league: League, document: str) -> dict[str, tuple[str, str | None]]:
    """What the camt.029 says of each recall."""
    answer = league.call(CHENGDU, "camt056", document=document)["document"].encode()
    message = read(answer).message
    assert faults(answer, read(answer).name) == []
    assert isinstance(message, RecallAnswer)
    return {
        one.original.transaction_id: (one.outcome, None if one.reason is None else one.reason.code)
        for one in message.outcomes
    }


def test_a_camt056_asks_back_a_camt029_says_what_became_of_it_and_a_pacs004_returns_it(
    paid: tuple[League, str, str],
) -> None:
    league, _, _ = paid
    document = camt056(league, ("R1", "P1", 30_000), ("R2", "P9", 5))
    assert outcomes(league, document) == {"P1": ("PDCR", None), "P9": ("RJCR", "NOOR")}
    name = {"business_date": NEXT.isoformat(), "serial": "R1"}
    league.call(CHENGDU, "pacs004", "deposits_not_returned", **name)
    league.carry()
    decide(league)
    league.carry()
    league.call(CHENGDU, "close_day", business_date=NEXT.isoformat())
    assert outcomes(league, document) == {"P1": ("ACCR", None), "P9": ("RJCR", "NOOR")}
    returned = league.call(CHENGDU, "pacs004", **name)["document"].encode()
    assert faults(returned, read(returned).name) == []
    message = read(returned).message
    assert isinstance(message, PaymentReturns)
    [one] = message.returns
    assert (one.return_id, one.amount, one.reason.code) == ("R1", Money(30_000), "DUPL")
    assert (one.original.message_id, one.original.transaction_id) == ("MSG-1", "P1")
    assert message.header.instructing == Agent(DEYANG, BANKS[DEYANG])
    later = camt056(league, ("R3", "P1", 30_000))
    assert outcomes(league, later) == {"P1": ("RJCR", "ARDT")}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("<NbOfTxs>1", "<NbOfTxs>2"), "iso_count_differs"),
        (lambda text: "<!DOCTYPE x>" + text.split("?>")[1], "iso_file_has_dtd"),
        (lambda text: text.replace(BANKS[CHENGDU], OTHER_BANK), "deposits_not_from_this_bank"),
        (lambda text: text.replace("camt.056", "camt.999"), "iso_message_unknown"),
        (lambda text: text[: len(text) // 2], "iso_file_malformed"),
    ],
)
def test_a_broken_camt056_is_refused_whole_and_changes_nothing(
    paid: tuple[League, str, str], change: Any, code: str
) -> None:
    league, _, _ = paid
    document = change(camt056(league, ("R1", "P1", 30_000)))
    before = league.image()
    reply = league.towns[CHENGDU].call(
        "deposits.camt056", {"document": document}, organisation=BANKS[CHENGDU]
    )
    assert reply.data["code"] == code
    assert league.image() == before


@pytest.mark.parametrize(
    ("fen", "reason", "code"),
    [(29_999, "DUPL", "deposits_recall_amount_other"), (30_000, "ZZZZ", "data_invalid")],
)
def test_a_recall_in_a_camt056_that_is_refused_says_why_and_changes_nothing(
    paid: tuple[League, str, str], fen: int, reason: str, code: str
) -> None:
    league, _, _ = paid
    before = league.image()
    document = camt056(league, ("R1", "P1", fen), reason=reason)
    assert outcomes(league, document) == {"P1": ("RJCR", code)}
    assert league.image() == before


def test_a_recall_of_another_banks_payment_is_refused(paid: tuple[League, str, str]) -> None:
    league, _, _ = paid
    wrong = Serial(acquirer_city=DEYANG, acquirer_bank=BANKS[DEYANG], business_date=TODAY,
                   serial="P1")  # fmt: skip
    ask_back(league, "R1", "deposits_serial_unknown", original=wrong.model_dump(mode="json"))
