"""The end of a city's business date: its totals are fixed, and what is booked is no more reversed.

Closing stops nothing. What comes later belongs to the next business date, and what is held stays
held until its acquirer confirms or reverses it.
"""

import hashlib
from datetime import date

from sqlalchemy import func, select

from hanse.foundation.clock import to_ms
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.journal import log
from hanse.services.finance.deposits import book
from hanse.services.finance.deposits.codes import Kind, Role, State, coded
from hanse.services.finance.deposits.contracts import ClosedDay, DayTotal
from hanse.services.finance.deposits.problems import DAY_WRONG
from hanse.services.finance.deposits.tables import days, serials


def close(transaction: Transaction, day: date, context: Context) -> ClosedDay:
    """End the present business date. One that ended already gives what it ended with."""
    row = transaction.row(select(days).where(days.c.business_date == day.isoformat()))
    if row is not None:
        return ClosedDay.model_validate_json(row.totals)
    today = book.business_date(transaction, context.now)
    if day != today:
        raise DAY_WRONG(today=today.isoformat())
    closed = ClosedDay(
        business_date=day,
        totals=totals(transaction, day),
        open_serials=book.count_open(transaction),
    )
    written = closed.model_dump_json()
    transaction.insert(
        days,
        {
            "business_date": day.isoformat(),
            "closed_at_ms": to_ms(context.now),
            "totals": written,
        },
    )
    details = {
        "business_date": day.isoformat(),
        "digest": hashlib.sha256(written.encode()).hexdigest(),
        "open": closed.open_serials,
    }
    log.record(transaction, "deposits.day_closed", details, at=context.now)
    return closed


def totals(transaction: Transaction, day: date) -> tuple[DayTotal, ...]:
    """Counts and sums of a business date, by bank, other bank, kind and state."""
    c = serials.c
    grouped = (c.role, c.bank, c.peer_city, c.peer_bank, c.kind, c.state)
    rows = transaction.rows(
        select(
            *grouped,
            func.count().label("n"),
            func.sum(c.amount_fen).label("amount"),
            func.sum(c.fee_fen).label("fee"),
        )
        .where(c.booked_on == day.isoformat())
        .group_by(*grouped)
        .order_by(*grouped)
    )
    return tuple(
        DayTotal(
            role=coded(Role, row.role),
            bank=row.bank,
            peer_city=row.peer_city,
            peer_bank=row.peer_bank,
            kind=coded(Kind, row.kind),
            state=coded(State, row.state),
            count=row.n,
            amount_fen=int(row.amount),
            fee_fen=int(row.fee),
        )
        for row in rows
    )
