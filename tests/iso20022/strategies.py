"""Messages of every kind, made by hypothesis; one plain example of each."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hanse.foundation.iso20022 import (
    Account,
    Agent,
    Balance,
    CreditTransfer,
    CreditTransfers,
    Entry,
    Header,
    InstitutionTransfer,
    InstitutionTransfers,
    Kind,
    Message,
    Movement,
    Original,
    PaymentReturn,
    PaymentReturns,
    Reason,
    Recall,
    RecallAnswer,
    RecallOutcome,
    Recalls,
    Settlement,
    SettlementRequest,
    Statement,
    StatusReport,
    TransferStatus,
)
from hanse.foundation.iso20022.status_report import STATUSES
from hanse.foundation.money import AMOUNT_MAX, Money

EPOCH = datetime(1971, 1, 1, tzinfo=UTC)
DAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
CHENGDU = Agent("510100", "commercial-bank")
DEYANG = Agent("510600", "rural-commercial-bank")

_ID = st.from_regex(r"[!-~]([ -~]{0,33}[!-~])?", fullmatch=True)
_WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=105,
)
_MONEY = st.builds(Money, st.integers(1, AMOUNT_MAX // 10_000))
_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
_INSTANTS = st.integers(0, 7 * 10**15).map(lambda us: EPOCH + timedelta(microseconds=us))
_AGENTS = st.one_of(
    st.builds(Agent, st.sampled_from(["510100", "510600"]), _ID),
    st.just(Agent("BIC", "BKCHCNBJ")),
    st.builds(Agent, st.just("CNAPS"), st.from_regex("[0-9]{12}", fullmatch=True)),
)
_ACCOUNTS = st.one_of(
    st.builds(Account, st.from_regex("[0-9]{12,19}", fullmatch=True)),
    st.just(Account("DE02120300000000202051", is_iban=True)),
)
_HEADERS = st.builds(Header, _ID, _INSTANTS, _AGENTS, _AGENTS)
_SETTLEMENTS = st.builds(Settlement, st.sampled_from(["CLRG", "INDA"]), st.none() | _ID)
_REASONS = st.builds(
    Reason, st.sampled_from(["AM04", "AC01", "deposits_funds_short"]), st.none() | _WORDS
)
_ORIGINALS = st.builds(Original, _ID, st.just("pacs.008.001.08"), _ID, _ID, _MONEY, _DAYS)
_UETR = st.uuids(version=4).map(str)


def _many(element: st.SearchStrategy[Any], key: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(element, min_size=1, max_size=4, unique_by=key).map(tuple)


_TRANSFERS = st.builds(
    CreditTransfer,
    transaction_id=_ID,
    end_to_end_id=_ID,
    amount=_MONEY,
    debtor_name=st.none() | _WORDS,
    debtor_account=_ACCOUNTS,
    debtor_agent=_AGENTS,
    creditor_name=st.none() | _WORDS,
    creditor_account=_ACCOUNTS,
    creditor_agent=_AGENTS,
    charge_bearer=st.sampled_from(["SLEV", "SHAR", "DEBT", "CRED"]),
    instruction_id=st.none() | _ID,
    uetr=st.none(),
    purpose=st.none() | st.just("CASH"),
    remark=st.none() | _WORDS,
)
CREDIT_TRANSFERS = st.builds(
    CreditTransfers,
    _HEADERS,
    _DAYS,
    _many(_TRANSFERS, lambda one: one.transaction_id),
    _SETTLEMENTS,
)
INSTITUTION_TRANSFERS = st.builds(
    InstitutionTransfers,
    _HEADERS,
    _DAYS,
    _many(
        st.builds(
            InstitutionTransfer,
            _ID,
            _ID,
            _MONEY,
            _AGENTS,
            _AGENTS,
            st.none() | _ID,
            st.none() | _UETR,
            st.none() | _WORDS,
        ),
        lambda one: one.transaction_id,
    ),
    _SETTLEMENTS,
)


@st.composite
def status_reports(draw: st.DrawFn) -> StatusReport:
    statuses = draw(
        _many(
            st.builds(
                TransferStatus,
                _ID,
                _ID,
                st.sampled_from(sorted(STATUSES)),
                _REASONS,
                st.none() | _INSTANTS,
            ),
            lambda one: one.transaction_id,
        )
    )
    found = {one.status for one in statuses}
    group = draw(st.sampled_from([None, found.pop() if len(found) == 1 else "PART"]))
    return StatusReport(draw(_HEADERS), draw(_ID), "pacs.008.001.08", statuses, group)


@st.composite
def payment_returns(draw: st.DrawFn) -> PaymentReturns:
    originals = draw(_many(_ORIGINALS, lambda one: (one.message_id, one.transaction_id)))
    returns = tuple(
        PaymentReturn(
            f"R{number}",
            original,
            Money(draw(st.integers(1, original.amount.minor))),
            draw(_REASONS),
        )
        for number, original in enumerate(originals)
    )
    return PaymentReturns(draw(_HEADERS), draw(_DAYS), returns, draw(_SETTLEMENTS))


@st.composite
def settlement_requests(draw: st.DrawFn) -> SettlementRequest:
    amounts = draw(st.lists(st.integers(1, 10**12), min_size=1, max_size=5))
    cities = ["510100", "510600", "510700", "510900", "511100", "511400"]
    movements = [
        Movement(f"M{number}", Agent(cities[number], "funds"), Money(amount), True)
        for number, amount in enumerate(amounts)
    ]
    payer = Agent("CNAPS", "313651099991")
    movements.append(Movement("MP", payer, Money(sum(amounts)), False))
    moved = tuple(draw(st.permutations(movements)))
    return SettlementRequest(
        draw(_ID), draw(_INSTANTS), draw(_ID), draw(_ID), moved, draw(_SETTLEMENTS)
    )


@st.composite
def recalls(draw: st.DrawFn) -> Recalls:
    originals = draw(_many(_ORIGINALS, lambda one: (one.message_id, one.transaction_id)))
    return Recalls(
        draw(_HEADERS),
        tuple(Recall(f"C{n}", one, draw(_REASONS)) for n, one in enumerate(originals)),
    )


@st.composite
def recall_answers(draw: st.DrawFn) -> RecallAnswer:
    originals = draw(_many(_ORIGINALS, lambda one: (one.message_id, one.transaction_id)))
    outcome = st.sampled_from(["ACCR", "RJCR", "PDCR"])
    return RecallAnswer(
        draw(_HEADERS),
        tuple(
            RecallOutcome(f"S{n}", one, draw(outcome), draw(_REASONS))
            for n, one in enumerate(originals)
        ),
    )


_SIGNED = st.builds(Money, st.integers(-(10**11), 10**11).filter(bool))
_ENTRIES = st.lists(
    st.builds(
        Entry,
        reference=_ID,
        amount=_SIGNED,
        booked_on=_DAYS,
        kind=st.sampled_from(["PMNT-RCDT-DMCT", "PMNT-CCRD-CDPT", "withdrawal", "two-words"]),
        status=st.sampled_from(["BOOK", "PDNG"]),
        value_date=st.none() | _DAYS,
        is_reversal=st.booleans(),
        message_id=st.none() | _ID,
        end_to_end_id=st.none() | _ID,
        transaction_id=st.none() | _ID,
        note=st.none() | _WORDS,
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one.reference,
).map(tuple)


@st.composite
def statements(draw: st.DrawFn, kind: Kind) -> Statement:
    entries = draw(_ENTRIES)
    opening = draw(st.integers(-(10**12), 10**12))
    booked = sum(one.amount.minor for one in entries if one.status == "BOOK")
    balances: tuple[Balance, ...] = (
        Balance("OPBD", Money(opening), draw(_DAYS)),
        Balance("CLBD", Money(opening + booked), draw(_DAYS)),
    )
    return Statement(
        kind=kind,
        message_id=draw(_ID),
        created_at=draw(_INSTANTS),
        statement_id=draw(_ID),
        account=draw(_ACCOUNTS),
        currency="CNY",
        servicer=draw(_AGENTS),
        balances=() if kind is Kind.NOTICE else balances,
        entries=entries,
        sequence=draw(st.none() | st.integers(0, 10**9)),
        from_to=draw(st.none() | st.tuples(_INSTANTS, _INSTANTS)),
    )


EVERY: dict[str, st.SearchStrategy[Any]] = {
    "pacs.008": CREDIT_TRANSFERS,
    "pacs.009": INSTITUTION_TRANSFERS,
    "pacs.002": status_reports(),
    "pacs.004": payment_returns(),
    "pacs.029": settlement_requests(),
    "camt.056": recalls(),
    "camt.029": recall_answers(),
    "camt.052": statements(Kind.REPORT),
    "camt.053": statements(Kind.STATEMENT),
    "camt.054": statements(Kind.NOTICE),
}

HEADER = Header("MSG-1", NOON, CHENGDU, DEYANG)
TRANSFER = CreditTransfer(
    transaction_id="TX-1",
    end_to_end_id="E2E-1",
    amount=Money(8_000_000),
    debtor_name="生成的付款人",
    debtor_account=Account("6200000000000001"),
    debtor_agent=CHENGDU,
    creditor_name="生成的收款人",
    creditor_account=Account("6200000000000002"),
    creditor_agent=DEYANG,
    uetr="0b4a1d1e-9c1c-4d6e-8f00-0123456789ab",
    purpose="CASH",
    remark="跨市转账",
)
ORIGINAL = Original("MSG-1", "pacs.008.001.08", "E2E-1", "TX-1", Money(8_000_000), DAY)
ENTRY = Entry("N-1", Money(-10_000), DAY, "PMNT-RCDT-DMCT", value_date=DAY, transaction_id="TX-1")
STATEMENT = Statement(
    kind=Kind.STATEMENT,
    message_id="MSG-9",
    created_at=NOON,
    statement_id="ST-9",
    account=Account("6200000000000001"),
    currency="CNY",
    servicer=CHENGDU,
    balances=(Balance("OPBD", Money(50_000), DAY), Balance("CLBD", Money(40_000), DAY)),
    entries=(ENTRY,),
    sequence=9,
    from_to=(NOON, NOON),
)
PLAIN: dict[str, Message] = {
    "pacs.008": CreditTransfers(
        HEADER, DAY, (TRANSFER, dataclasses.replace(TRANSFER, transaction_id="TX-2", uetr=None))
    ),
    "pacs.009": InstitutionTransfers(
        HEADER, DAY, (InstitutionTransfer("TX-1", "E2E-1", Money(100), CHENGDU, DEYANG),)
    ),
    "pacs.002": StatusReport(
        HEADER,
        "MSG-1",
        "pacs.008.001.08",
        (
            TransferStatus("TX-1", "E2E-1", "ACSC", None, NOON),
            TransferStatus("TX-2", "E2E-2", "RJCT", Reason("AM04", "余额不足")),
        ),
        "PART",
    ),
    "pacs.004": PaymentReturns(
        HEADER, DAY, (PaymentReturn("RT-1", ORIGINAL, Money(100), Reason("AC04")),)
    ),
    "pacs.029": SettlementRequest(
        "MSG-1",
        NOON,
        "IN-1",
        "2026-11-25-1",
        (
            Movement("M1", Agent("510100", "funds"), Money(500), True),
            Movement("M2", Agent("510600", "funds"), Money(500), False),
        ),
    ),
    "camt.056": Recalls(HEADER, (Recall("CX-1", ORIGINAL, Reason("DUPL")),)),
    "camt.029": RecallAnswer(
        HEADER, (RecallOutcome("CS-1", ORIGINAL, "RJCR", Reason("ARDT", "已退回")),)
    ),
    "camt.052": dataclasses.replace(STATEMENT, kind=Kind.REPORT),
    "camt.053": STATEMENT,
    "camt.054": dataclasses.replace(STATEMENT, kind=Kind.NOTICE, balances=()),
}
