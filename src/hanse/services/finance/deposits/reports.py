"""An account's report of the business date so far (camt.052): what is booked, reserved, and left.

Beside the booked entries it has, as pending (`PDNG`), the amounts that are reserved and neither
paid nor released yet, on whatever day they were reserved. `OPBD` is the balance at the day's
beginning, `ITBD` what is booked now, and `ITAV` what of that is available: reserved is spent.
"""

from dataclasses import replace
from datetime import date, timedelta

from hanse.foundation.iso20022 import Account, Agent, Balance, Entry, Kind, Statement, write
from hanse.foundation.iso20022.statement import ENTRIES_MAX, PENDING
from hanse.foundation.money import Money
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.ledger import Flags
from hanse.services.finance.deposits import book
from hanse.services.finance.deposits.contracts import ReportQuery
from hanse.services.finance.deposits.statements import day_of, entry_of, lines_of

_RESOLVES = Flags.POST | Flags.VOID | Flags.EXPIRED


def report(transaction: Transaction, request: ReportQuery, context: Context) -> str:
    """The report of an own account now; of very many entries the newest."""
    bank = context.caller.organisation
    account = book.account(transaction, request.account, bank)
    name = account.ledger_account
    today = book.business_date(transaction, context.now)
    entries = _entries(transaction, name, today)
    before = today - timedelta(days=1)
    opening = -ledger.effective_balance(transaction, name, before)
    booked = -ledger.effective_balance(transaction, name, today)
    outflow = sum(min(0, one.amount.minor) for one in entries if one.status == PENDING)
    return write(
        Statement(
            kind=Kind.REPORT,
            message_id=context.new_id()[:30],
            created_at=context.now,
            statement_id=f"{today:%Y%m%d}",
            account=Account(account.card),
            currency="CNY",
            servicer=Agent(context.city, bank),
            balances=(
                Balance("OPBD", Money(opening), today),
                Balance("ITBD", Money(booked), today),
                Balance("ITAV", Money(booked + outflow), today),
            ),
            entries=entries[-ENTRIES_MAX:],
        )
    ).decode("utf-8")


def _entries(transaction: Transaction, name: str, today: date) -> tuple[Entry, ...]:
    found: list[Entry] = []
    held: dict[int, Entry] = {}
    for line in lines_of(transaction, name):
        flags, day = line.transfer.flags, day_of(line)
        if flags & _RESOLVES and line.transfer.pending is not None:
            held.pop(line.transfer.pending, None)
        if flags & Flags.PENDING:
            held[line.transfer.sequence] = replace(
                entry_of(line, day), status=PENDING, value_date=None
            )
        elif not flags & (Flags.VOID | Flags.EXPIRED) and day == today:
            found.append(entry_of(line, day))
    return (*found, *held.values())
