"""Whoever waits at a counter is answered when the account bank has decided, or time has run out."""

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms.exchange.context import Context
from hanse.mechanisms.exchange.desk import NOTHING_OWED
from hanse.services.finance.deposits import book
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.contracts import SerialState


def state_of(business: Business) -> SerialState:
    """Where a serial stands, as its counter is shown it."""
    return SerialState(
        serial=business.serial,
        kind=business.kind,
        state=business.state,
        amount_fen=business.amount_fen,
        fee_fen=business.fee_fen,
        refusal=business.refusal,
    )


def tell(transaction: Transaction, business: Business, context: Context) -> Business:
    """Answer the counter that waits for this serial, if one does; once."""
    if business.waits is None:
        return business
    try:
        with transaction.savepoint():
            context.answer(transaction, context.city, business.waits, state_of(business))
    except Problem as problem:
        if problem.kind is not NOTHING_OWED:  # else its call was erased meanwhile
            raise
    return book.change(transaction, business, context.now, waits=None)
