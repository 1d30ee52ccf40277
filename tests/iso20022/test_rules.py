"""The rules that no schema states, in both directions; statements with pages; what is dropped."""

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hanse.foundation.errors import Problem
from hanse.foundation.iso20022 import (
    Agent,
    Balance,
    Entry,
    Kind,
    Statement,
    check_pages,
    pages_of,
    read,
    write,
)
from hanse.foundation.money import CURRENCY_UNKNOWN, Money

from .strategies import DAY, ENTRY, PLAIN, STATEMENT, TRANSFER, statements

replace = dataclasses.replace


def refused(message: Any) -> str:
    before = repr(message)
    with pytest.raises(Problem) as caught:
        write(message)
    assert repr(message) == before
    return caught.value.code


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("transaction_id", "M" * 36, "iso_value_malformed"),
        ("end_to_end_id", "", "iso_value_malformed"),
        ("debtor_name", "名\x00", "iso_value_malformed"),
        ("remark", "字" * 141, "iso_value_malformed"),
        ("charge_bearer", "FREE", "iso_value_malformed"),
        ("amount", Money(0), "iso_amount_zero"),
        ("amount", Money(-1), "iso_amount_zero"),
        ("amount", Money(10**15 + 1), "iso_amount_malformed"),
        ("uetr", "0b4a1d1e-9c1c-1d6e-8f00-0123456789ab", "iso_value_malformed"),
        ("creditor_agent", Agent("BIC", "bank"), "iso_value_malformed"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(field: str, value: Any, code: str) -> None:
    message = replace(PLAIN["pacs.008"], transfers=(replace(TRANSFER, **{field: value}),))
    assert refused(message) == code


def test_a_message_without_payments_is_not_written() -> None:
    assert refused(replace(PLAIN["pacs.008"], transfers=())) == "iso_element_missing"


def test_two_payments_of_one_id_are_not_written() -> None:
    assert refused(replace(PLAIN["pacs.008"], transfers=(TRANSFER,) * 2)) == "iso_duplicate_id"


def test_a_league_has_one_currency_and_another_is_no_money_at_all() -> None:
    with pytest.raises(Problem) as caught:
        Money(1, "USD")
    assert caught.value.kind is CURRENCY_UNKNOWN


def test_two_currencies_in_one_message_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hanse.foundation.money.MINOR_DIGITS", {"CNY": 2, "HKD": 2})
    other = replace(TRANSFER, transaction_id="TX-2", uetr=None, amount=Money(1, "HKD"))
    assert refused(replace(PLAIN["pacs.008"], transfers=(TRANSFER, other))) == "iso_currency_mixed"
    entry = replace(ENTRY, amount=Money(1, "HKD"))
    assert refused(replace(STATEMENT, entries=(entry,))) == "iso_currency_mixed"


def test_a_statement_that_does_not_balance_is_not_written() -> None:
    balances = (STATEMENT.balances[0], Balance("CLBD", Money(40_001), DAY))
    assert refused(replace(STATEMENT, balances=balances)) == "iso_balance_differs"


def test_a_pending_entry_does_not_count_in_the_booked_balance() -> None:
    pending = replace(ENTRY, reference="N-2", status="PDNG")
    message = replace(STATEMENT, entries=(ENTRY, pending))
    assert read(write(message)).message == message


def test_a_notice_has_entries_and_no_balances() -> None:
    notice = PLAIN["camt.054"]
    assert refused(replace(notice, entries=())) == "iso_element_missing"
    assert refused(replace(notice, balances=STATEMENT.balances)) == "iso_balance_missing"


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(whole=statements(Kind.STATEMENT), size=st.integers(1, 4))
def test_pages_of_a_statement_hold_all_of_it_and_each_reads_back(
    whole: Statement, size: int
) -> None:
    whole = replace(whole, message_id=whole.message_id[:30].strip())
    pages = pages_of(whole, size)
    check_pages(pages)
    assert tuple(entry for page in pages for entry in page.entries) == whole.entries
    assert pages[0].balance("OPBD").amount == whole.balance("OPBD").amount
    assert pages[-1].balance("CLBD").amount == whole.balance("CLBD").amount
    assert [page.page for page in pages] == list(range(1, len(pages) + 1))
    assert [page.is_last_page for page in pages] == [False] * (len(pages) - 1) + [True]
    for page in pages:
        assert read(write(page)).message == page


THREE = replace(
    STATEMENT,
    balances=(Balance("OPBD", Money(0), DAY), Balance("CLBD", Money(600), DAY)),
    entries=tuple(Entry(f"N-{n}", Money(n * 100), DAY, "deposit") for n in (1, 2, 3)),
)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda pages: (), "iso_element_missing"),
        (lambda pages: pages[:2], "iso_page_wrong"),
        (lambda pages: pages[1:], "iso_page_wrong"),
        (lambda pages: (pages[0], pages[2]), "iso_page_wrong"),
        (lambda pages: (pages[0], pages[0], *pages[1:]), "iso_page_wrong"),
        (lambda pages: (pages[1], pages[0], pages[2]), "iso_page_wrong"),
        (lambda pages: (*pages[:2], replace(pages[2], statement_id="ST-8")), "iso_page_wrong"),
        (lambda pages: (*pages[:2], replace(pages[2], sequence=8)), "iso_page_wrong"),
        (lambda pages: (pages[0], _shifted(pages[1]), pages[2]), "iso_balance_differs"),
        (lambda pages: (pages[0], _renamed(pages[1]), pages[2]), "iso_duplicate_id"),
    ],
)
def test_pages_that_do_not_follow_each_other_are_refused(change: Any, code: str) -> None:
    pages = pages_of(THREE, 1)
    assert len(pages) == 3
    check_pages(pages)
    with pytest.raises(Problem) as caught:
        check_pages(change(pages))
    assert caught.value.code == code


def _shifted(page: Statement) -> Statement:
    balances = tuple(replace(one, amount=one.amount + Money(1)) for one in page.balances)
    return replace(page, balances=balances)


def _renamed(page: Statement) -> Statement:
    return replace(page, entries=(replace(page.entries[0], reference="N-1"),))


def test_what_a_message_holds_beyond_our_parts_is_named() -> None:
    document = write(PLAIN["pacs.008"])
    charges = b'<ChrgsInf><Amt Ccy="CNY">1.00</Amt></ChrgsInf>'
    fuller = document.replace(b"<Dbtr>", charges + b"<Dbtr><PstlAdr/>", 1)
    fuller = fuller.replace(b"</Document>", b"<More/></Document>")
    reading = read(fuller)
    body = "/FIToFICstmrCdtTrf/CdtTrfTxInf[1]"
    assert sorted(reading.dropped) == [f"{body}/ChrgsInf", f"{body}/Dbtr/PstlAdr", "/More"]


def test_a_time_is_read_in_any_zone_and_the_day_of_an_entry_in_its_own() -> None:
    document = write(STATEMENT)
    in_sichuan = document.replace(b"2026-11-25T04:00:00Z", b"2026-11-25T12:00:00+08:00")
    assert read(in_sichuan).message == STATEMENT
    at_night = document.replace(
        b"<BookgDt><Dt>2026-11-25</Dt>", b"<BookgDt><DtTm>2026-11-25T00:30:00+08:00</DtTm>"
    )
    assert read(at_night).message == STATEMENT


def test_banks_of_a_header_that_names_none_are_those_of_the_payments() -> None:
    document = re.sub(rb"<InstgAgt>.*?</InstdAgt>", b"", write(PLAIN["pacs.008"]))
    assert read(document).message == PLAIN["pacs.008"]
