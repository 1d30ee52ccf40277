"""What the cities have at the clearing house: funds paid in and out, caps, and what is missing."""

from collections.abc import Iterable

from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.bounds import Bound
from hanse.mechanisms.exchange.context import Context
from hanse.services.finance.clearing import chart
from hanse.services.finance.clearing.city import rules_of


def bounds(transaction: Transaction, context: Context, cities: Iterable[str]) -> dict[str, Bound]:
    """By city: its funds at this house, and the charter's net debit cap."""
    caps = rules_of(context).caps
    return {code: Bound(funds=available(transaction, code), cap=caps.cap(code)) for code in cities}


def available(transaction: Transaction, code: str) -> int:
    """What a city has available at this house, in fen; 0 where it has no account."""
    held = ledger.states(transaction, {chart.funds(code).id})
    return (held[0].debit_available or 0) if held else 0


def open_(transaction: Transaction, cities: list[str], context: Context) -> None:
    """See that the house has its accounts and those of the cities."""
    accounts = [chart.SETTLEMENT_ACCOUNT, chart.CENTRAL_ACCOUNT, *map(chart.funds, cities)]
    ledger.open_accounts(transaction, accounts, context.now)
