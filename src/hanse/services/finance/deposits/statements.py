"""An account's statement (camt.053) and its notice of entries (camt.054), out of the ledger.

An entry's day is the business date on which it was booked, so that a day's statement is the same
whenever it is asked for after the day's end.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from hanse.foundation.errors import ProblemKind
from hanse.foundation.iso20022 import (
    Account,
    Agent,
    Balance,
    Entry,
    Kind,
    Statement,
    pages_of,
    write,
)
from hanse.foundation.languages import Text
from hanse.foundation.money import Money
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.ledger import Flags
from hanse.services.finance.deposits import book, chart
from hanse.services.finance.deposits.contracts import StatementPage, StatementQuery

ENTRIES_PER_PAGE: Final = 500
LINES_SCANNED_MAX: Final = 100_000
LINES_PER_READ: Final = 1_000
EPOCH: Final = date(1970, 1, 1)

PERIOD_WRONG = ProblemKind(
    "deposits_period_wrong",
    422,
    Text("对账期间的起始日晚于截止日", "The period ends before it begins"),
    Text("请核对起始日和截止日", "Check both days"),
)
PAGE_UNKNOWN = ProblemKind(
    "deposits_statement_page_unknown",
    404,
    Text("对账单没有该页", "The statement has no such page"),
    Text("共 {pages} 页", "It has {pages} pages"),
)
STATEMENT_TOO_LONG = ProblemKind(
    "deposits_statement_too_long",
    422,
    Text("该账户分录过多", "The account has too many lines"),
    Text("请由节点运维导出", "Ask the node's operator for an export"),
)

_KINDS: Final = {
    chart.PAYMENT: "payment",
    chart.FEE: "fee",
    chart.INTEREST_PAID: "interest",
    chart.CASH_MOVED: "cash",
    chart.REVERSAL: "reversal",
    chart.ADJUSTMENT: "adjustment",
}
_NOT_BOOKED: Final = Flags.PENDING | Flags.VOID | Flags.EXPIRED


def page(transaction: Transaction, request: StatementQuery, context: Context) -> StatementPage:
    """One page of an account's camt.053 from one day to another."""
    whole = _statement(transaction, request, context, Kind.STATEMENT)
    pages = pages_of(whole, ENTRIES_PER_PAGE)
    if request.page > len(pages):
        raise PAGE_UNKNOWN(pages=len(pages))
    document = write(pages[request.page - 1]).decode("utf-8")
    return StatementPage(document=document, page=request.page, pages=len(pages))


def notice(transaction: Transaction, request: StatementQuery, context: Context) -> str:
    """The newest entries of an account within these days as a camt.054."""
    whole = _statement(transaction, request, context, Kind.NOTICE)
    return write(whole).decode("utf-8")


def _statement(
    transaction: Transaction, request: StatementQuery, context: Context, kind: Kind
) -> Statement:
    if request.to_day < request.from_day:
        raise PERIOD_WRONG()
    bank = context.caller.organisation
    account = book.account(transaction, request.account, bank)
    name = account.ledger_account
    entries = _entries(transaction, name, request)
    balances: tuple[Balance, ...] = ()
    if kind is Kind.NOTICE:
        entries = entries[-ENTRIES_PER_PAGE:]
    else:
        before = request.from_day - timedelta(days=1)
        # The ledger nets debits; a deposit is the customer's credit.
        opening = -ledger.effective_balance(transaction, name, before)
        closing = -ledger.effective_balance(transaction, name, request.to_day)
        balances = (
            Balance("OPBD", Money(opening), request.from_day),
            Balance("CLBD", Money(closing), request.to_day),
        )
    days = f"{request.from_day:%Y%m%d}-{request.to_day:%Y%m%d}"
    return Statement(
        kind=kind,
        message_id=context.new_id()[:30],
        created_at=context.now,
        statement_id=days,
        account=Account(account.card),
        currency="CNY",
        servicer=Agent(context.city, bank),
        balances=balances,
        entries=entries,
    )


def _entries(transaction: Transaction, name: str, request: StatementQuery) -> tuple[Entry, ...]:
    return tuple(
        entry_of(line, day)
        for line in lines_of(transaction, name)
        if not line.transfer.flags & _NOT_BOOKED
        and request.from_day <= (day := day_of(line)) <= request.to_day
    )


def lines_of(transaction: Transaction, name: str) -> Iterator[ledger.Line]:
    """Every line of an account, oldest first; too many are refused."""
    after = scanned = 0
    while True:
        lines = ledger.statement(transaction, name, after, LINES_PER_READ)
        yield from lines
        scanned += len(lines)
        if len(lines) < LINES_PER_READ:
            return
        if scanned >= LINES_SCANNED_MAX:
            raise STATEMENT_TOO_LONG()
        after = lines[-1].transfer.sequence


def day_of(line: ledger.Line) -> date:
    """The business date of a line."""
    return EPOCH + timedelta(days=line.transfer.effective_day)


def entry_of(line: ledger.Line, day: date) -> Entry:
    """A line as an entry: above zero for a credit to the customer."""
    transfer = line.transfer
    fen = -transfer.amount if line.is_debit else transfer.amount
    return Entry(
        reference=str(transfer.sequence),
        amount=Money(fen),
        booked_on=day,
        kind=_KINDS[transfer.code],
        value_date=day,
        is_reversal=transfer.code == chart.REVERSAL,
        transaction_id=transfer.reference.rpartition("/")[2] or None,
        note=transfer.reference or None,
    )
