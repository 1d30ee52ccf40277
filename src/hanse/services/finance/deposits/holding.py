"""Holding what a serial moves, within the bank's net debit cap of the charter.

A bank's own limits against each other bank are the ledger's (`postings`). The cap is over all of
them together: what the bank owes on balance to every other one, and has not been cleared. What is
held to leave counts as owed; what is held to come in does not count.
"""

from collections.abc import Sequence

from hanse.foundation.errors import Problem
from hanse.foundation.store import Transaction
from hanse.mechanisms import ledger
from hanse.mechanisms.clearing.books import PREFIX
from hanse.mechanisms.clearing.bounds import Caps
from hanse.mechanisms.exchange.context import Context
from hanse.services.finance.deposits import postings
from hanse.services.finance.deposits.book import Business
from hanse.services.finance.deposits.problems import NET_DEBIT_CAP
from hanse.services.finance.deposits.rules import Leg, Parties, owed_more


def hold(
    transaction: Transaction, business: Business, moved: Sequence[Leg], context: Context
) -> Problem | None:
    """Reserve all that a serial moves, or nothing; gives the refusal, if any.

    The caller has locked the books, so that no other payment uses the same room.
    """
    refusal = _beyond_cap(transaction, business, moved, context)
    if refusal is not None:
        return refusal
    return postings.hold(transaction, business, moved, context.now)


def _beyond_cap(
    transaction: Transaction, business: Business, moved: Sequence[Leg], context: Context
) -> Problem | None:
    charter = context.league.charter
    caps = Caps.of(charter.settlement if charter is not None else None)
    cap = caps.cap(f"{context.city}/{business.bank}")
    position = Parties(business.bank, business.peer_city, business.peer_bank).position
    more = owed_more(moved, position)
    if cap is None or more <= 0:
        return None
    owed = ledger.owed_under(transaction, f"{PREFIX}{business.bank}/")
    return NET_DEBIT_CAP(cap_fen=cap, owed_fen=owed) if owed + more > cap else None
