"""ISO 20022 at the counter: pacs.008 in and pacs.002 out, statements and notices by schema."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from hanse.foundation.iso20022 import (
    Account,
    Agent,
    CreditTransfer,
    CreditTransfers,
    Header,
    Statement,
    StatusReport,
    check_pages,
    read,
    write,
)
from hanse.foundation.money import Money
from hanse.services.finance.deposits import statements
from tests.iso20022.schemas import faults, xsd
from tests.iso20022.strategies import PLAIN

from .league import BANKS, CHENGDU, DEYANG, NAME, TODAY, League

NEXT = TODAY + timedelta(days=1)


def agent(city: str) -> Agent:
    return Agent(city, BANKS[city])


def payment(league: League, payer: str, payee: str, number: str, fen: int) -> CreditTransfer:
    return CreditTransfer(
        transaction_id=number,
        end_to_end_id=f"E2E-{number}",
        amount=Money(fen),
        debtor_name=NAME,
        debtor_account=Account(payer),
        debtor_agent=agent(CHENGDU),
        creditor_name=NAME,
        creditor_account=Account(payee),
        creditor_agent=agent(DEYANG),
        remark="生成的汇款",
    )


def message(league: League, *payments: CreditTransfer, day: Any = TODAY) -> str:
    header = Header("MSG-1", league.clock.now, agent(CHENGDU), agent(DEYANG))
    return write(CreditTransfers(header, day, payments)).decode()


def statuses(league: League, document: str) -> dict[str, tuple[str, str | None]]:
    """What the pacs.002 says of each payment: its status, and the reason's code."""
    answer = league.call(CHENGDU, "pacs008", document=document)["document"]
    assert faults(answer.encode(), "pacs.002.001.12") == []
    report = read(answer.encode()).message
    assert isinstance(report, StatusReport)
    assert report.original_message_id == "MSG-1"
    return {
        one.transaction_id: (one.status, None if one.reason is None else one.reason.code)
        for one in report.statuses
    }


def test_a_pacs008_begins_its_payments_and_a_pacs002_says_what_became_of_each(
    league: League,
) -> None:
    payer, payee = league.open(CHENGDU, 100_000), league.open(DEYANG, 0)
    document = message(
        league,
        payment(league, payer, payee, "P1", 30_000),
        payment(league, payer, payee, "P2", 90_000),
        payment(league, payer, "6299999999999999", "P3", 10_000),
        payment(league, payer, payee, "P4/..", 1),
    )
    first = statuses(league, document)
    assert first == {
        "P1": ("PDNG", None),
        "P2": ("RJCT", "AM04"),
        "P3": ("PDNG", None),
        "P4/..": ("RJCT", "data_invalid"),
    }
    league.carry()
    assert statuses(league, document) == {
        "P1": ("ACSC", None),
        "P2": ("RJCT", "AM04"),
        "P3": ("RJCT", "AC01"),
        "P4/..": ("RJCT", "data_invalid"),
    }
    assert league.balance(DEYANG, payee) == (30_000, 30_000)
    assert league.balance(CHENGDU, payer) == (100_000 - 30_000 - 200, 69_800)


def test_the_same_pacs008_after_the_days_end_gives_the_states_and_begins_nothing(
    league: League,
) -> None:
    payer, payee = league.open(CHENGDU, 100_000), league.open(DEYANG, 0)
    document = message(league, payment(league, payer, payee, "P1", 30_000))
    statuses(league, document)
    league.carry()
    league.call(CHENGDU, "close_day", business_date=TODAY.isoformat())
    assert statuses(league, document) == {"P1": ("ACSC", None)}
    late = message(league, payment(league, payer, payee, "P2", 1))
    assert statuses(league, late) == {"P2": ("RJCT", "deposits_day_wrong")}
    tomorrow = message(league, payment(league, payer, payee, "P2", 1), day=NEXT)
    assert statuses(league, tomorrow) == {"P2": ("PDNG", None)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("<MsgId>MSG-1", "<MsgId>"), "iso_value_malformed"),
        (lambda text: text.replace("<NbOfTxs>1", "<NbOfTxs>2"), "iso_count_differs"),
        (lambda text: "<!DOCTYPE x>" + text.split("?>")[1], "iso_file_has_dtd"),
        (
            lambda text: text.replace("<Dbtr>", "<UltmtDbtr/><Dbtr>"),
            "deposits_parts_not_carried",
        ),
        (
            lambda text: text.replace(f"<Issr>{CHENGDU}", f"<Issr>{DEYANG}"),
            "deposits_not_from_this_bank",
        ),
        (
            lambda text: write(PLAIN["camt.056"]).decode(),
            "deposits_not_a_pacs008",
        ),
    ],
)
def test_a_message_that_is_not_understood_whole_begins_nothing(
    league: League, change: Any, code: str
) -> None:
    payer, payee = league.open(CHENGDU, 100_000), league.open(DEYANG, 0)
    document = message(league, payment(league, payer, payee, "P1", 30_000))
    before = league.image()
    league.call(CHENGDU, "pacs008", code, document=change(document))
    assert league.image() == before


def history(league: League) -> str:
    """An account with an opening, two withdrawals, one reversed, and a deposit."""
    card = league.open(DEYANG, 100_000)
    for number in range(2):
        serial = league.begin(CHENGDU, "withdraw", DEYANG, card, 1_000 * (number + 1))
        league.carry()
        league.step(CHENGDU, "pay", serial)
        league.carry()
    league.step(CHENGDU, "undo", serial)
    league.begin(CHENGDU, "pay_in", DEYANG, card, 500)
    held = league.begin(CHENGDU, "withdraw", DEYANG, card, 7_000)
    league.carry()
    assert league.state(CHENGDU, held) == "held"
    return card


def statement(league: League, card: str, **changes: Any) -> Statement:
    period = {"from_day": TODAY.isoformat(), "to_day": TODAY.isoformat()}
    document = league.call(DEYANG, "statement", account=card, **{**period, **changes})
    text = document["document"].encode()
    assert xsd("camt.053.001.08").validate(etree.fromstring(text))
    found = read(text).message
    assert isinstance(found, Statement)
    return found


def test_a_statement_holds_what_is_booked_and_balances(league: League) -> None:
    card = history(league)
    found = statement(league, card)
    assert [one.amount.minor for one in found.entries] == [100_000, -1_000, -2_000, 2_000, 500]
    assert [one.is_reversal for one in found.entries] == [False, False, False, True, False]
    assert found.balance("OPBD").amount.minor == 0
    assert found.balance("CLBD").amount.minor == league.balance(DEYANG, card)[0] == 99_500
    assert found.account.number == card
    tomorrow = statement(league, card, from_day=NEXT.isoformat(), to_day=NEXT.isoformat())
    assert tomorrow.entries == ()
    assert tomorrow.balance("OPBD").amount.minor == 99_500


def test_a_long_statement_has_pages_that_follow_each_other(
    league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "ENTRIES_PER_PAGE", 2)
    monkeypatch.setattr(statements, "LINES_PER_READ", 3)
    card = history(league)
    pages = [statement(league, card, page=number) for number in (1, 2, 3)]
    same = [dataclasses.replace(page, message_id=pages[0].message_id) for page in pages]
    check_pages(same)
    period = {"from_day": TODAY.isoformat(), "to_day": TODAY.isoformat()}
    league.call(
        DEYANG, "statement", "deposits_statement_page_unknown", account=card, page=4, **period
    )


def test_a_notice_tells_the_entries_without_balances(league: League) -> None:
    card = history(league)
    period = {"from_day": TODAY.isoformat(), "to_day": TODAY.isoformat()}
    text = league.call(DEYANG, "notice", account=card, **period)["document"].encode()
    assert xsd("camt.054.001.08").validate(etree.fromstring(text))
    found = read(text).message
    assert isinstance(found, Statement)
    assert len(found.entries) == 5
    assert found.balances == ()


def report(league: League, card: str) -> Statement:
    text = league.call(DEYANG, "report", account=card)["document"].encode()
    assert xsd("camt.052.001.08").validate(etree.fromstring(text))
    found = read(text).message
    assert isinstance(found, Statement)
    return found


def test_a_report_tells_the_day_so_far_with_what_is_reserved(league: League) -> None:
    card = history(league)
    found = report(league, card)
    assert [(one.amount.minor, one.status) for one in found.entries] == [
        (100_000, "BOOK"),
        (-1_000, "BOOK"),
        (-2_000, "BOOK"),
        (2_000, "BOOK"),
        (500, "BOOK"),
        (-7_000, "PDNG"),
    ]
    balances = [found.balance(type_).amount.minor for type_ in ("OPBD", "ITBD", "ITAV")]
    assert balances == [0, 99_500, 92_500]


def test_what_was_reserved_is_in_no_report_once_it_is_released(league: League) -> None:
    card = league.open(DEYANG, 100_000)
    held = league.begin(CHENGDU, "withdraw", DEYANG, card, 7_000)
    league.carry()
    assert report(league, card).balance("ITAV").amount.minor == 93_000
    league.step(CHENGDU, "undo", held)
    league.carry()
    found = report(league, card)
    assert [one.status for one in found.entries] == ["BOOK"]
    assert found.balance("ITAV").amount.minor == found.balance("ITBD").amount.minor == 100_000


def test_another_bank_of_the_city_gets_no_report(league: League) -> None:
    card = league.open(DEYANG, 100)
    reply = league.towns[DEYANG].call(
        "deposits.report", {"account": card}, organisation="other-bank"
    )
    assert reply.data["code"] == "deposits_account_unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from_day": NEXT.isoformat()}, "deposits_period_wrong"),
        ({"account": "6299999999999999"}, "deposits_account_unknown"),
    ],
)
def test_a_statement_of_what_is_not_there_is_refused(
    league: League, changes: dict[str, Any], code: str
) -> None:
    card = league.open(DEYANG, 100)
    period = {"account": card, "from_day": TODAY.isoformat(), "to_day": TODAY.isoformat()}
    league.call(DEYANG, "statement", code, **{**period, **changes})


def test_another_bank_of_the_city_gets_no_statement(league: League) -> None:
    card = league.open(DEYANG, 100)
    period = {"account": card, "from_day": TODAY.isoformat(), "to_day": TODAY.isoformat()}
    reply = league.towns[DEYANG].call("deposits.statement", period, organisation="other-bank")
    assert reply.data["code"] == "deposits_account_unknown"
